import { expect, it } from 'vitest';
import { Life } from './life.ts';

/** DeactivateOldKey dies right after its UpdateAccessKey; when it runs again, IAM tells of a late use, or tells nothing. */
function diesAfterDeactivating(life: Life, then: 'denied' | 'throttle' | undefined): { at?: Date } {
  const died: { at?: Date } = {};
  life.world.aws.inject(({ operation, input, at }) => {
    if (died.at === undefined && operation === 'UpdateAccessKey' && input.Status === 'Inactive') {
      died.at = at;
      return 'crashAfter';
    }
    return died.at !== undefined && operation === 'GetAccessKeyLastUsed' ? then : undefined;
  });
  return died;
}

it('if the second run sees a use, the key is active again, since nobody was told that it is inactive', async () => {
  const life = await Life.confirmed({ lastUsedLagMinutes: 240 });
  const old = life.oldKey;
  diesAfterDeactivating(life, undefined);
  // The key would go inactive on 2026-03-10 00:00. A nightly job signs with it 3 h 59 min 59 s before.
  const from = new Date('2026-03-09T20:00:01Z');
  life.user.usages.push({
    keyId: old.id,
    from,
    everyHours: Number.POSITIVE_INFINITY,
    service: 's3',
    region: 'eu-west-1',
  });
  await life.days(14);
  expect([life.keys[0], life.stands, life.subjects.at(-1)]).not.toEqual([
    'Inactive',
    'WaitForQuiet',
    'Old access key still in use',
  ]);
});

it('if IAM doesn’t tell the last use any more, it ends escalated with the key active, as its mail says', async () => {
  const life = await Life.confirmed();
  diesAfterDeactivating(life, 'denied');
  await life.days(60);
  expect(life.stands).toBe('escalated');
  expect(life.world.aws.mails.at(-1)?.text).toContain('It stays active');
  expect(life.keys).toEqual(['Active', 'Active']);
});

it('if the second run can’t tell the last use for an hour, the key is active again, and its quiet period begins again', async () => {
  const life = await Life.confirmed({ tags: { 'keyturn:quiet-days': '2' } });
  const died = diesAfterDeactivating(life, 'throttle');
  await life.days(4);
  expect(died.at).toBeDefined();
  expect(life.oldKey.status).toBe('Active');
  life.world.aws.inject(undefined);
  await life.days(3);
  const [, again] = life.oldKey.periods;
  const until = again?.until ?? life.world.clock.now();
  expect(life.oldKey.periods).toHaveLength(2);
  expect(until.getTime() - (again?.from.getTime() ?? 0)).toBeGreaterThanOrEqual(2 * 24 * 3_600_000);
});
