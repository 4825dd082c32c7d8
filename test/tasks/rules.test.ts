import {
  GetSecretValueCommand,
  ListSecretsCommand,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { load } from '../../local/world/functions.ts';
import type { SettingsInput } from '../../tasks/domain/settings/told.ts';
import { rotationTag } from '../../tasks/domain/tags.ts';
import { allFunctions, changesUser } from '../../tasks/manifest.ts';
import { ago, neverUsed, usedAt } from '../domain/uses.ts';
import { bothKeys, given, type MockedUser, makeKey, noSuchUser } from './given.ts';
import {
  executionArn,
  executionOf,
  newKeyId,
  oldKeyId,
  rotation,
  secretAccessKey,
  stateMachineArn,
  strangersKeyId,
} from './ids.ts';
import { awsError, changesTaken, mockAws } from './mocked-aws.ts';
import { setUp } from './setting-up.ts';
import { makeWork, makeWorkWithoutNewKey, underFirstMachine } from './work.ts';

/*
 * What every task that changes something of a user does if it should not. A task joins by its row in the manifest: it
 * needs a situation here in which it has something to change, and, if it keeps a rule in another way, the reason.
 */

/** A situation in which a task changes something, and what it is handed. */
interface Situation extends MockedUser {
  readonly input: object;
}

const other = executionOf('111122223333-deploy-bot-2');
const inactiveOld = [makeKey(oldKeyId, 'Inactive'), makeKey(newKeyId, 'Active', ago(20))];

const situations: Readonly<Record<string, Situation>> = {
  ChangeTags: {
    input: {
      request: {
        accountId: rotation.accountId,
        userName: rotation.userName,
        change: { by: 'Jane Doe', exempt: { until: '2099-03-31', reason: 'waits for the vendor' } },
      },
      executionArn,
    },
  },
  AdoptSecrets: {
    input: {
      request: { accountId: rotation.accountId, adopt: { by: 'Jane Doe', apply: true } },
      executionArn,
    },
  },
  ClaimUser: {
    input: {
      request: { accountId: rotation.accountId, userName: rotation.userName },
      executionArn,
      stateMachineArn,
    },
  },
  DeactivateOldKey: {
    input: { ...makeWork(), drain: { activeSince: ago(30) } },
    keys: bothKeys,
    uses: { [oldKeyId]: usedAt(ago(9)) },
    stored: [newKeyId, oldKeyId],
  },
  DeleteOldKey: {
    input: { ...makeWork(), deactivatedAt: ago(10) },
    keys: inactiveOld,
    uses: { [oldKeyId]: usedAt(ago(20)) },
    stored: [newKeyId, oldKeyId],
  },
  MakeSafe: {
    input: {
      ...makeWork(),
      failure: { Error: 'MailRefused' },
      failedAt: 'OfferRollback',
      failedSince: ago(1),
      deactivation: { act: 'deactivated', bySomebodyElse: false },
    },
    keys: inactiveOld,
  },
  PromoteNewKey: { input: makeWork(), keys: bothKeys, stored: [oldKeyId, newKeyId] },
  ProvisionNewKey: { input: makeWorkWithoutNewKey(), stored: [oldKeyId] },
  ReactivateOldKey: { input: makeWork(), keys: inactiveOld, stored: [newKeyId, oldKeyId] },
  TakeOver: {
    input: {
      rotation: { ...rotation, executionArn: executionOf('111122223333-deploy-bot-3'), claim: 'live' },
      takesOver: [executionArn],
      keyId: oldKeyId,
    },
  },
  WithdrawNewKey: {
    input: {
      ...underFirstMachine(makeWork()),
      provedAt: ago(9),
      asked: 'bySilence',
      since: ago(7),
    },
    keys: bothKeys,
    uses: { [newKeyId]: neverUsed },
    stored: [newKeyId, oldKeyId],
  },
};

const rules = ['an unrecognized key', 'superseded', 'audit mode', 'user gone', 'permission denied'] as const;
type Rule = (typeof rules)[number];

/** What the world is like then, and the settings. */
function spoil(rule: Rule, { input: _, ...world }: Situation): Partial<SettingsInput> {
  const { keys = [makeKey(oldKeyId)] } = world;
  if (rule === 'an unrecognized key') given(aws, { ...world, keys: [...keys, makeKey(strangersKeyId)] });
  else if (rule === 'superseded')
    given(aws, { ...world, tags: { [rotationTag]: other }, executions: { [other]: 'RUNNING' } });
  else given(aws, world);
  others();
  if (rule === 'user gone') aws.iam.reset().rejects(noSuchUser);
  if (rule === 'permission denied') aws.iam.reset().rejects(awsError('AccessDenied', 403));
  return rule === 'audit mode' ? { mode: 'audit' } : {};
}

/** What only one task asks for. */
function others(): void {
  aws.sfn.on(StopExecutionCommand).resolves({});
  const Name = `Account_${rotation.accountId}_User_${rotation.userName}_AccessKey`;
  const ARN = `arn:aws:secretsmanager:eu-west-1:${rotation.accountId}:secret:${Name}-AbCdEf`;
  const listed = { Name, ARN, SecretVersionsToStages: { first: ['AWSCURRENT'] } };
  // The user's account, and the central one.
  aws.secrets
    .on(ListSecretsCommand)
    .resolvesOnce({ SecretList: [listed] })
    .resolves({ SecretList: [] });
  aws.secrets.on(UpdateSecretVersionStageCommand, { SecretId: ARN }).resolves({});
  const pair = { AccessKeyId: oldKeyId, SecretAccessKey: secretAccessKey.slice(0, 40) };
  aws.secrets.on(GetSecretValueCommand, { SecretId: ARN }).resolves({ SecretString: JSON.stringify(pair) });
}

/** How a task ends that keeps the rule: by this error, with nothing changed. */
const errors: Readonly<Record<Rule, string>> = {
  'an unrecognized key': 'UnrecognizedKey',
  superseded: 'RotationSuperseded',
  'audit mode': 'AuditOnly',
  'user gone': 'UnknownUser',
  'permission denied': 'AccessDenied',
};

/** A task that keeps a rule in another way: what it does instead, what it changes then, and why. */
interface Exception {
  readonly instead: object;
  readonly changes: readonly string[];
  readonly because: string;
}

const claims = { act: 'proceed', rotation: { claim: 'live' } };
const safe = { done: [expect.stringContaining('is active')] };
const reactivated = { act: 'reactivated' };
const noLook = 'working keys come first: it makes ours active again without a look at anything else';
const reactivates: Exception = { instead: reactivated, changes: ['UpdateAccessKey'], because: noLook };
const makesSafe: Exception = { instead: safe, changes: ['UpdateAccessKey'], because: noLook };
const takesOver = (changes: string[], because: string): Exception => ({
  instead: { stopped: [executionArn] },
  changes,
  because,
});

const changed = (because: string): Exception => ({
  instead: { act: 'changed' },
  changes: ['TagUser'],
  because,
});

const adopts: Exception = {
  instead: { act: 'adopted', secrets: [{ act: 'adopt' }] },
  changes: ['UpdateSecretVersionStage', 'TagUser', 'TagUser'],
  because: 'it changes no key, and says which one the secret holds',
};
const leaves: Exception = {
  instead: { secrets: [{ act: 'leave' }] },
  changes: [],
  because: 'the secret stays as it is, and the reason is named',
};

const exceptions: Readonly<Record<string, Partial<Record<Rule, Exception>>>> = {
  AdoptSecrets: {
    'an unrecognized key': adopts,
    superseded: leaves,
    'audit mode': { ...leaves, instead: { act: 'planned', secrets: [{ act: 'adopt' }] } },
    'user gone': leaves,
  },
  ChangeTags: {
    'an unrecognized key': changed('it changes no key'),
    superseded: changed('it is no rotation, and what runs is not disturbed'),
    'audit mode': {
      instead: { act: 'nothing' },
      changes: [],
      because: 'it ends, and says what was asked for',
    },
  },
  ClaimUser: {
    'an unrecognized key': {
      instead: claims,
      changes: ['TagUser'],
      because: 'it claims the user; Assess looks at the keys',
    },
    superseded: {
      instead: { act: 'handOn', to: other },
      changes: [],
      because: 'it hands on to the one that runs',
    },
    'audit mode': {
      instead: { act: 'proceed', rotation: { claim: 'audit' } },
      changes: [],
      because: 'an audit is assessed, under a claim that says so',
    },
  },
  MakeSafe: {
    'an unrecognized key': makesSafe,
    superseded: makesSafe,
    'audit mode': makesSafe,
    'user gone': {
      instead: { done: [expect.stringContaining('has no user deploy-bot')] },
      changes: [],
      because: 'there is nothing to make safe, and the failure itself is reported',
    },
  },
  PromoteNewKey: {
    'audit mode': {
      instead: { version: 'moved' },
      changes: ['UpdateSecretVersionStage', 'UpdateSecretVersionStage'],
      because: 'an owner has answered, and no key is created, deactivated or deleted',
    },
  },
  ReactivateOldKey: {
    'an unrecognized key': reactivates,
    superseded: reactivates,
    'audit mode': reactivates,
  },
  TakeOver: {
    'an unrecognized key': takesOver(['TagUser', 'StopExecution'], 'a leaked key waits for no other key'),
    superseded: takesOver(['TagUser', 'StopExecution'], 'it is the one that supersedes'),
    'permission denied': takesOver(
      ['StopExecution'],
      'a mark only informs: an emergency continues without it',
    ),
  },
};

const aws = mockAws();
// `DeleteSecrets` is about users who are gone, and has rules and tests of its own.
const changing = allFunctions.filter((row) => changesUser(row) && row.name !== 'DeleteSecrets');
const { dependencies } = setUp({ adopts: true });

describe.each(changing)('$name', (row) => {
  const situation = situations[row.name];

  const run = async (settings: Partial<SettingsInput> = {}): Promise<unknown> => {
    const { invoke } = await load(row);
    return invoke(
      situation?.input,
      Object.keys(settings).length > 0 ? setUp({ adopts: true, ...settings }).dependencies : dependencies,
    );
  };

  it('changes something in its situation, or the rules would hold for nothing', async () => {
    expect(situation, `${row.name} needs a situation in test/tasks/rules.test.ts`).toBeDefined();
    given(aws, situation);
    others();
    await run();
    expect(await changesTaken(aws)).not.toEqual([]);
  });

  it.each(rules)('keeps the rule: %s', async (rule) => {
    if (situation === undefined) throw new Error(`${row.name} needs a situation in test/tasks/rules.test.ts`);
    const settings = spoil(rule, situation);
    const { instead, changes = [] } = exceptions[row.name]?.[rule] ?? {};
    if (instead === undefined) await expect(run(settings)).rejects.toMatchObject({ name: errors[rule] });
    else await expect(run(settings)).resolves.toMatchObject(instead);
    expect(await changesTaken(aws)).toEqual(changes);
  });
});

it('every situation and every exception of the rules is of a task that changes something', () => {
  const names = changing.map(({ name }) => name);
  const listed = [...Object.keys(situations), ...Object.keys(exceptions)];
  expect(listed.filter((name) => !names.includes(name))).toEqual([]);
  expect(names.length).toBeGreaterThan(5);
});
