import type { AccessKey } from '../aws/account.ts';
import type { InMemoryAws } from '../aws/in-memory-aws.ts';
import type { Change, Made, Violation } from './watched.ts';

const day = 24 * 60 * 60 * 1000;
const defaultQuietDays = 7;
const defaultWindowDays = 10;

/** What the rules may look at: the model as it is, and what the watcher remembers. */
export interface Evidence {
  readonly aws: InMemoryAws;
  /** Every key ever seen, by ID; deleted ones included. */
  readonly keys: ReadonlyMap<string, AccessKey>;
  readonly made: ReadonlyMap<string, Made>;
}

type Broken = Pick<Violation, 'promise' | 'what'>;
type Rule = (change: Change, evidence: Evidence) => Broken | undefined;

/** P1: a key goes inactive only with a word for it, and only when it has been quiet. */
const onlyConfirmedAndQuiet: Rule = (change, evidence) => {
  const { by, keyId, status, at, accountId } = change;
  if (change.operation !== 'UpdateAccessKey' || status !== 'Inactive' || isLeaked(change)) return undefined;
  if (!by.confirmed && by.request.override === undefined && !isSelfUpdated(change, evidence)) {
    return { promise: 'P1', what: `${keyId} went inactive, and nobody had confirmed` };
  }
  const use = evidence.aws.lastUse(accountId, keyId);
  const quiet = daysOf(change, 'quiet', defaultQuietDays);
  const activeFrom = evidence.keys.get(keyId)?.periods.at(-1)?.from;
  if (activeFrom !== undefined && at.getTime() - activeFrom.getTime() < quiet * day) {
    return { promise: 'P1', what: `${keyId} went inactive, active only since ${activeFrom.toISOString()}` };
  }
  if (use === undefined || at.getTime() - use.at.getTime() >= quiet * day) return undefined;
  return {
    promise: 'P1',
    what: `${keyId} went inactive, used ${use.at.toISOString()}, not quiet for ${quiet} days`,
  };
};

/** P2: a key is deleted only after the whole window, with no rollback in it and no use. */
const onlyAfterTheWindow: Rule = (change, evidence) => {
  const { by, keyId, at, accountId } = change;
  if (change.operation !== 'DeleteAccessKey' || isNewKey(change, evidence)) return undefined;
  const since = inactiveSince(evidence.keys.get(keyId), at);
  if (since === 'active') return { promise: 'P2', what: `${keyId} was deleted while it was active` };
  const window = daysOf(change, 'window', defaultWindowDays);
  if (since !== undefined && at.getTime() - since.getTime() < window * day) {
    return { promise: 'P2', what: `${keyId} was deleted, inactive only since ${since.toISOString()}` };
  }
  if (since !== undefined && by.rolledBackAt !== undefined && by.rolledBackAt > since && !by.confirmed) {
    return { promise: 'P2', what: `${keyId} was deleted, though its owner had rolled back` };
  }
  const use = evidence.aws.lastUse(accountId, keyId);
  if (since === undefined || use === undefined || use.at <= since) return undefined;
  return { promise: 'P2', what: `${keyId} was deleted, though it was used ${use.at.toISOString()}` };
};

/** P1 for the key that we made: withdrawn only while no application uses it. */
const noUsedKeyIsWithdrawn: Rule = (change, evidence) => {
  const { keyId, at, accountId } = change;
  if (change.operation !== 'DeleteAccessKey' || !isNewKey(change, evidence)) return undefined;
  const use = evidence.aws.lastUse(accountId, keyId);
  const isProof = use === undefined || use.service === 'sts';
  if (isProof || at.getTime() - use.at.getTime() >= daysOf(change, 'quiet', defaultQuietDays) * day)
    return undefined;
  return { promise: 'P1', what: `the new key ${keyId} was deleted, in use ${use.at.toISOString()}` };
};

/** P3: who loses a key has another that the application could know. A retirement isn't a replacement. */
const neverWorseThanBefore: Rule = (change, evidence) => {
  const { by, user, keyId } = change;
  if (change.operation === 'CreateAccessKey' || (by.made.size === 0 && by.request.action !== 'emergency'))
    return undefined;
  const usable = user.keys.some((key) => key.status === 'Active' && isKnowable(key, evidence));
  return usable
    ? undefined
    : { promise: 'P3', what: `${change.operation} of ${keyId} left no key that works` };
};

/** P4: only the key that this rotation set out to replace, and the one that it made. */
const onlyOurs: Rule = (change, evidence) => {
  const { operation, by, user, keyId } = change;
  const { keys, made } = evidence;
  if (operation === 'CreateAccessKey' || isNewKey(change, evidence)) return undefined;
  const key = keys.get(keyId) ?? user.keys.find(({ id }) => id === keyId);
  // A key that nobody saw being made came past every call that is watched: it is somebody else's.
  const isNewer = key === undefined || (key.createdAt > by.execution.startDate && !made.has(keyId));
  if (isNewer || (by.target !== undefined && by.target !== keyId)) {
    return { promise: 'P4', what: `${operation} of ${keyId}, a stranger's key` };
  }
  by.target = keyId;
  return undefined;
};

export const rules: readonly Rule[] = [
  onlyConfirmedAndQuiet,
  onlyAfterTheWindow,
  noUsedKeyIsWithdrawn,
  neverWorseThanBefore,
  onlyOurs,
];

/** Whether the secret of a key stands in the user's secret, whichever account keeps it. */
export const isStored = (key: AccessKey, { secrets }: InMemoryAws): boolean =>
  secrets
    .mentioning(key.id)
    .some(({ versions }) =>
      [...versions.values()].some(({ text }) => text.includes(key.id) && text.includes(key.secret)),
    );

const isKnowable = (key: AccessKey, { made, aws }: Evidence): boolean =>
  !made.has(key.id) || isStored(key, aws);

/**
 * Whether this is the replacing key: made by this rotation, or by an earlier one that didn't finish, so that a key
 * that is older still stands beside it. Where none does, it is a key like any other.
 */
function isNewKey({ by, user, keyId }: Change, { made }: Evidence): boolean {
  const key = made.get(keyId)?.key;
  return (
    by.made.has(keyId) || (key !== undefined && user.keys.some(({ createdAt }) => createdAt < key.createdAt))
  );
}

const isLeaked = ({ by, keyId }: Change): boolean =>
  by.request.action === 'emergency' && by.request.keyId === keyId;

function isSelfUpdated({ user, by, accountId }: Change, { aws }: Evidence): boolean {
  if (user.tags.get('keyturn:self-updating') !== 'true') return false;
  return user.keys.some((key) => by.made.has(key.id) && aws.lastUse(accountId, key.id)?.service !== 'sts');
}

function daysOf({ by, user }: Change, what: 'quiet' | 'window', otherwise: number): number {
  const tag = user.tags.get(`keyturn:${what}-days`);
  return by.request.policy?.[`${what}Days`] ?? (tag === undefined ? otherwise : Number(tag));
}

/** Undefined where it never was active. A deletion ends a period that was open, so one that ends now was active. */
function inactiveSince(key: AccessKey | undefined, now: Date): Date | 'active' | undefined {
  const last = key?.periods.at(-1);
  if (last === undefined) return undefined;
  return last.until === undefined || last.until >= now ? 'active' : last.until;
}
