import { MemberUser } from '../aws/member-user.ts';
import { prove } from '../aws/proof.ts';
import { type KeyPair, SecretStore } from '../aws/secret-store.ts';
import type { Dependencies } from '../dependencies.ts';
import { NewKeyNotStored, StrangersKey } from '../domain/errors.ts';
import { describeNewKey, type LastUse } from '../domain/keys.ts';
import { decideProvisioning, type Provisioning, readIntent, writeIntent } from '../domain/provision.ts';
import { type Rotation, type Stage, stageSchema } from '../domain/rotation.ts';
import { intentTag } from '../domain/tags.ts';
import { lambdaHandler } from '../lambda.ts';
import { task } from '../task.ts';
import { stopIfSuperseded } from './look-again.ts';

interface Provisioned {
  readonly newKeyId: string;
  readonly provedAt: string;
}

/**
 * State ProvisionNewKey: records the intent, creates the key, stores it, proves that it signs, makes it current,
 * describes it. Gives on its ID only: the secret access key lives in this task's memory and in Secrets Manager.
 *
 * Stored before it is proved: a crash between the two then costs nothing. Every run begins by looking at what
 * an earlier one left.
 */
export const provisionNewKey = task({
  name: 'ProvisionNewKey',
  input: stageSchema,
  run: async (stage, dependencies): Promise<Provisioned> => {
    const { rotation, plan } = stage;
    const user = await MemberUser.enter(dependencies, rotation, [
      'iam:ListAccessKeys',
      'iam:ListUserTags',
      'iam:GetAccessKeyLastUsed',
      'iam:CreateAccessKey',
      'iam:DeleteAccessKey',
      'iam:TagUser',
      'iam:UntagUser',
    ]);
    const store = new SecretStore(dependencies, rotation);
    await store.ensure(rotation, plan.oldKeyId);
    const found = await look(user, store, stage, dependencies);
    dependencies.log.info('provisioning', { ...rotation, act: found.act, because: found.because });
    if (found.act === 'stop') throw new StrangersKey(found.because);
    if (found.act === 'discard') await user.deleteKey(found.key.id);
    const pair =
      found.act === 'goOn'
        ? await store.read(found.newKey.id)
        : await createAndStore(user, store, rotation, dependencies);
    await prove(dependencies, rotation, pair);
    const provedAt = dependencies.now();
    await store.makeCurrent(pair.accessKeyId);
    await user.tag(pair.accessKeyId, describeNewKey(pair.accessKeyId, plan.oldKeyId, provedAt));
    await user.untag(intentTag);
    return { newKeyId: pair.accessKeyId, provedAt: provedAt.toISOString() };
  },
});

async function look(
  user: MemberUser,
  store: SecretStore,
  { rotation, plan }: Stage,
  dependencies: Dependencies,
): Promise<Provisioning> {
  const tags = await user.tags();
  await stopIfSuperseded(rotation, tags, dependencies);
  const keys = await user.keys();
  const uses = new Map<string, LastUse>();
  for (const { id } of keys) if (id !== plan.oldKeyId) uses.set(id, await user.lastUse(id));
  const versions = await store.versions();
  return decideProvisioning({
    keys,
    plan,
    tags,
    uses,
    stored: (accessKeyId) => versions?.has(accessKeyId) ?? false,
    intent: readIntent(tags.get(intentTag), rotation.executionArn),
  });
}

async function createAndStore(
  user: MemberUser,
  store: SecretStore,
  rotation: Rotation,
  { now, log }: Dependencies,
): Promise<KeyPair> {
  await user.tag(intentTag, writeIntent(rotation.executionArn, now()));
  const pair = await user.createKey();
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

export const handler = lambdaHandler(provisionNewKey);
