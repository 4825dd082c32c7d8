import { readFileSync } from 'node:fs';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { setStatus } from '../../local/aws/iam/account.ts';
import { clientDefaults } from '../../local/world/lambda.ts';
import { firstMorning } from '../../local/world/options.ts';
import { centralAccountId, makeSituated } from '../../local/world/organization.ts';
import { randomStream } from '../../local/world/random.ts';
import { versionIdOf } from '../../tasks/domain/keys.ts';
import { goneTag } from '../../tasks/domain/sweeps/gone-users.ts';
import { rotationTag } from '../../tasks/domain/tags.ts';
import { day, later } from '../../tasks/domain/time.ts';
import { holdLease, leasePlace, loseLease } from '../workflows/leased.ts';
import { accountId, Life, type LifeOptions, userName } from '../workflows/life.ts';
import { rename } from '../workflows/renamed.ts';
import { storedBySample } from '../workflows/sample-world.ts';
import { record, type UsedByRole } from './used.ts';
import { sweepThemAll } from './used-by-sweeps.ts';

type Course = (life: Life) => Promise<void>;

/** An attempt for the same user that Step Functions doesn't know: a task that reads it asks for it. */
const elsewhere = `arn:aws:states:eu-west-1:111111111111:execution:rotate-user-key:${accountId}-${userName}-77`;

/** What began under it is still running somewhere. */
const formerDefinition = readFileSync(
  new URL('../upgrades/0.1.0/rotate-user-key.asl.json', import.meta.url),
  'utf8',
);

interface Lived {
  readonly options?: LifeOptions;
  readonly course: Course;
}

/** Lives in which labels move, for both kinds of storage. */
const ofSecrets: readonly Lived[] = [
  {
    // Rolled back in the window, confirmed again, deleted; another attempt's mark on the user makes every task look it up.
    course: async (life) => {
      await life.start();
      await life.owner.lookAgain();
      await life.confirm();
      markedByAnother(life);
      await life.days(9);
      await life.owner.rollBack('the nightly job broke');
      await life.days(1);
      markedByAnother(life);
      await life.owner.confirm();
      await life.days(9);
      markedByAnother(life);
      await life.days(21);
    },
  },
  {
    // The secret holds both keys, so its label moves back and forth.
    course: async (life) => {
      await life.start();
      await life.confirm();
      await life.days(40);
      await life.start();
      await life.confirm();
      await life.days(9);
      await life.owner.rollBack('the nightly job broke');
      await life.days(1);
      await life.owner.confirm();
      await life.days(30);
    },
  },
  {
    // Nobody answers: the new key is removed like any other, and the label moves right after it went inactive.
    course: async (life) => {
      await life.start();
      await life.days(50);
    },
  },
  {
    // A new key that is withdrawn is deleted by its owner before its drain is over.
    course: async (life) => {
      await life.start();
      await life.owner.rollBack('not now');
      await life.days(1);
      life.user.keys.splice(1, 1);
      await life.days(30);
    },
  },
  {
    // The user has another name, and its inactive key looks as if nobody had it: its secret is scheduled for deletion,
    // and restored; scheduled once more, it is restored by the rotation of the user who is there again.
    options: { tags: { 'keyturn:quiet-days': '1', 'keyturn:window-days': '1' } },
    course: async (life) => {
      await life.start();
      await life.confirm();
      await life.days(6);
      rename(life, 'deploy-bot-prod');
      await isGone(life);
      const users = life.world.aws.accounts.get(accountId)?.users;
      const { user } = life;
      users?.delete('deploy-bot-prod');
      users?.set(userName, Object.assign(user, { name: userName, arn: user.arn.replace(/-prod$/, '') }));
      schedule(life);
      await life.start();
    },
  },
  {
    // The key is stored, and for a while it can't be verified.
    course: async (life) => {
      markedByAnother(life);
      await failing(life, 'GetCallerIdentity', async () => {
        await life.start();
        await life.days(1 / 24);
      });
      await life.days(1);
    },
  },
  {
    // What began under 0.1.0 withdraws a new key by a state of its own.
    options: { definition: formerDefinition },
    course: async (life) => {
      await life.start();
      markedByAnother(life);
      await life.owner.rollBack('not now');
      await life.days(20);
    },
  },
];

/** Whole lives in which every task does everything else that it ever does. */
const lives: readonly Lived[] = [
  ...ofSecrets,
  {
    // An operator takes the lease that nobody has, and then the one that the other region has.
    course: async (life) => {
      const request = {
        accountId: undefined,
        userName: undefined,
        takeLease: { by: 'Jane', reason: 'drill' },
      };
      loseLease(life.world);
      await life.start(request);
      holdLease(life.world, 'eu-central-1');
      await life.start(request);
    },
  },
  {
    // Nothing names the owner of this user: its account is asked about.
    options: { tags: { owner: '' } },
    course: async (life) => {
      await life.start();
    },
  },
  {
    // An operator exempts the user, and ends that; and removes every tag.
    course: async (life) => {
      const by = 'Jane Doe';
      await life.start({ change: { by, exempt: { until: '2030-03-31', reason: 'vendors' } } });
      await life.start({ change: { by, exempt: null } });
      markedByAnother(life);
      await life.start({ change: { by, removeAll: true } });
    },
  },
  {
    // A secret of the AWS sample's is adopted, after a look at the mark of another attempt.
    options: { settings: { adopts: true } },
    course: async (life) => {
      await storedBySample(life.world, accountId, life.user, [life.oldKey]);
      markedByAnother(life);
      await life.start({ adopt: { by: 'Jane Doe', apply: true } });
    },
  },
  {
    // The new key leaks while the old one is in its window, which the emergency reads in the history.
    course: async (life) => {
      await life.start();
      await life.confirm();
      await life.days(12);
      await life.start({ action: 'emergency', keyId: life.user.keys[1]?.id });
      await life.days(1);
    },
  },
  {
    // The key is made and can't be stored; then nobody knows whether the old key is used; then the account refuses us.
    course: async (life) => {
      await failing(life, 'PutSecretValue', () => life.start());
      markedByAnother(life);
      await life.days(1);
      await failing(life, 'GetAccessKeyLastUsed', () => life.confirm());
      await failing(life, 'ListAccessKeys', () => life.days(12));
    },
  },
  {
    // The key goes inactive, and its owner can't be told.
    course: async (life) => {
      await life.start();
      await life.confirm();
      await failing(life, 'SendEmail', () => life.days(12));
    },
  },
  {
    course: async (life) => {
      await life.start({ override: { by: 'Jane Doe', reason: 'INC-4711' } });
    },
  },
  {
    // Something still uses the old key after its owner confirmed: CloudTrail is asked who.
    course: async (life) => {
      await life.start();
      await life.confirm();
      life.owner.switchTo(life.oldKey.id, life.world.clock.now());
      await life.days(2);
    },
  },
  {
    // The key can't be made inactive, and it is uncertain whether it was.
    course: async (life) => {
      await life.start();
      await life.confirm();
      await failing(life, 'UpdateAccessKey', () => life.days(9));
      await life.days(2);
    },
  },
  {
    // The user is renamed while its owner is asked: every task from then on asks whose the keys are.
    course: async (life) => {
      await life.start();
      rename(life, 'deploy-bot-prod');
      await life.confirm();
      await life.days(9);
      await life.rollBack('the nightly job broke');
      await life.confirm();
      await failing(life, 'UpdateAccessKey', () => life.days(9));
      await life.days(2);
    },
  },
  {
    options: { tags: { 'keyturn:self-updating': 'true' } },
    course: async (life) => {
      await life.start();
      life.owner.switchTo(life.current?.keyId ?? '', life.world.clock.now());
      await life.days(30);
    },
  },
  {
    // The owner's mail comes back.
    course: async (life) => {
      life.world.postman.decide((to) => (to === 'anna.lind@example.com' ? 'bounce' : undefined));
      await life.start();
      await life.days(1);
    },
  },
  {
    // A leak takes over from a rotation that waits; a function of that one still runs, and makes the key active.
    course: async (life) => {
      const old = life.oldKey;
      await life.start();
      await life.start({ action: 'emergency', keyId: old.id });
      old.status = 'Active';
      await life.days(12);
    },
  },
  {
    // The new key leaks: the old one takes its place in the secret.
    course: async (life) => {
      await life.start();
      await life.start({ action: 'emergency', keyId: life.user.keys[1]?.id });
    },
  },
  {
    // The other key leaks too, while the first is in its window.
    options: { situation: 'twoKeysInUse' },
    course: async (life) => {
      const [first, second] = life.user.keys;
      await life.start({ action: 'emergency', keyId: first?.id });
      await life.start({ action: 'emergency', keyId: second?.id });
      await life.days(30);
    },
  },
  {
    options: { settings: { mode: 'audit' } },
    course: async (life) => {
      await life.start({ action: 'emergency', keyId: life.oldKey.id });
    },
  },
  {
    options: { settings: { mode: 'audit' }, situation: 'twoKeysInUse', tags: { [rotationTag]: elsewhere } },
    course: async (life) => {
      await life.start();
    },
  },
];

/** The secret is where other settings put it: every task that moves a label finds it there. */
function elsewhereStored(storage: 'central' | 'member'): Lived[] {
  const [keeper, key] =
    storage === 'member' ? [centralAccountId, { KmsKeyId: 'alias/keyturn-secrets' }] : [accountId, {}];
  return ofSecrets.map(({ course, ...lived }) => ({
    ...lived,
    course: async (life) => {
      const { aws, settings } = life.world;
      const client = new SecretsManagerClient(clientDefaults(aws, settings.region, 'deployment', keeper));
      const SecretString = JSON.stringify({ accessKeyId: life.oldKey.id });
      const ClientRequestToken = versionIdOf(life.oldKey.id);
      const Name = `keyturn/${accountId}/${userName}`;
      await client.send(new CreateSecretCommand({ Name, ClientRequestToken, SecretString, ...key }));
      await course(life);
    },
  }));
}

/** The central account has users too; their secrets are in it, whatever the settings say. */
const ofTheCentralAccount: (typeof lives)[number] = {
  course: async (life) => {
    life.world.aws.accounts.get(centralAccountId)?.users.set(
      'central-bot',
      makeSituated(randomStream(1, 'central'), {
        accountId: centralAccountId,
        name: 'central-bot',
        situation: 'oldKeyInDailyUse',
        now: firstMorning,
      }),
    );
    await life.start({ accountId: centralAccountId, userName: 'central-bot' });
    await life.days(1);
    const users = life.world.aws.accounts.get(centralAccountId)?.users;
    const bot = users?.get('central-bot');
    users?.delete('central-bot');
    await sweepDaily(life, 2);
    if (bot !== undefined) users?.set('central-bot-prod', Object.assign(bot, { name: 'central-bot-prod' }));
    await sweepDaily(life, 1);
  },
};

/** The user's only key is inactive while two sweeps look for the user and don't find it, and active when the third one does. */
async function isGone(life: Life): Promise<void> {
  const [key] = life.user.keys;
  if (key === undefined) throw new Error('the user has no key');
  life.secret?.replicas.set('eu-central-1', {});
  setStatus(key, 'Inactive', life.world.clock.now());
  await sweepDaily(life, 2);
  setStatus(key, 'Active', life.world.clock.now());
  await sweepDaily(life, 1);
}

async function sweepDaily({ operator, world }: Life, days: number): Promise<void> {
  for (let passed = 0; passed < days; passed += 1) {
    await operator.send(new StartExecutionCommand({ stateMachineArn: world.sweepMachineArn, input: '{}' }));
    await world.clock.advance(day);
  }
}

/** As a sweep does if the user is gone. */
function schedule({ secret, world }: Life): void {
  const at = world.clock.now();
  secret?.tags.set(goneTag, at.toISOString());
  if (secret !== undefined) secret.deletion = { at, goneAt: later(at, 7 * day) };
}

/** Tags the user with an execution that Step Functions doesn't know, so that a task that reads it asks for it. */
const markedByAnother = (life: Life): void => void life.user.tags.set(rotationTag, elsewhere);

/** Refuses an operation while `course` runs. */
async function failing(life: Life, operation: string, course: () => Promise<unknown>): Promise<void> {
  life.world.aws.inject((call) => (call.operation === operation ? 'denied' : undefined));
  await course();
  life.world.aws.inject(undefined);
}

/** Runs all lives with the permissions of a deployment. @returns the actions that were used */
export async function liveThemAll(storage: 'central' | 'member'): Promise<UsedByRole> {
  const used: UsedByRole = new Map();
  const lease = storage === 'central' ? leasePlace : undefined;
  const goneUsers = { deleteAfterDays: 1 };
  const settings = {
    ...{ storage, replicaRegions: ['eu-central-1'], events: true, cloudTrail: true, lease },
    goneUsers,
  };
  for (const { options, course } of [...lives, ...elsewhereStored(storage), ofTheCentralAccount]) {
    const life = await Life.begin({ ...options, settings: { ...settings, ...options?.settings } });
    life.world.aws.onCall((call) => record(used, call));
    holdLease(life.world, 'eu-west-1');
    await course(life);
  }
  await sweepThemAll(used, storage);
  return used;
}
