import { MemberUser } from '../aws/member-user.ts';
import { prove } from '../aws/proof.ts';
import { type KeyPair, SecretStore } from '../aws/secret-store.ts';
import type { Dependencies } from '../dependencies.ts';
import { KeyQuotaReached, NewKeyNotReady, NewKeyNotStored, StrangersKey } from '../domain/errors.ts';
import { nameOf } from '../domain/execution-name.ts';
import { describeNewKey, type LastUse } from '../domain/keys.ts';
import { decideProvisioning, type Provisioning, readIntents, writeIntent } from '../domain/provision.ts';
import { type Rotation, type Stage, stageSchema } from '../domain/rotation.ts';
import { intentTag } from '../domain/tags.ts';
import { lambdaHandler } from '../lambda.ts';
import { task } from '../task.ts';
import { stopIfSuperseded, stopUnlessLive } from './look-again.ts';

const userActions = [
  'iam:ListAccessKeys',
  'iam:ListUserTags',
  'iam:GetAccessKeyLastUsed',
  'iam:CreateAccessKey',
  'iam:DeleteAccessKey',
  'iam:TagUser',
  'iam:UntagUser',
] as const;

const secretActions = [
  'secretsmanager:DescribeSecret',
  'secretsmanager:CreateSecret',
  'secretsmanager:TagResource',
  'secretsmanager:PutResourcePolicy',
  'secretsmanager:ReplicateSecretToRegions',
  'secretsmanager:PutSecretValue',
  'secretsmanager:GetSecretValue',
  'secretsmanager:UpdateSecretVersionStage',
] as const;

interface Provisioned {
  readonly newKeyId: string;
  readonly secretArn: string;
  readonly provedAt: string;
}

/**
 * State ProvisionNewKey: records the intent, creates the key, stores it, proves that it signs, makes it current,
 * describes it. Gives on its ID only, and where it is stored: the secret access key lives in this task's memory and in Secrets Manager.
 *
 * Stored before it is proved: a crash between the two then costs nothing. Every run begins by looking at what
 * an earlier one left.
 */
export const provisionNewKey = task({
  name: 'ProvisionNewKey',
  input: stageSchema,
  run: async (stage, dependencies): Promise<Provisioned> => {
    const { rotation, plan } = stage;
    stopUnlessLive(dependencies);
    const user = await MemberUser.enter(dependencies, rotation, userActions);
    const store = await SecretStore.open(dependencies, stage, secretActions);
    const found = await look(user, store, stage, dependencies);
    dependencies.log.info('provisioning', { ...rotation, act: found.act, because: found.because });
    if (found.act === 'stop') throw new StrangersKey(found.because);
    if (found.act === 'discard') await user.deleteKey(found.key.id);
    const secretArn = await store.ensure(plan.oldKeyId);
    const newKeyId =
      found.act === 'goOn'
        ? found.newKey.id
        : (await createAndStore(user, store, { ...rotation, intent: found.intent }, dependencies))
            .accessKeyId;
    await proveStored(newKeyId, store, rotation, dependencies);
    const provedAt = dependencies.now();
    await store.makeCurrent(newKeyId);
    // In this order one free tag is enough for both.
    await user.untag(intentTag);
    await user.tag(newKeyId, describeNewKey(plan.oldKeyId, nameOf(rotation.executionArn), provedAt));
    return { newKeyId, secretArn, provedAt: provedAt.toISOString() };
  },
});

/**
 * Proves the pair as it was stored, unless an earlier run did.
 * @throws {NewKeyNotReady} if neither
 */
async function proveStored(
  keyId: string,
  store: SecretStore,
  rotation: Rotation,
  dependencies: Dependencies,
): Promise<void> {
  const pair = await store.readPending(keyId);
  if (pair !== undefined) return prove(dependencies, rotation, pair);
  const versions = await store.versions();
  if (!versions?.wasProved(keyId)) throw new NewKeyNotReady(`${keyId} is stored, but was never proved`);
}

async function look(
  user: MemberUser,
  store: SecretStore,
  { rotation, plan }: Stage,
  dependencies: Dependencies,
): Promise<Provisioning & { readonly intent: string | undefined }> {
  const tags = await user.tags();
  await stopIfSuperseded(rotation, tags, dependencies);
  const keys = await user.keys();
  const uses = new Map<string, LastUse>();
  for (const { id } of keys) if (id !== plan.oldKeyId) uses.set(id, await user.lastUse(id));
  const versions = await store.versions();
  const intent = tags.get(intentTag);
  const decision = decideProvisioning({
    keys,
    plan,
    tags,
    uses,
    stored: (accessKeyId) => versions?.has(accessKeyId) ?? false,
    intents: readIntents(intent, rotation.executionArn),
  });
  return { ...decision, intent };
}

/** @param intent the intent tag's value before this try */
async function createAndStore(
  user: MemberUser,
  store: SecretStore,
  { intent, ...rotation }: Rotation & { readonly intent: string | undefined },
  { now, log }: Dependencies,
): Promise<KeyPair> {
  await user.tag(intentTag, writeIntent(rotation.executionArn, now(), intent));
  const pair = await createKey(user, intent);
  log.info('created', { ...rotation, keyId: pair.accessKeyId });
  try {
    await store.storePending(pair);
  } catch (error) {
    // Nobody has its secret but this task: it goes at once. Should this fail too, the next run finds it by its intent.
    await user.deleteKey(pair.accessKeyId);
    const because = error instanceof Error ? error.name : 'no answer';
    throw new NewKeyNotStored(`${pair.accessKeyId} could not be stored (${because}) and was deleted again`);
  }
  return pair;
}

/**
 * A refusal says for sure that nothing was made, so this try's intent is taken back: a key that appears in its time
 * is a stranger's.
 * @throws {KeyQuotaReached} @throws {StrangersKey} where the intent can't be taken back
 */
async function createKey(user: MemberUser, intent: string | undefined): Promise<KeyPair> {
  try {
    return await user.createKey();
  } catch (error) {
    if (!(error instanceof KeyQuotaReached)) throw error;
    const takenBack = intent === undefined ? user.untag(intentTag) : user.tag(intentTag, intent);
    await takenBack.catch(() => {
      throw new StrangersKey(`${error.message}, and which of them is whose can't be told any more`);
    });
    throw error;
  }
}

export const handler = lambdaHandler(provisionNewKey);
