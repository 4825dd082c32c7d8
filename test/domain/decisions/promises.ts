import type { Act, Assessment, Facts } from '../../../tasks/domain/assessing/facts.ts';
import { makePlan } from '../../../tasks/domain/assessing/plan.ts';
import type { AccessKey } from '../../../tasks/domain/keys.ts';
import type { LeakFacts } from '../../../tasks/domain/leaks/facts.ts';
import { daysBetween } from '../../../tasks/domain/time.ts';

// Written against the facts, and not with the tables' own functions, so that an error there isn't repeated here.

const isActive = ({ status }: AccessKey): boolean => status === 'Active';
const isOneOf = (keys: readonly AccessKey[], { id }: AccessKey): boolean => keys.some((one) => one.id === id);
const stateOf = ({ id }: AccessKey, { uses }: Facts) => uses.get(id)?.state ?? 'unknown';

function isUnused(key: AccessKey, { uses, now }: Facts): boolean {
  const use = uses.get(key.id);
  if (use?.state === 'used') return daysBetween(use.at, now) >= 90;
  return use?.state === 'neverUsed' && daysBetween(key.createdAt, now) >= 90;
}

/** What breaks the promise in a decision about any request except an emergency; undefined if nothing does. */
export function brokenByRequest(
  facts: Facts,
  decision: Assessment | { readonly act: 'refuse' },
): string | undefined {
  const { request, orphans } = facts;
  const keys = facts.keys.filter((key) => !isOneOf(orphans, key));
  const { act } = decision;
  if (act === 'refuse')
    return keys.some(({ id }) => id === request.keyId) ? 'refuses a key that is there' : undefined;
  if (act === 'leakOpen' || act === 'emergency') return 'P1: nobody is asked';
  if (act === 'nothing' || act === 'askPerson') return unasked({ ...facts, keys }, act);
  const isExempt = facts.exemption !== undefined && facts.exemption.until >= facts.now;
  if (isExempt && request.override === undefined) return 'an exempt user is not left alone';
  const isNamed = request.action === 'retire' && request.keyId === decision.oldKey.id;
  if (!isOneOf(keys, decision.oldKey)) return 'P4: not a key of the user, or an orphan';
  if (keys.length > 2 && !isNamed) return 'P4: with more than two keys, a person must name the one to go';
  return (
    brokenByLoss({ ...facts, keys }, decision, isNamed) ??
    brokenByReplacing({ ...facts, keys }, decision) ??
    // A sweep's plans are made like those by hand.
    (request.when === 'now' ? brokenByPlan(facts, decision) : undefined)
  );
}

/** Two active keys that are both used, and nothing else said about them: a person is asked, and only then. */
function unasked(facts: Facts, act: 'nothing' | 'askPerson'): string | undefined {
  const { keys, exemption, request, now } = facts;
  const isFree = exemption === undefined || request.override !== undefined || exemption.until < now;
  const areUsed =
    keys.length === 2 &&
    keys.every((key) => isActive(key) && stateOf(key, facts) === 'used' && !isUnused(key, facts));
  const isOpen = isFree && areUsed && request.action === undefined;
  return isOpen && act === 'nothing' ? 'two active keys, both used, and nobody is asked' : undefined;
}

/** P1, P3: an active key that goes without a new one is named, known to be unused, or replaced already. */
function brokenByLoss(
  facts: Facts,
  { act, oldKey, newKeyNeeded }: Act,
  isNamed: boolean,
): string | undefined {
  const { keys, request } = facts;
  if (act === 'retire' && newKeyNeeded) return 'P2: a retirement creates a key';
  if (act !== 'retire' || !isActive(oldKey)) return undefined;
  if (request.when === 'due' && !isUnused(oldKey, facts))
    return 'P1: a sweep retires a key that may be in use';
  if (isNamed) return undefined;
  if (keys.some((key) => stateOf(key, facts) === 'unknown')) return 'P1: unknown is taken for unused';
  if (!isUnused(oldKey, facts)) return 'P1: a key in use is retired, and nobody named it';
  const others = keys.filter((key) => key.id !== oldKey.id && isActive(key));
  return others.length === 0 ? 'P3: the last active key is retired, and nobody named it' : undefined;
}

/** P3, P4: what is replaced is active, and beside it is at most the key that we made to replace it. */
function brokenByReplacing(
  { keys, stored }: Facts,
  { act, oldKey, newKeyNeeded, replacedById, reviveKeyId }: Act,
): string | undefined {
  const newKey = keys.find(({ id }) => id === replacedById);
  if (reviveKeyId !== undefined) return 'P4: a key is made active without a leak';
  if (replacedById !== undefined && !(newKey && isActive(newKey) && stored.has(newKey.id)))
    return 'P3: the replacement is not active or not stored';
  if (act !== 'rotate') return undefined;
  if (!isActive(oldKey)) return 'P3: an inactive key is rotated';
  if (!newKeyNeeded) return 'P3: rotated without a new key';
  const beside = keys.filter(({ id }) => id !== oldKey.id);
  const isOurs = beside.every(
    (key) => isActive(key) && stored.has(key.id) && key.createdAt > oldKey.createdAt,
  );
  return beside.length > 1 || !isOurs ? 'P4: rotated beside an unrecognized key' : undefined;
}

/** P1, P2: every plan asks, or says who approved; every key that goes has its window. */
function brokenByPlan(facts: Facts, act: Act, leaked?: readonly string[]): string | undefined {
  const plan = makePlan(act, {
    ...facts,
    owner: { addresses: [], place: 'operators', passedOver: [] },
    ...{ selfUpdating: false, account: { name: '', email: '' }, current: false },
    ...(leaked === undefined ? {} : { leaked }),
  });
  const asks =
    leaked === undefined ? (facts.request.override === undefined ? 'owner' : 'operator') : 'leakedKey';
  if (plan.confirmation !== asks) return `P1: confirmed by ${plan.confirmation}`;
  if (plan.windowSeconds < facts.policy.windowDays * 86_400) return 'P2: the window is too short';
  const isActiveElsewhere = facts.keys.some(({ id, status }) => id === plan.oldKeyId && status === 'Active');
  return isActiveElsewhere && !plan.oldKeyActive ? 'P2: a rollback would leave it inactive' : undefined;
}

/** What breaks the promise in a decision about a leak; undefined if nothing does. */
export function brokenByLeak(all: LeakFacts, decision: Assessment): string | undefined {
  const { leaked, heldBack, kept } = all;
  const isLeaked = ({ id }: AccessKey): boolean => leaked.includes(id);
  const keys = all.keys.filter((key) => isLeaked(key) || !isOneOf(all.orphans, key));
  const active = keys.filter((key) => isLeaked(key) && isActive(key));
  const open = active.filter((key) => !kept.some((one) => one.keyId === key.id && one.isActive));
  const { act } = decision;
  if (act === 'askPerson') return 'P11: a question about the keys delays it';
  if (act === 'rotate' || act === 'retire') return 'P11: the owner would be asked first';
  if (active.length > 0 && act === 'nothing') return 'P11: an active leaked key is passed over';
  if (act === 'leakOpen') return brokenByWaiting({ ...all, keys }, open, decision.keyId);
  if (act === 'nothing') return undefined;
  if (heldBack !== undefined) return 'the mode or the scope forbids it';
  if (!isLeaked(decision.oldKey)) return 'P4: a key that has not leaked would go';
  const isKept = isActive(decision.oldKey) && !isOneOf(open, decision.oldKey);
  if (isKept && open.length === 0) return 'P9: the owner keeps it';
  if (open.length > 0 && !isOneOf(open, decision.oldKey)) return 'P11: an active key waits for another';
  return brokenByDeactivating({ ...all, keys }, decision) ?? brokenByPlan(all, decision, leaked);
}

/** P11: only the mode, the scope, the owner, or the lack of a replacement keep a leaked key active. */
function brokenByWaiting(facts: LeakFacts, open: readonly AccessKey[], keyId: string): string | undefined {
  const { heldBack, withoutReplacement, keys } = facts;
  if (heldBack !== undefined || open.length === 0) return undefined;
  if (!open.some(({ id }) => id === keyId)) return 'P11: tells of another key than the one that is open';
  if (withoutReplacement === 'deactivate') return 'P11: waits, although the setting is to deactivate';
  if (keys.length === 1) return 'P11: waits, although there is room for a new key';
  return keys.some((key) => key.id !== keyId && isStandIn(key, facts))
    ? 'P11: waits, although another key can take its place'
    : undefined;
}

/** P3: the user keeps a key that has not leaked and that an application can have, unless the setting says otherwise. */
function brokenByDeactivating(facts: LeakFacts, act: Act): string | undefined {
  const { keys, leftInactive, leaked, withoutReplacement } = facts;
  const { oldKey, newKeyNeeded, reviveKeyId } = act;
  if (!isActive(oldKey)) return newKeyNeeded ? 'P4: a key that nobody needs is created' : undefined;
  const others = keys.filter(({ id }) => id !== oldKey.id);
  if (reviveKeyId !== undefined)
    return leftInactive.has(reviveKeyId) && !leaked.includes(reviveKeyId)
      ? undefined
      : 'P4: a key is made active that was not ours to make inactive';
  if (newKeyNeeded) {
    const isOurs = others.some((key) => isStandIn(key, facts) && facts.stored.has(key.id));
    return others.length === 0 || isOurs ? undefined : 'P3: there is no room for a new key';
  }
  if (withoutReplacement === 'deactivate') return undefined;
  return others.some((key) => isStandIn(key, facts)) ? undefined : 'P3: nothing replaces it';
}

const isStandIn = (key: AccessKey, facts: LeakFacts): boolean =>
  isActive(key) &&
  !facts.leaked.includes(key.id) &&
  (stateOf(key, facts) !== 'neverUsed' || facts.stored.has(key.id));
