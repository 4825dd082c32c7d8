import * as z from 'zod';
import { MemberUser } from '../aws/member-user.ts';
import { SecretStore } from '../aws/secret-store.ts';
import type { Dependencies } from '../dependencies.ts';
import { deletedAt } from '../domain/asking/deadlines.ts';
import { askingSchema, fixed } from '../domain/asking/question.ts';
import {
  AwsUnavailable,
  ChangedElsewhere,
  DeletionRefused,
  OldKeyBackInUse,
  RollbackWindowOpen,
  RotationSuperseded,
} from '../domain/errors.ts';
import { whose } from '../domain/events/whose.ts';
import type { AccessKey } from '../domain/keys.ts';
import { TagMap } from '../domain/letter-case.ts';
import { betweenLooks, decideWindow, secondsUntil, type WindowDecision } from '../domain/removing/window.ts';
import { isOfFirstMachine, leavingOf, type Work, workSchema } from '../domain/rotation.ts';
import { stopUnlessHolder } from '../holder.ts';
import { lambdaHandler } from '../lambda.ts';
import { deleteOldKey as row } from '../manifest/rotation.ts';
import { task } from '../task.ts';
import { pointTo, standInFor } from './deactivate-leaked-key.ts';
import {
  type Look,
  lookAgain,
  lookAtLeak,
  stopAtStranger,
  stopIfSuperseded,
  stopUnlessLive,
  stopUnlessReplaced,
} from './look-again.ts';
import { repairAfterStop } from './repair-after-stop.ts';
import { tolerably } from './urgent.ts';

const moment = z.coerce.date();

const input = workSchema.extend({
  /** Null if the key was already gone when it was to be deactivated. */
  deactivatedAt: moment.nullable(),
  bySomebodyElse: z.boolean().default(false),
  /** When this rotation made it inactive; its window may have started over since. */
  actedAt: moment.nullish(),
  /** The start of its window: a redriven execution starts it over. */
  windowSince: moment.nullish(),
  asking: askingSchema.default(fixed),
});
type Window = Omit<z.output<typeof input>, keyof Work>;

type Deletion = { readonly because: string } & (
  | { readonly act: 'deleted'; readonly at: string }
  | { readonly act: 'wait'; readonly waitSeconds: number }
  | { readonly act: 'again'; readonly at: string; readonly waitSeconds: number }
  /** Another leaked key of the user is still active, which can't wait for this key's window. */
  | { readonly act: 'anotherLeak'; readonly waitSeconds: number }
  | { readonly act: 'wasInUse' | 'reactivated' }
);

/**
 * State DeleteOldKey: checks the inactive key daily while its window is open, and deletes it after the whole window
 * and a final check. A check that fails before that is harmless, because another follows.
 */
export const deleteOldKey = task({
  name: 'DeleteOldKey',
  input,
  run: async (
    { deactivatedAt, bySomebodyElse, actedAt, windowSince, asking, ...work },
    dependencies,
  ): Promise<Deletion> => {
    const window = { deactivatedAt, bySomebodyElse, actedAt, windowSince, asking };
    if (isOfFirstMachine(work)) return deleteUnderFirstMachine(work, window, dependencies);
    const endsAt = endOf(work, window);
    const { now, log } = dependencies;
    const isOver = endsAt === undefined || now().getTime() >= endsAt.getTime();
    if (isOver) return lookAndAct(work, window, dependencies);
    try {
      return await lookAndAct(work, window, dependencies);
    } catch (error) {
      if (endsTheWait.some((kind) => error instanceof kind)) throw error;
      const because = error instanceof Error ? `${error.name}: ${error.message}` : 'no answer';
      log.warn('could not check the inactive key', { ...work.rotation, because });
      const soon = otherLeaks(work).length > 0 ? secondsAfterFailureAmongLeaks : secondsAfterFailure;
      const waitSeconds = Math.min(secondsUntil(endsAt, now()), soon);
      return { act: 'wait', because, waitSeconds };
    }
  },
});

/** Findings that can't wait: the replacement is gone, or another rotation is running. */
const endsTheWait = [ChangedElsewhere, RotationSuperseded];

/** How soon the next check follows a failed one. */
const secondsAfterFailure = 6 * 60 * 60;
const secondsAfterFailureAmongLeaks = 15 * 60;

/** In an emergency, the other keys that are known to have leaked. */
function otherLeaks({ plan }: Work): readonly string[] {
  return plan.act === 'emergency' ? (plan.leaked ?? []).filter((id) => id !== plan.oldKeyId) : [];
}

/** When the window closes; undefined if there is none because the key is gone. */
function endOf(work: Work, { deactivatedAt, windowSince, asking }: Window): Date | undefined {
  const since = windowSince ?? deactivatedAt;
  return since === null ? undefined : deletedAt(work.plan, since, asking);
}

async function lookAndAct(work: Work, window: Window, dependencies: Dependencies): Promise<Deletion> {
  const { now, log } = dependencies;
  const { leavingId } = leavingOf(work);
  const user = await MemberUser.of(dependencies, work, row.does);
  const look = await lookInWindow(user, work, dependencies);
  const decision = decideWindow({
    key: look.leaving,
    use: await user.lastUse(leavingId),
    deactivatedAt: window.deactivatedAt ?? now(),
    wasInactiveBefore: window.bySomebodyElse || !work.plan.oldKeyActive,
    endsAt: endOf(work, window) ?? now(),
    plan: work.plan,
    now: now(),
  });
  log.info('checked the inactive key', { ...work.rotation, keyId: leavingId, ...decision });
  const actedAt = window.actedAt ?? window.deactivatedAt;
  const repaired = await repairAfterStop(user, { look, decision, actedAt }, work, dependencies);
  if (repaired !== undefined) return repaired;
  return carryOut(decision, { user, look }, work, dependencies);
}

/** Another active leaked key takes precedence over everything: tags, marks and unrecognized keys. */
async function lookInWindow(user: MemberUser, work: Work, dependencies: Dependencies): Promise<Look> {
  if (work.plan.act !== 'emergency') return lookAgain(user, work, dependencies);
  const look = await lookAtLeak(user, work);
  if (anotherLeakIn(look, work) !== undefined) return look;
  const { rotation } = work;
  const tags = await tolerably(() => user.tags(), new TagMap(), dependencies, rotation);
  await stopIfSuperseded(rotation, tags, dependencies);
  stopAtStranger(look.keys, work);
  return { ...look, tags };
}

const anotherLeakIn = ({ keys }: Look, work: Work): AccessKey | undefined =>
  keys.find(({ id, status }) => status === 'Active' && otherLeaks(work).includes(id));

async function carryOut(
  decision: WindowDecision,
  { user, look }: { readonly user: MemberUser; readonly look: Look },
  work: Work,
  dependencies: Dependencies,
): Promise<Deletion> {
  const { now } = dependencies;
  const { because } = decision;
  switch (decision.act) {
    case 'wait': {
      const another = anotherLeakIn(look, work);
      if (another !== undefined)
        return {
          act: 'anotherLeak',
          because: `${another.id} has leaked too, and is active`,
          waitSeconds: betweenLooks / 1000,
        };
      await stopUnlessReplaced(look, work, dependencies);
      return { act: 'wait', because, waitSeconds: secondsUntil(decision.until, now()) };
    }
    case 'again':
      return { act: 'again', because, at: now().toISOString(), waitSeconds: betweenLooks / 1000 };
    case 'wasInUse':
    case 'reactivated':
      return { act: decision.act, because };
    case 'unknown':
      throw new AwsUnavailable(`it isn't known whether the key is unused: ${because}`);
    case 'gone':
    case 'delete':
      return removeKey(decision, { user, look }, work, dependencies);
  }
}

/** The only step that can't be undone. */
async function removeKey(
  { act, because }: WindowDecision,
  { user, look }: { readonly user: MemberUser; readonly look: Look },
  work: Work,
  dependencies: Dependencies,
): Promise<Deletion> {
  const { leavingId } = leavingOf(work);
  stopUnlessLive(dependencies, work.rotation);
  await stopUnlessHolder(dependencies, work);
  if (act === 'delete') {
    await stopUnlessReplaced(look, work, dependencies);
    await pointToStandIn(look, work, dependencies);
    await refusedByName(() => user.deleteKey(leavingId), leavingId);
  }
  await pointBack(look, work, dependencies);
  await untag(user, leavingId, work, dependencies);
  dependencies.events?.report({ name: 'Key deleted', ...whose(work.rotation), keyId: leavingId });
  dependencies.log.info('deleted', { ...work.rotation, keyId: leavingId, act });
  return { act: 'deleted', because, at: dependencies.now().toISOString() };
}

/**
 * In an emergency that made no new key, readers of the secret get the key that stays. DeactivateOldKey moves the label
 * if it can; it doesn't wait for that, but the deletion does.
 */
async function pointToStandIn(look: Look, work: Work, dependencies: Dependencies): Promise<void> {
  if (work.plan.act !== 'emergency') return;
  const standIn = standInFor(look, work);
  if (standIn !== undefined) await pointTo(standIn, work, dependencies, row.does);
}

/** If a guardrail denies this one action, that isn't ours to work around. @throws {DeletionRefused} */
async function refusedByName(run: () => Promise<void>, keyId: string): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof Error && error.name === 'AccessDenied')) throw error;
    throw new DeletionRefused(`${keyId} can't be deleted: ${error.message}`);
  }
}

/** If a withdrawn rotation's new key was gone before its drain was over, the secret must not point to it any more. */
async function pointBack({ staying }: Look, work: Work, dependencies: Dependencies): Promise<void> {
  if (work.leaving !== 'newKey' || staying === undefined) return;
  const store = await SecretStore.open(dependencies, work, row.does);
  await store.makeCurrent(staying.id);
}

/** The description of a deleted key is only misleading; failing to remove it isn't an error. */
async function untag(
  user: MemberUser,
  keyId: string,
  { rotation }: Work,
  { log }: Dependencies,
): Promise<void> {
  try {
    await user.untag(keyId);
  } catch (error) {
    const because = error instanceof Error ? error.name : 'no answer';
    log.warn("a deleted key's description could not be removed", { ...rotation, keyId, because });
  }
}

/** 0.1.0's machine invokes the task only when the window is over, and takes every result for a deletion. */
async function deleteUnderFirstMachine(
  work: Work,
  { deactivatedAt, asking }: Window,
  dependencies: Dependencies,
): Promise<Deletion> {
  const { now } = dependencies;
  const { plan, rotation } = work;
  stopUnlessLive(dependencies, rotation);
  await stopUnlessHolder(dependencies, work);
  const since = deactivatedAt ?? now();
  const over = deletedAt(plan, since, asking);
  if (now().getTime() < over.getTime()) {
    throw new RollbackWindowOpen(`${plan.oldKeyId} can't be deleted before ${over.toISOString()}`);
  }
  const user = await MemberUser.of(dependencies, work, row.does);
  const look = await lookAgain(user, work, dependencies);
  await stopUnlessReplaced(look, work, dependencies);
  const decision = decideWindow({
    ...{ key: look.leaving, use: await user.lastUse(plan.oldKeyId), deactivatedAt: since, plan, now: now() },
    wasInactiveBefore: true,
    endsAt: over,
  });
  if (decision.act === 'reactivated' || decision.act === 'again') throw new OldKeyBackInUse(decision.because);
  return carryOut(decision, { user, look }, work, dependencies);
}

export const handler = lambdaHandler(deleteOldKey);
