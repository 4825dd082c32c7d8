import { readFileSync } from 'node:fs';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { User } from '../../local/aws/iam/account.ts';
import type { Call } from '../../local/aws/types.ts';
import { clientDefaults } from '../../local/world/lambda.ts';
import { firstMorning } from '../../local/world/options.ts';
import { centralAccountId, makeSituated } from '../../local/world/organization.ts';
import { randomStream } from '../../local/world/random.ts';
import { versionIdOf } from '../../tasks/domain/keys.ts';
import { rotationTag } from '../../tasks/domain/tags.ts';
import { watchCanary } from '../workflows/a-canary.ts';
import { accountId, Life, type LifeOptions, userName } from '../workflows/life.ts';
import { rename } from '../workflows/renamed.ts';
import { organizationOf, Swept } from '../workflows/swept.ts';

/** The IAM actions that a task took. */
export interface Used {
  readonly central: Set<string>;
  /** In a member account, with a session. */
  readonly member: Set<string>;
  /** What its sessions' policies allow. */
  readonly session: Set<string>;
}

/** By the role of the task. */
export type UsedByRole = Map<string, Used>;

function record(used: UsedByRole, { service, operation, caller, implied }: Call): void {
  const role = caller.via ?? caller.roleName ?? '';
  const by = used.get(role) ?? { central: new Set(), member: new Set(), session: new Set() };
  used.set(role, by);
  // The one action whose name isn't its operation's.
  const own = operation === 'Invoke' ? 'lambda:InvokeFunction' : `${service}:${operation}`;
  const actions = [own, ...implied];
  for (const action of actions) (caller.via === undefined ? by.central : by.member).add(action);
  if (caller.sessionPolicy !== undefined)
    for (const action of actionsOf(caller.sessionPolicy)) by.session.add(action);
}

/** Every action that a policy allows. */
export function actionsOf(policy: string | object): string[] {
  const { Statement }: { Statement: { Action: string | string[] }[] } =
    typeof policy === 'string' ? JSON.parse(policy) : policy;
  return [Statement].flat().flatMap(({ Action }) => Action);
}

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
    // An operator exempts the user, and ends that.
    course: async (life) => {
      const by = 'Jane Doe';
      await life.start({ change: { by, exempt: { until: '2030-03-31', reason: 'vendors' } } });
      await life.start({ change: { by, exempt: null } });
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
  },
};

/** Adds as many tags as AWS allows, so that there is no room for a mark. */
function fillTags({ tags }: Pick<User, 'tags'>): void {
  for (let number = 1; tags.size < 50; number += 1) tags.set(`cost-center-${number}`, 'x');
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
  const settings = { storage, replicaRegions: ['eu-central-1'], events: true, cloudTrail: true };
  for (const { options, course } of [...lives, ...elsewhereStored(storage), ofTheCentralAccount]) {
    const life = await Life.begin({ ...options, settings: { ...settings, ...options?.settings } });
    life.world.aws.onCall((call) => record(used, call));
    await course(life);
  }
  await sweepThemAll(used, storage);
  return used;
}

/** A rotation is started by hand after its user was chosen: its name is taken, and the sweep looks up by what. */
async function startBetween(used: UsedByRole): Promise<void> {
  const swept = await Swept.begin({ organization: organizationOf(1, 1, 'oldKeyInDailyUse') });
  const { world, operator } = swept;
  world.aws.onCall((call) => {
    record(used, call);
    if (call.operation !== 'PutObject' || !String(call.input.Key).endsWith('wave.json')) return;
    const input = JSON.stringify({ accountId: centralAccountId, userName: 'user-0' });
    const start = { stateMachineArn: world.stateMachineArn, name: `${centralAccountId}-user-0-1`, input };
    void operator.send(new StartExecutionCommand(start));
  });
  await swept.sweep();
}

/** A sweep that finds and starts, one that fails, an audit, and a leak that AWS Health reports. */
async function sweepThemAll(used: UsedByRole, storage: 'central' | 'member'): Promise<void> {
  const exemptGroup = { name: 'no-rotation', until: '2030-01-31', reason: 'vendors' };
  const swept = await Swept.begin({
    settings: { exemptGroup, storage },
    organization: { accounts: 5, users: 9 },
  });
  swept.world.aws.onCall((call) => record(used, call));
  await swept.sweep();
  await swept.sweep({ audit: true });
  // A child whose summary can't be written leaves none.
  swept.world.aws.inject(({ service, input }) =>
    service === 's3' && String(input.Key).includes('333333333333') ? 'denied' : undefined,
  );
  await swept.sweep();
  swept.world.aws.inject(undefined);
  await startBetween(used);
  await watchCanary(storage, (call) => record(used, call));
  // Rotations that end before they leave a mark, while StartWave can't note that it has started them and tries again.
  // Their records can't be written either: the next sweep does it, and the one after that finds them.
  const unmarked = await Swept.begin({ settings: { storage } });
  unmarked.world.aws.onCall((call) => record(used, call));
  for (const { users } of unmarked.world.aws.accounts.values())
    for (const user of users.values()) fillTags(user);
  let throttled = 0;
  unmarked.world.aws.inject(({ operation, input }) => {
    if (operation === 'PutObject' && String(input.Key).startsWith('rotations/')) return 'denied';
    if (!String(input.Key).endsWith('starts-1.json') || operation !== 'PutObject' || throttled >= 4)
      return undefined;
    throttled += 1;
    return 'throttle';
  });
  await unmarked.sweep();
  unmarked.world.aws.inject(undefined);
  await unmarked.sweep();
  await unmarked.sweep();
  for (const { arn } of unmarked.world.engine.executionsOf(unmarked.world.stateMachineArn))
    unmarked.world.putEvent('RecordRotation', { detail: { executionArn: arn } });
  await unmarked.world.clock.advance(60_000);
  const [account] = swept.world.aws.accounts.values();
  if (account !== undefined) account.memberRole = false;
  await swept.sweep();
  // The last sweep doesn't know this account: an earlier one does.
  if (account !== undefined) account.memberRole = true;
  await swept.sweep();
  swept.world.aws.inject(({ service }) => (service === 'organizations' ? 'denied' : undefined));
  await swept.sweep();
  swept.world.aws.inject(undefined);
  for (const keyId of [
    swept.account('222222222222').users.get('deploy-bot')?.keys[0]?.id,
    'AKIANOBODYSKEY000000',
  ]) {
    swept.world.putEvent('HandleLeak', {
      source: 'aws.health',
      account: '222222222222',
      detail: { eventTypeCode: 'AWS_RISK_CREDENTIALS_EXPOSED', affectedEntities: [{ entityValue: keyId }] },
    });
  }
  await swept.world.clock.advance(3_600_000);
}
