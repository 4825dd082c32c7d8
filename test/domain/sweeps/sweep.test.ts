import { describe, expect, it } from 'vitest';
import { scopeSchema } from '../../../tasks/domain/settings/accounts.ts';
import { calendarSchema } from '../../../tasks/domain/settings/sweep.ts';
import { whyClosed } from '../../../tasks/domain/sweeps/calendar.ts';
import { Gathering } from '../../../tasks/domain/sweeps/overview.ts';
import { readSweepRequest } from '../../../tasks/domain/sweeps/request.ts';
import type { Candidate } from '../../../tasks/domain/sweeps/row.ts';
import { type ListedAccount, selectAccounts } from '../../../tasks/domain/sweeps/select-accounts.ts';
import { noCounts, shorten, summarize } from '../../../tasks/domain/sweeps/summary.ts';
import { chooseWave } from '../../../tasks/domain/sweeps/wave.ts';

const asOf = new Date('2026-11-22T08:00:00Z');
const candidate = (accountId: string, userName: string, ageDays: number): Candidate => ({
  accountId,
  userName,
  ageDays,
  attempt: 1,
  input: { accountId, userName, when: 'due' },
  because: 'old',
  owner: [],
});
const [one, two, three] = ['111111111111', '222222222222', '333333333333'] as const;

describe('a wave', () => {
  const all = [
    candidate(two, 'b', 100),
    candidate(one, 'a', 300),
    candidate(two, 'c', 300),
    candidate(one, 'd', 90),
  ];
  const chosen = (perSweep: number, perAccount: number) =>
    chooseWave(all, { perSweep, perAccount }).map(({ userName }) => userName);

  it.each([
    ['is the oldest first, by account and name where two are as old', 4, 4, ['a', 'c', 'b', 'd']],
    ['has no more than so many', 2, 4, ['a', 'c']],
    ['has no more than so many of an account', 4, 1, ['a', 'c']],
    ['may be none', 0, 4, []],
  ])('%s', (_, perSweep, perAccount, expected) => {
    expect(chosen(perSweep, perAccount)).toEqual(expected);
  });

  it('has the canary first, although its key is the youngest', () => {
    const canary = { ...candidate(two, 'canary', 2), canary: true as const };
    const names = chooseWave([...all, canary], { perSweep: 2, perAccount: 1 }).map(
      ({ userName }) => userName,
    );
    expect(names).toEqual(['canary', 'a']);
  });

  it('is the same in whatever order they come', () => {
    expect(chooseWave(all.toReversed(), { perSweep: 3, perAccount: 2 })).toEqual(
      chooseWave(all, { perSweep: 3, perAccount: 2 }),
    );
  });
});

describe('the calendar', () => {
  const berlin = calendarSchema.parse({ zone: 'Europe/Berlin', hours: [8, 16], holidays: ['2026-12-25'] });

  it.each([
    ['a Monday at 8 in summer, which is 6 UTC', '2026-07-06T06:00:00Z', undefined],
    [
      'a Monday at 7:59',
      '2026-07-06T05:59:00Z',
      /it is 7 o'clock in Europe\/Berlin, and rotations begin from 8 to 16/,
    ],
    ['a Monday at 16', '2026-07-06T14:00:00Z', /it is 16 o'clock/],
    ['a Monday at 8 in winter, which is 7 UTC', '2026-11-23T07:00:00Z', undefined],
    ['a Sunday', '2026-11-22T10:00:00Z', /2026-11-22 is a sun/],
    ['a Sunday there, though still Saturday in UTC', '2026-11-21T23:30:00Z', /2026-11-22 is a sun/],
    ['a holiday', '2026-12-25T10:00:00Z', /2026-12-25 is a holiday/],
    ['the hour of the clock’s change', '2026-10-25T00:30:00Z', /2026-10-25 is a sun/],
  ])('%s', (_, at, why) => {
    const said = whyClosed(berlin, new Date(at));
    if (why === undefined) expect(said).toBeUndefined();
    else expect(said).toMatch(why);
  });

  it('never closes if there is none, and is open all day without hours', () => {
    expect(whyClosed(undefined, asOf)).toBeUndefined();
    expect(whyClosed(calendarSchema.parse({ zone: 'UTC', days: ['sun'] }), asOf)).toBeUndefined();
  });

  it.each([
    [{ zone: 'Europe/Nowhere' }, 'time zone'],
    [{ zone: 'UTC', hours: [16, 8] }, 'first hour'],
    [{ zone: 'UTC', days: ['monday'] }, 'days'],
    [{ zone: 'UTC', holidays: ['25.12.2026'] }, 'holidays'],
  ])('%j is none', (calendar, said) => {
    expect(() => calendarSchema.parse(calendar)).toThrow(said);
  });
});

describe('a sweep’s input', () => {
  it('may be empty: the whole scope', () => {
    expect(readSweepRequest({})).toEqual({
      request: { audit: false, tellOwners: false, inspectAllUsers: false },
      problems: [],
    });
  });

  it('reports what is no account or user, and is narrowed by the rest of its list', () => {
    const { request, problems } = readSweepRequest({ accounts: ['1', 2], users: ['a b', 'app'] });
    expect(request).toMatchObject({ accounts: [], users: ['app'] });
    expect(problems).toHaveLength(3);
  });

  it.each([['text'], [[]], [null], [{ account: [] }], [{ accounts: one }], [{ audit: 'yes' }]])(
    '%j is refused by name',
    (input) => {
      expect(() => readSweepRequest(input)).toThrow(expect.objectContaining({ name: 'InvalidInput' }));
    },
  );
});

describe('which accounts are surveyed', () => {
  const listed = (id: string, state = 'ACTIVE', unit = 'ou-abcd-11111111'): ListedAccount => ({
    id,
    state,
    name: id,
    email: '',
    paths: [`o-1/r-abcd/${unit}/`],
  });
  const all = [listed(one), listed(two, 'ACTIVE', 'ou-abcd-22222222'), listed(three, 'SUSPENDED')];
  const select = (scope: object, request: Parameters<typeof selectAccounts>[2]) => {
    const { chosen, skipped, problems } = selectAccounts(all, scopeSchema.parse(scope), request);
    return {
      chosen: chosen.map(({ id }) => id),
      skipped: skipped.map(({ account, because }) => `${account.id}: ${because}`),
      problems,
    };
  };

  it.each([
    ['all that are active', {}, {}, [one, two]],
    ['those of the scope', { exclude: [two] }, {}, [one]],
    ['those that the input names', {}, { accounts: [two] }, [two]],
    [
      'those below the units that it names, and those beside',
      {},
      { accounts: [one], organizationalUnits: ['ou-abcd-22222222'] },
      [one, two],
    ],
    ['none where it names none', {}, { accounts: [] }, []],
    ['none that the scope leaves out, though it names them', { exclude: [two] }, { accounts: [two] }, []],
    ['none that is suspended, though it names it', {}, { accounts: [three] }, []],
  ])('%s', (_, scope, request, chosen) => {
    expect(select(scope, request).chosen).toEqual(chosen);
  });

  it('are listed with why one isn’t, and with what the settings name that isn’t there', () => {
    const { skipped, problems } = select(
      { exclude: [two, '999999999999'] },
      { accounts: ['888888888888'], organizationalUnits: ['ou-abcd-99999999'] },
    );
    expect(skipped).toEqual([
      `${one}: the input names others`,
      `${two}: it is excluded`,
      `${three}: it is SUSPENDED`,
    ]);
    expect(problems).toEqual([
      'account 999999999999 is unknown',
      'account 888888888888 is unknown',
      'organizational unit ou-abcd-99999999 is unknown, or no account is below it',
    ]);
  });
});

const nothing = { accountId: one, asOf, problems: [], named: [], rootRead: true, unread: 0 };

describe('a summary', () => {
  const about = { ...nothing, users: 3, perAccount: 2 };
  const triaged = [100, 300, 200].map((age) => ({
    rows: [],
    exemptionExpired: false,
    candidate: candidate(one, `user-${age}`, age),
  }));

  it('has the oldest candidates, no more than may be started, and how many there are', () => {
    const { candidates, ready } = summarize(triaged, about);
    expect(candidates.map(({ ageDays }) => ageDays)).toEqual([300, 200]);
    expect(ready).toBe(3);
  });

  it('has no candidates if nothing may be started', () => {
    expect(summarize(triaged, { ...about, hold: 'why' })).toMatchObject({
      candidates: [],
      ready: 0,
      hold: 'why',
    });
  });

  it('says how many of its sentences it leaves out', () => {
    expect(shorten(['a', 'b', 'c'], 3)).toEqual(['a', 'b', 'c']);
    expect(shorten(['a', 'b', 'c'], 1)).toEqual(['a', 'and 2 more']);
  });
});

describe('a gathering', () => {
  const account = { id: one, name: 'Payments' };
  const surveyed = {
    ...summarize([], { ...nothing, users: 7, perAccount: 1, problems: ['p'], named: ['app'] }),
    counts: { ...noCounts(), due: 2, notDue: 3 },
    overdue: 1,
  };

  it('adds up, and names what failed, what left no result, and whom the input names without result', () => {
    const gathering = new Gathering(['the first']);
    gathering.add(account, surveyed);
    gathering.add({ ...account, id: two }, { state: 'failed', accountId: two, error: 'E', cause: 'c' });
    gathering.add({ ...account, id: three }, undefined);
    const { totals, failed, problems } = gathering.overview(4, ['app', 'nobody']);
    expect(totals).toMatchObject({
      accounts: 3,
      surveyed: 1,
      failedAccounts: 2,
      skippedAccounts: 4,
      users: 7,
      keys: 5,
      overdue: 1,
      byDecision: { due: 2, notDue: 3, exempt: 0 },
    });
    expect(failed.map(({ because }) => because)).toEqual(['E: c', 'its survey left no result']);
    expect(problems).toEqual(['the first', `${one}: p`, 'user nobody is in none of the accounts']);
    expect(gathering.lines.map(({ result }) => result)).toEqual([
      'surveyed',
      'failed: E: c',
      'failed: its survey left no result',
    ]);
  });
});
