import type { UserKey } from '../aws/iam/account.ts';
import { currentOf, isReadable, isStored } from './secrets.ts';
import { type Change, inLowerCase, isLeakedTo, type Violation, type WatcherFacts } from './watched.ts';

const minute = 60 * 1000;
const day = 24 * 60 * minute;
const defaultQuietDays = 7;
const defaultWindowDays = 10;
/** How long a task may take from its last look at IAM to what it does: its time-out, and one try more. */
const actingMilliseconds = 2 * minute;

type Broken = Pick<Violation, 'promise' | 'what'>;
type Rule = (change: Change, evidence: WatcherFacts) => Broken | undefined;

const isDeactivation = ({ operation, status }: Change): boolean =>
  operation === 'UpdateAccessKey' && status === 'Inactive';
const isActivation = ({ operation, status }: Change): boolean =>
  operation === 'UpdateAccessKey' && status === 'Active';

/** P1: a key goes inactive only with a confirmation, unless it is a new one that is withdrawn. */
const onlyConfirmed: Rule = (change, evidence) => {
  const { by, keyId } = change;
  if (!isDeactivation(change) || isLeakedTo(by, keyId) || isNewKey(change, evidence)) return undefined;
  if (by.confirmed || by.request.override !== undefined || isSelfUpdated(change, evidence)) return undefined;
  return { promise: 'P1', what: `${keyId} went inactive, and nobody had confirmed` };
};

/**
 * P1: a key goes inactive only if no application has used it for the quiet period. A use that IAM could not show yet
 * when the task looked doesn't count.
 */
const onlyQuiet: Rule = (change, evidence) => {
  const { by, keyId, at, accountId } = change;
  if (!isDeactivation(change) || isLeakedTo(by, keyId)) return undefined;
  const { aws, keys } = evidence;
  const quiet = daysOf(change, 'quiet', defaultQuietDays) * day;
  const activeFrom = keys.get(keyId)?.periods.at(-1)?.from;
  const isYoung = activeFrom !== undefined && at.getTime() - activeFrom.getTime() < quiet;
  if (isYoung && !isNewKey(change, evidence)) {
    return { promise: 'P1', what: `${keyId} went inactive, active only since ${activeFrom.toISOString()}` };
  }
  const shown = new Date(at.getTime() - aws.lags.lastUsedLagMinutes * minute - actingMilliseconds);
  const use = aws.lastUseByOthers(accountId, keyId, shown);
  if (use === undefined || at.getTime() - use.at.getTime() >= quiet) return undefined;
  const days = quiet / day;
  return {
    promise: 'P1',
    what: `${keyId} went inactive, used ${use.at.toISOString()}, not quiet for ${days} days`,
  };
};

/**
 * P2: any key is deleted only after it was inactive for the whole window, with no rollback and no use
 * in it. One that was never stored was never in anybody's hands.
 */
const onlyAfterTheWindow: Rule = (change, evidence) => {
  const { by, keyId, at, accountId } = change;
  if (change.operation !== 'DeleteAccessKey') return undefined;
  if (evidence.made.has(keyId) && !evidence.handedOut.has(keyId)) return undefined;
  const since = inactiveSince(evidence.keys.get(keyId), at);
  if (since === 'active') return { promise: 'P2', what: `${keyId} was deleted while it was active` };
  const window = daysOf(change, 'window', defaultWindowDays);
  if (since !== undefined && at.getTime() - since.getTime() < window * day) {
    return { promise: 'P2', what: `${keyId} was deleted, inactive only since ${since.toISOString()}` };
  }
  const rolledBackAt = by.rolledBack.get(keyId);
  if (since !== undefined && rolledBackAt !== undefined && rolledBackAt > since && !by.confirmed) {
    return { promise: 'P2', what: `${keyId} was deleted, though its owner had rolled back` };
  }
  const use = evidence.aws.lastUseByOthers(accountId, keyId);
  const bitten = (since?.getTime() ?? 0) + evidence.aws.lags.statusLagSeconds * 1000;
  if (since === undefined || use === undefined || use.at.getTime() <= bitten) return undefined;
  return { promise: 'P2', what: `${keyId} was deleted, though it was used ${use.at.toISOString()}` };
};

/** P3: a user that loses a key has another that the application can get. A retirement isn't a replacement. */
const neverWorseThanBefore: Rule = (change, evidence) => {
  const { by, user, keyId, operation, at } = change;
  if (operation === 'CreateAccessKey' || isActivation(change)) return undefined;
  // Deactivated again, to be sure: nobody loses anything.
  const since = inactiveSince(evidence.keys.get(keyId), at);
  if (isDeactivation(change) && since !== 'active' && since !== undefined) return undefined;
  if (by.made.size === 0 && by.request.action !== 'emergency') return undefined;
  // A user whose owner needs no key has none replaced; but the old key stays until the new one is deleted.
  if (by.needsNoKey && !isNewKey(change, evidence)) return undefined;
  // A leaked key that was inactive for its whole window was in use nowhere.
  const isForGood = operation === 'DeleteAccessKey' && since !== 'active';
  if ((evidence.leakedMayGoAlone || isForGood) && isLeakedTo(by, keyId)) return undefined;
  if (user.keys.some((key) => isUsable(key, evidence))) return undefined;
  return { promise: 'P3', what: `${operation} of ${keyId} left no key that works` };
};

/** P3: a key that another one replaces goes only while readers of the secret get that other one. */
const currentNamesWhatWorks: Rule = (change, evidence) => {
  const { by, user, keyId, operation } = change;
  const goes = isDeactivation(change) || operation === 'DeleteAccessKey';
  // A leaked key doesn't wait for a label, and a new key's label moves right after it: both are checked later.
  if (!goes || (operation === 'UpdateAccessKey' && (isLeakedTo(by, keyId) || isNewKey(change, evidence))))
    return undefined;
  return nameOfGone(change, evidence) === undefined || !user.keys.some((key) => isUsable(key, evidence))
    ? undefined
    : { promise: 'P3', what: `${operation} of ${keyId}, and readers of its secret still get that key` };
};

/**
 * The ID of the key that goes, if a secret's readers still get it although a version of another working key is in the
 * same secret. A retirement doesn't move the label.
 */
export function nameOfGone({ keyId, user, by, at }: Change, { aws, keys }: WatcherFacts): string | undefined {
  const since = inactiveSince(keys.get(keyId), at);
  const wasInactiveBefore = since instanceof Date && since < by.execution.startDate;
  const others = user.keys.filter(
    (key) =>
      key.id !== keyId &&
      key.status === 'Active' &&
      // Readers who got a key that was inactive lose nothing, unless they could have had another one's pair.
      (!wasInactiveBefore || isStored(key, aws)),
  );
  const left = aws.secrets.mentioning(keyId).some((secret) => {
    const says = (text: string): boolean => others.some(({ id }) => text.includes(id));
    return (
      currentOf(secret)?.keyId === keyId &&
      [...secret.versions.values()].some(({ stages, text }) => stages.size > 0 && says(text))
    );
  });
  return left ? keyId : undefined;
}

/** P4: a rotation changes only the key that it set out to replace, those that leaked, and those that rotations made. */
const onlyOurs: Rule = (change, evidence) => {
  const { operation, by, user, keyId } = change;
  const { keys, made, targets } = evidence;
  if (operation === 'CreateAccessKey' || isNewKey(change, evidence) || isLeakedTo(by, keyId))
    return undefined;
  if (targets.has(keyId)) return undefined;
  const key = keys.get(keyId) ?? user.keys.find(({ id }) => id === keyId);
  // A key whose creation was not seen was made outside of the watched calls: it is somebody else's.
  const isNewer = key === undefined || (key.createdAt > by.execution.startDate && !made.has(keyId));
  if (isNewer || (by.target !== undefined && by.target !== keyId)) {
    return { promise: 'P4', what: `${operation} of ${keyId}, a stranger's key` };
  }
  by.target = keyId;
  return undefined;
};

/**
 * P4: a rotation makes active again only what a rotation made inactive, unless an owner has rolled back since, or an
 * operator named this very key and said why.
 */
const onlyOwnReactivations: Rule = (change, { keys, deactivated }) => {
  const { keyId, at, by } = change;
  const periods = keys.get(keyId)?.periods ?? [];
  const { action, keyId: named, override } = by.request;
  if (action === 'restore' && override !== undefined && named === keyId) return undefined;
  if (!isActivation(change) || periods.at(-1)?.from.getTime() !== at.getTime()) return undefined;
  const since = periods.at(-2)?.until?.getTime();
  if (deactivated.get(keyId)?.some((date) => date.getTime() === since)) return undefined;
  const rolledBackAt = by.rolledBack.get(keyId);
  if (since !== undefined && rolledBackAt !== undefined && rolledBackAt.getTime() >= since) return undefined;
  return { promise: 'P4', what: `${keyId} was made active, and no rotation had made it inactive` };
};

export const rules: readonly Rule[] = [
  onlyConfirmed,
  onlyQuiet,
  onlyAfterTheWindow,
  neverWorseThanBefore,
  currentNamesWhatWorks,
  onlyOurs,
  onlyOwnReactivations,
];

/** Rules that a stopped execution's function may still break, if that is repaired within minutes. */
export const rulesOfState: readonly Rule[] = [neverWorseThanBefore, currentNamesWhatWorks];

/** Whether this key works and an application can get it: it has it already, or can read its secret. */
const isUsable = (key: UserKey, { made, aws }: WatcherFacts): boolean =>
  key.status === 'Active' && (!made.has(key.id) || isReadable(key, aws));

/**
 * Whether this is the new key: made by this rotation, or by an earlier one that didn't finish, so that an older
 * key still exists. If none does, it is a key like any other.
 */
function isNewKey({ by, user, keyId }: Change, { made }: WatcherFacts): boolean {
  const key = made.get(keyId)?.key;
  return (
    by.made.has(keyId) || (key !== undefined && user.keys.some(({ createdAt }) => createdAt < key.createdAt))
  );
}

/** Whether an application's use of the new key confirms it; neither our own check nor the key's existence does. */
function isSelfUpdated({ user, by, accountId }: Change, { aws, made }: WatcherFacts): boolean {
  const tags = inLowerCase(user.tags);
  if ((tags.get('keyturn:self-updating') ?? by.tags.get('keyturn:self-updating')) !== 'true') return false;
  return user.keys.some((key) => made.has(key.id) && aws.lastUseByOthers(accountId, key.id) !== undefined);
}

/** The smallest value that the user's tags, then or now, or the request ask for. */
function daysOf({ by, user }: Change, what: 'quiet' | 'window', otherwise: number): number {
  const ofTag = (tags: ReadonlyMap<string, string>): number => {
    const tag = tags.get(`keyturn:${what}-days`);
    return tag === undefined || Number.isNaN(Number(tag)) ? otherwise : Number(tag);
  };
  return by.request.policy?.[`${what}Days`] ?? Math.min(ofTag(by.tags), ofTag(inLowerCase(user.tags)));
}

/** Undefined if it was never active. A deletion ends an open period, so a key whose period ends now was active. */
function inactiveSince(key: UserKey | undefined, now: Date): Date | 'active' | undefined {
  const last = key?.periods.at(-1);
  if (last === undefined) return undefined;
  return last.until === undefined || last.until >= now ? 'active' : last.until;
}
