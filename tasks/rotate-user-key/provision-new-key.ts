import { MemberUser } from '../aws/member-user.ts';
import { prove } from '../aws/proof.ts';
import { SecretStore } from '../aws/secret-store.ts';
import type { Dependencies } from '../dependencies.ts';
import {
  AwsUnavailable,
  KeyQuotaReached,
  NewKeyDoesNotSign,
  NewKeyNotStored,
  UnrecognizedKey,
} from '../domain/errors.ts';
import { whose } from '../domain/events/whose.ts';
import { nameOf } from '../domain/execution-name.ts';
import { type AccessKey, describeNewKey, type LastUse, originOf, versionIdOf } from '../domain/keys.ts';
import { TagMap } from '../domain/letter-case.ts';
import { isCreatedWithin, readIntents, writeIntent } from '../domain/provisioning/intents.ts';
import { decideProvisioning, type Provisioning } from '../domain/provisioning/provision.ts';
import { type Work, workSchema } from '../domain/rotation.ts';
import type { KeyPair } from '../domain/secret-value.ts';
import type { StoredVersions } from '../domain/secret-versions.ts';
import { intentTag } from '../domain/tags.ts';
import { stopUnlessHolder } from '../holder.ts';
import { lambdaHandler } from '../lambda.ts';
import { provisionNewKey as row } from '../manifest/rotation.ts';
import { enteredAtShape, task } from '../task.ts';
import { stopBeside, stopIfSuperseded, stopUnlessLive } from './look-again.ts';
import { inTime, tolerably } from './urgent.ts';

interface Provisioned {
  readonly newKeyId: string;
  readonly secretArn: string;
  /** Null if an earlier rotation proved the key and the time isn't known any more. */
  readonly provedAt: string | null;
}

/** What every step needs. */
interface Context {
  readonly work: Work;
  readonly user: MemberUser;
  readonly store: SecretStore;
  readonly dependencies: Dependencies;
}

/**
 * State ProvisionNewKey: records the intent, creates the key, stores it, proves that it signs, makes it current and
 * describes it. Returns only its ID and the secret's ARN: the secret access key exists only in this task's memory and
 * in Secrets Manager.
 *
 * The key is stored before it is proved, so that a crash in between loses nothing. Every run begins by looking for
 * what an earlier one left.
 */
export const provisionNewKey = task({
  name: 'ProvisionNewKey',
  input: workSchema.extend(enteredAtShape),
  run: async ({ enteredAt, ...work }, dependencies): Promise<Provisioned> => {
    const { rotation, plan } = work;
    stopUnlessLive(dependencies, rotation);
    await stopUnlessHolder(dependencies, work);
    stopBeside(rotation, dependencies);
    const provide = async (): Promise<Provisioned> => {
      const user = await MemberUser.of(dependencies, work, row.does);
      const store = await SecretStore.open(dependencies, work, row.does);
      const provisioned = await provision({ work, user, store, dependencies });
      const keys = { oldKeyId: plan.oldKeyId, newKeyId: provisioned.newKeyId };
      dependencies.events?.report({ name: 'Key ready', ...whose(rotation), ...keys });
      return provisioned;
    };
    return plan.act === 'emergency' ? inTime(enteredAt, dependencies, provide) : provide();
  },
});

async function provision(context: Context): Promise<Provisioned> {
  const { work, user, store, dependencies } = context;
  const { rotation, plan } = work;
  const found = await look(context);
  dependencies.log.info('provisioning', { ...rotation, act: found.act, because: found.because });
  if (found.act === 'stop') throw new UnrecognizedKey(found.because);
  if (found.act === 'discard') await user.deleteKey(found.key.id);
  const secretArn = await store.ensure(plan.oldKeyId);
  if (found.act === 'goOn') {
    const { id } = found.newKey;
    const provedAt = await proveOnce(found.newKey, found, context);
    await informs(() => store.makeCurrent(id), context);
    await informs(() => store.tidy([...found.keys.map((key) => key.id), id]), context);
    // A key that was in an adopted secret before was made by somebody else.
    if (found.versions?.idFor(id) === versionIdOf(id))
      await informs(() => describe(id, provedAt, context), context);
    return { newKeyId: id, secretArn, provedAt: provedAt?.toISOString() ?? null };
  }
  const pair = await createAndStore(found, context);
  const { accessKeyId } = pair;
  await prove(dependencies, rotation, pair);
  const provedAt = dependencies.now();
  await informs(() => store.makeCurrent(accessKeyId), context);
  await informs(() => store.tidy([...found.keys.map(({ id }) => id), accessKeyId]), context);
  await informs(() => describe(accessKeyId, provedAt, context), context);
  return { newKeyId: accessKeyId, secretArn, provedAt: provedAt.toISOString() };
}

/** Optional in an emergency: its key is stored and signs, and nothing else is essential. */
const informs = async <T>(run: () => Promise<T>, { work, dependencies }: Context): Promise<void> => {
  if (work.plan.act === 'emergency') await tolerably(run, undefined, dependencies, work.rotation);
  else await run();
};

/** In this order, one free tag is enough for both. */
async function describe(keyId: string, provedAt: Date | undefined, { user, work, dependencies }: Context) {
  const { rotation, plan } = work;
  await user.untag(intentTag);
  await user.tag(
    keyId,
    describeNewKey(plan.oldKeyId, nameOf(rotation.executionArn), dependencies.now(), provedAt),
  );
}

interface Found {
  readonly keys: readonly AccessKey[];
  readonly intent: string | undefined;
  readonly tags: ReadonlyMap<string, string>;
  readonly uses: ReadonlyMap<string, LastUse>;
  readonly versions: StoredVersions | undefined;
}

async function look({ work, user, store, dependencies }: Context): Promise<Provisioning & Found> {
  const { rotation, plan } = work;
  const isUrgent = plan.act === 'emergency';
  const tags = isUrgent
    ? await tolerably(() => user.tags(), new TagMap(), dependencies, rotation)
    : await user.tags();
  if (!isUrgent) await stopIfSuperseded(rotation, tags, dependencies);
  const keys = await user.keys();
  const uses = new Map<string, LastUse>();
  for (const { id } of keys) if (id !== plan.oldKeyId) uses.set(id, await user.lastUse(id));
  const versions = await store.versions();
  const stored = new Set(keys.filter((key) => versions?.holdsSecret(key)).map(({ id }) => id));
  const intent = tags.get(intentTag);
  const decision = decideProvisioning({
    keys,
    plan,
    tags,
    uses,
    stored: (accessKeyId) => stored.has(accessKeyId),
    intents: readIntents(intent),
  });
  return { ...decision, keys, intent, tags, uses, versions };
}

/**
 * Proves a key that an earlier run stored, unless it is known to sign. IAM reports only the last use, so our proof
 * would hide an application's. So the last use is read first, and a key that was ever used needs no proof.
 * @returns when we proved it; undefined if that isn't known any more
 */
async function proveOnce(
  key: AccessKey,
  { tags, uses, versions }: Found,
  { work, store, dependencies }: Context,
): Promise<Date | undefined> {
  const provedAt = originOf(tags.get(key.id))?.provedAt;
  const use = uses.get(key.id);
  if (provedAt !== undefined || versions?.wasProved(key.id) || use?.state === 'used') return provedAt;
  if (use?.state === 'unknown')
    throw new AwsUnavailable(`it isn't known whether ${key.id} was used: ${use.because}`);
  const pair = await store.readPending(key.id);
  if (pair === undefined)
    throw new NewKeyDoesNotSign(`${key.id} was never proved, and its secret isn't the pending one any more`);
  await prove(dependencies, work.rotation, pair);
  return dependencies.now();
}

async function createAndStore({ intent, keys }: Found, context: Context): Promise<KeyPair> {
  const { work, user, dependencies } = context;
  const { rotation } = work;
  const { now, log } = dependencies;
  await informs(() => user.tag(intentTag, writeIntent(rotation.executionArn, now(), intent)), context);
  const pair = await createKey({ intent, keys }, context);
  log.info('created', { ...rotation, keyId: pair.accessKeyId });
  await store(pair, context);
  return pair;
}

/**
 * An error may mean that only the response was lost: then the key stays. If that can't be determined, the next run
 * does it, which finds the key by its intent.
 * @throws {NewKeyNotStored} after deleting the key again, because nobody has its secret access key
 */
async function store(pair: KeyPair, { user, store: secret, dependencies }: Context): Promise<void> {
  const { accessKeyId } = pair;
  try {
    await secret.storePending(pair, dependencies.now());
  } catch (error) {
    await dependencies.sleep(untilListed);
    if ((await secret.versions())?.has(accessKeyId) === true) return;
    await user.deleteKey(accessKeyId);
    const because = error instanceof Error ? error.name : 'no answer';
    throw new NewKeyNotStored(`${accessKeyId} could not be stored (${because}) and was deleted again`);
  }
}

/** IAM and Secrets Manager usually show new resources within seconds. Milliseconds. */
const untilListed = 20_000;

/**
 * A refusal guarantees that no key was created, so this try's intent is removed: a key that appears around that time
 * is somebody else's. After any other error a key may exist whose secret access key is lost. It is deleted
 * immediately or, if IAM doesn't list it yet, by the next run.
 * @param before the intent tag's value, and the keys, before this try
 * @throws {KeyQuotaReached} @throws {UnrecognizedKey} if the intent can't be removed
 */
async function createKey(
  before: Pick<Found, 'intent' | 'keys'>,
  { user, dependencies }: Context,
): Promise<KeyPair> {
  const { intent } = before;
  const at = dependencies.now();
  try {
    return await user.createKey();
  } catch (error) {
    if (!(error instanceof Error && isRefusal(error))) {
      await dependencies.sleep(untilListed);
      await discardLost(user, before.keys, at);
      throw error;
    }
    const takenBack = intent === undefined ? user.untag(intentTag) : user.tag(intentTag, intent);
    await takenBack.catch(() => {
      throw new UnrecognizedKey(`${error.message}, and it is no longer known whose key is whose`);
    });
    throw error;
  }
}

/** Deletes the one key that appeared with this call. If there are several, the next run decides whose they are. */
async function discardLost(user: MemberUser, before: readonly AccessKey[], at: Date): Promise<void> {
  const known = new Set(before.map(({ id }) => id));
  const [lost, ...others] = (await user.keys()).filter(({ id }) => !known.has(id));
  const isOurs =
    lost !== undefined &&
    others.length === 0 &&
    isCreatedWithin(lost.createdAt, at) &&
    (await user.lastUse(lost.id)).state === 'neverUsed';
  if (isOurs) await user.deleteKey(lost.id);
}

/**
 * Whether AWS refused the call: throttled, denied, or over a quota. A missing or unreadable response proves nothing.
 */
function isRefusal(error: Error): boolean {
  if (error instanceof KeyQuotaReached) return true;
  const { $metadata: metadata }: { $metadata?: { httpStatusCode?: number } } = error as ServiceError;
  const status = metadata?.httpStatusCode ?? 0;
  return status >= 400 && status < 500;
}

/** The additional fields of the SDK's errors. */
type ServiceError = Error & { readonly $metadata?: { readonly httpStatusCode?: number } };

export const handler = lambdaHandler(provisionNewKey);
