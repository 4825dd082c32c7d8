import { expect, it } from 'vitest';
import { AwsError } from '../../local/aws/types.ts';
import { stepFunctions } from '../../local/engine/api/step-functions.ts';
import { accountId, Life, userName } from './life.ts';

const leak = (...keyIds: (string | undefined)[]) => ({
  account: accountId,
  resources: [],
  detail: {
    eventTypeCode: 'AWS_RISK_CREDENTIALS_EXPOSED',
    affectedEntities: keyIds.map((entityValue) => ({ entityValue })),
  },
});

it('two keys of one user that leak together are handled, or everybody is told that they are active', async () => {
  const life = await Life.begin({ situation: 'twoKeysInUse' });
  const [a, b] = life.user.keys;
  life.world.putEvent('HandleLeak', leak(a?.id, b?.id));
  await life.days(1);
  expect(
    a?.status === 'Inactive' ||
      life.subjects.some((subject) => /^Leaked access key still active/.test(subject)),
  ).toBe(true);
});

it('an emergency does not delegate to a rotation that Step Functions does not describe yet', async () => {
  const life = await Life.begin();
  const leaked = life.oldKey.id;
  const real = stepFunctions(life.world.engine);
  life.world.aws.use('states', {
    ...real,
    // "This operation is eventually consistent": an execution is not described in its first 30 seconds.
    DescribeExecution: (input, caller) => {
      const found = life.world.engine.executions.get(String(input.executionArn));
      const age = life.world.clock.now().getTime() - (found?.startDate.getTime() ?? 0);
      if (age < 30_000) throw new AwsError('ExecutionDoesNotExist', 'Execution Does Not Exist');
      return real.DescribeExecution?.(input, caller);
    },
  });
  let started = false;
  life.world.aws.inject(({ operation }) => {
    if (!started && operation === 'GetUser') {
      started = true; // a sweep starts the same user at that moment
      const { engine, stateMachineArn } = life.world;
      const input = JSON.stringify({ accountId, userName, when: 'due' });
      engine.startExecution({ stateMachineArn, name: `${accountId}-${userName}-1`, input });
    }
    return undefined;
  });
  life.world.putEvent('HandleLeak', leak(leaked));
  await life.days(2);
  expect(life.keys[0]).toBe('Inactive');
});

it('a rotation is stopped for an emergency only by one that can continue', async () => {
  const life = await Life.inWindow();
  expect(life.stands).toBe('OfferRollback');
  const link = life.owner.link('rollBack');
  life.world.aws.inject(({ operation, caller }) =>
    operation === 'StartExecution' && caller.roleName === 'keyturn-claim-user' ? 'denied' : undefined,
  );
  await life.start({ action: 'emergency', keyId: life.user.keys[1]?.id });
  await life.days(1);
  life.world.aws.inject(undefined);
  expect(life.world.aws.mails.at(-1)?.text).not.toContain('nothing was changed');
  await life.rollBack('production is down', link);
  expect(life.keys).toEqual(['Active', 'Active']);
});

it('a mode that goes live between ClaimUser and Assess starts no rotation without a claim', async () => {
  const life = await Life.begin({ settings: { mode: 'audit' } });
  let tries = 0;
  life.world.aws.inject(({ operation, caller }) => {
    if (operation !== 'DescribeAccount' || caller.roleName !== 'keyturn-assess' || tries >= 4)
      return undefined;
    tries += 1;
    return 'throttle';
  });
  await life.start({}, 'begun-as-an-audit');
  Object.assign(life.world.settings, { mode: 'live' });
  await life.world.clock.advance(60_000);
  await life.start({}, 'second');
  await life.world.clock.advance(60_000);
  const running = life.rotations.filter(({ status }) => status === 'RUNNING').map(({ name }) => name);
  expect(running).toHaveLength(1);
});

it.each([
  'none',
  'arn:aws:states:eu-central-1:111111111111:execution:rotate-user-key:222222222222-deploy-bot-7',
])('a rollback works although the tag keyturn:rotation is %s', async (value) => {
  const life = await Life.inWindow();
  life.user.tags.set('keyturn:rotation', value);
  await life.owner.rollBack('production is down');
  await life.days(2);
  expect(life.keys).toEqual(['Active', 'Active']);
});

it('an orphan without a secret does not count as a leaked key’s replacement', async () => {
  const life = await Life.begin();
  life.world.aws.inject(({ operation }) => (operation === 'CreateAccessKey' ? 'lostAnswer' : undefined));
  await life.start();
  await life.days(1);
  life.world.aws.inject(undefined);
  const before = life.world.watcher.violations.length;
  await life.start({ action: 'emergency', keyId: life.oldKey.id });
  await life.days(1);
  expect(life.world.watcher.violations.slice(before).map(({ what }) => what)).not.toContainEqual(
    expect.stringContaining('left no key that works'),
  );
});
