import { describe, expect, it } from 'vitest';
import { orphansAmong } from '../../../tasks/domain/assessing/orphans.ts';
import { type AccessKey, describeNewKey, type LastUse } from '../../../tasks/domain/keys.ts';
import { later } from '../../../tasks/domain/time.ts';

const intent = new Date('2026-11-22T08:00:00Z');
const id = 'AKIAORPHANORPHANXXXX';
const key = (seconds: number): AccessKey => ({
  id,
  status: 'Active',
  createdAt: later(intent, seconds * 1000),
});
const neverUsed: LastUse = { state: 'neverUsed' };

/** As a create call leaves a key whose answer was lost: everything speaks for its being ours. */
const known: Parameters<typeof orphansAmong>[1] = {
  intents: [intent],
  tags: new Map(),
  uses: new Map([[id, neverUsed]]),
  stored: () => false,
};
const isOrphan = (changes: Partial<typeof known> = {}, seconds = 1): boolean =>
  orphansAmong([key(seconds)], { ...known, ...changes }).length === 1;

describe('a key whose secret nobody has', () => {
  it('is ours if everything speaks for it, whatever its status', () => {
    expect(isOrphan()).toBe(true);
    expect(orphansAmong([{ ...key(1), status: 'Inactive' }], known)).toHaveLength(1);
  });

  it('may come of any of the intents', () => {
    expect(isOrphan({ intents: [later(intent, -600_000), intent, later(intent, 600_000)] })).toBe(true);
  });

  it.each<[string, Partial<typeof known>, number?]>([
    ['no rotation was about to create one', { intents: [] }],
    ['it was there before', {}, -2],
    ['it came long after', {}, 31],
    [
      'it was used',
      { uses: new Map([[id, { state: 'used', at: intent, service: 's3', region: 'eu-west-1' }]]) },
    ],
    ['IAM can’t tell whether it was used', { uses: new Map([[id, { state: 'unknown', because: 'x' }]]) }],
    ['nobody asked whether it was used', { uses: new Map() }],
    ['somebody described it', { tags: new Map([[id, 'mine']]) }],
    [
      'we described it, so it was stored',
      { tags: new Map([[id, describeNewKey('AKIAOLDOLDOLDOLDQJHX', 'x', intent, undefined)]]) },
    ],
    ['it is stored', { stored: (keyId) => keyId === id }],
  ])('isn’t ours if %s', (_, changes, seconds) => {
    expect(isOrphan(changes, seconds)).toBe(false);
  });

  it('is found among others, which are left', () => {
    const other = { ...key(-86_400), id: 'AKIAOLDOLDOLDOLDQJHX' };
    expect(orphansAmong([other, key(1)], known).map((found) => found.id)).toEqual([id]);
  });
});
