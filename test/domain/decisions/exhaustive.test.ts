import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { withDecisions } from '../../../docs/decisions-table.ts';
import { placeholder } from '../../../tasks/domain/decisions/table.ts';
import { brokenByLeak, brokenByRequest } from './promises.ts';
import { decided, type Tallies } from './tally.ts';

const tallies: Tallies = {
  requests: decided.requests.tally(brokenByRequest),
  leaks: decided.leaks.tally(brokenByLeak),
  ages: decided.ages.tally(({ active }, { why }) => {
    if (active.length > 1) return why === 'twoKeys' ? undefined : 'one active key is the end state';
    const isUnknown = active.some(({ lastUse }) => lastUse.state === 'unknown');
    return isUnknown && why === 'unused' ? 'P1: unknown is taken for unused' : undefined;
  }),
  sweptKeys: decided.sweptKeys.tally((key, { decision, due }) => {
    if (due === undefined)
      return decision === 'due' && key.look === undefined && key.facts.notLive === undefined
        ? 'due, and not started'
        : undefined;
    if (key.isRoot || !key.active || key.problem !== undefined) return 'P4: not a key to start with';
    if (key.facts.notLive !== undefined) return 'nothing may be started';
    return key.exemptions.some(({ until }) => until > key.facts.now)
      ? 'an exempt user is started'
      : undefined;
  }),
  users: decided.users.tally(({ user }, { act }) =>
    act === 'keep' || (!user.isRoot && user.keys.length === 0 && user.hasOtherCredentials === false)
      ? undefined
      : 'a user that may be needed could be deleted',
  ),
};

describe.each(Object.entries(tallies))('the table for %s', (_, { all, byRow, wrong }) => {
  it('decides every combination with a reason, and breaks none of P1 to P4 and P11', () => {
    expect(wrong).toEqual([]);
    expect([...byRow.values()].reduce((sum, count) => sum + count, 0)).toBe(all);
  });

  it('has no row that nothing reaches', () => {
    expect([...byRow].filter(([, count]) => count === 0)).toEqual([]);
  });
});

describe.each(Object.entries(decided))('each row for %s', (_, { table }) => {
  const rows = [...table.rows, table.otherwise];

  it('has a name of its own', () => {
    expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
  });

  it('has a reason whose words are known, and no word is left over', () => {
    const used = rows.flatMap(({ because }) => [...because.matchAll(placeholder)].map(([, word]) => word));
    expect([...new Set(used)].toSorted()).toEqual(Object.keys(table.words).toSorted());
  });
});

it('the printed tables are those that decide', () => {
  const text = readFileSync(new URL('../../../docs/decisions-table.md', import.meta.url), 'utf8');
  expect(withDecisions(text, tallies), 'run npm run decisions').toBe(text);
});
