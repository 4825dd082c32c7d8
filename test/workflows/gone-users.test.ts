import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { setStatus } from '../../local/aws/iam/account.ts';
import { reportBucket } from '../../local/world/options.ts';
import type { GoneUser } from '../../tasks/domain/sweeps/gone-users.ts';
import { accountId, Life, type LifeOptions, userName } from './life.ts';
import { rename } from './renamed.ts';

const goneUsers = { deleteAfterDays: 3, recoveryDays: 7 };

/** Rotations end within days. */
const short = { 'keyturn:quiet-days': '1', 'keyturn:window-days': '1' };

/** A user whose key was rotated once, so that its secret holds a key that keyturn made. */
async function rotated(options: LifeOptions = {}): Promise<Life> {
  const life = await Life.confirmed({
    ...options,
    tags: short,
    settings: { goneUsers, ...options.settings },
  });
  await life.days(6);
  expect(life.stands).toBe('completed');
  return life;
}

async function sweepDaily(life: Life, days: number): Promise<void> {
  for (let passed = 0; passed < days; passed += 1) {
    await life.operator.send(
      new StartExecutionCommand({ stateMachineArn: life.world.sweepMachineArn, input: '{}' }),
    );
    await life.days(1);
  }
}

/** What the last sweep's report says of gone users. */
function reported({ world }: Life): GoneUser[] {
  const objects = [...(world.aws.buckets.get(reportBucket)?.objects ?? [])];
  const [, report] = objects.filter(([key]) => key.endsWith('/report.json')).at(-1) ?? [];
  return JSON.parse(report?.body.text ?? '{}').overview.gone.first;
}
const isScheduled = ({ secret }: Life): boolean => secret?.deletion !== undefined;
const users = ({ world }: Life) => world.aws.accounts.get(accountId)?.users;

describe.each(['member', 'central'] as const)(
  'with secrets in %s storage, the secret of a user who is gone',
  (storage) => {
    it('is reported, and scheduled for deletion in time; a user created again gets it back', async () => {
      const life = await rotated({ settings: { storage, replicaRegions: ['eu-central-1'] } });
      const { user } = life;
      users(life)?.delete(userName);
      await sweepDaily(life, 3);
      expect(reported(life)).toMatchObject(
        [{ userName, act: 'wait', because: /gone since/ }].map(({ because, ...one }) => ({
          ...one,
          because: expect.stringMatching(because),
        })),
      );
      expect(isScheduled(life)).toBe(false);
      await sweepDaily(life, 2);
      expect(reported(life)).toMatchObject([{ userName, act: 'scheduled' }]);
      expect(isScheduled(life)).toBe(true);
      const digests = life.world.aws.mails.filter(({ subject }) => subject.startsWith('Access keys: '));
      expect(digests[0]?.text).toContain(`${userName} in ${accountId}`);
      user.keys.splice(0);
      users(life)?.set(userName, user);
      life.strangersKey();
      await life.start();
      expect(isScheduled(life)).toBe(false);
      expect([...(life.secret?.tags.keys() ?? [])]).not.toContain('keyturn:user-gone');
      expect(life.current?.complete).toBe(true);
      await life.confirm();
      await life.days(6);
      expect(life.stands).toBe('completed');
    });
  },
);

describe('the secret of a user who is gone', () => {
  it('stays as long as its key is active under another name, and comes back if it becomes active again', async () => {
    // Somebody activates the key of a secret that can't be read until the next sweep.
    const life = await rotated({ expectViolations: true });
    rename(life, 'deploy-bot-prod');
    await sweepDaily(life, 5);
    expect(reported(life)).toMatchObject([
      { userName, act: 'inUse', because: expect.stringContaining('belongs to deploy-bot-prod') },
    ]);
    expect(isScheduled(life)).toBe(false);
    const [key] = life.user.keys;
    if (key === undefined) throw new Error('the user has no key');
    setStatus(key, 'Inactive', life.world.clock.now());
    await sweepDaily(life, 2);
    expect(isScheduled(life)).toBe(true);
    setStatus(key, 'Active', life.world.clock.now());
    await sweepDaily(life, 1);
    expect(isScheduled(life)).toBe(false);
    expect(reported(life)).toMatchObject([
      { act: 'inUse', because: expect.stringContaining('its deletion was cancelled') },
    ]);
  });

  it('stays in an audit, if somebody else put values into it, and if secrets can’t be listed, which is said', async () => {
    const life = await rotated();
    users(life)?.delete(userName);
    life.world.settings.mode = 'audit';
    await sweepDaily(life, 5);
    expect(reported(life)).toMatchObject([{ act: 'delete' }]);
    expect(isScheduled(life)).toBe(false);
    life.world.settings.mode = 'live';
    const { versions } = life.secret ?? {};
    versions?.set('by-hand', {
      id: 'by-hand',
      text: '{}',
      stages: new Set(),
      createdAt: life.world.clock.now(),
    });
    await sweepDaily(life, 1);
    expect(reported(life)).toMatchObject([
      { act: 'keep', because: expect.stringContaining('did not store') },
    ]);
    expect(isScheduled(life)).toBe(false);
    life.world.aws.guardrail('secretsmanager:ListSecrets');
    await sweepDaily(life, 1);
    expect(reported(life)).toEqual([]);
    const [, page] =
      [...(life.world.aws.buckets.get(reportBucket)?.objects ?? [])]
        .filter(([name]) => name.endsWith('/index.html'))
        .at(-1) ?? [];
    expect(page?.body.text).toContain('secrets can&#39;t be listed (AccessDeniedException)');
  });
});
