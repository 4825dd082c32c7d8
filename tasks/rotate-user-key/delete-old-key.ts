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
import type { AccessKey } from '../domain/keys.ts';
import { TagMap } from '../domain/letter-case.ts';
import { betweenLooks, decideWindow, secondsUntil, type WindowDecision } from '../domain/removing/window.ts';
import { isOfFirstMachine, leavingOf, type Work, workSchema } from '../domain/rotation.ts';
import { lambdaHandler } from '../lambda.ts';
import { deleteOldKey as row } from '../manifest/rotation.ts';
import { task } from '../task.ts';
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
  /** Null if the key was found gone before it was ever inactive. */
  deactivatedAt: moment.nullable(),
  bySomebodyElse: z.boolean().default(false),
  /** From when its window counts: a redriven execution begins it again. */
  windowSince: moment.nullish(),
  asking: askingSchema.default(fixed),
});
type Window = Omit<z.output<typeof input>, keyof Work>;

type Deletion = { readonly because: string } & (
  | { readonly act: 'deleted'; readonly at: string }
  | { readonly act: 'wait'; readonly waitSeconds: number }
  | { readonly act: 'again'; readonly at: string; readonly waitSeconds: number }
  /** Another leaked key of the user is still active, which can't wait for this one's window. */
  | { readonly act: 'anotherLeak'; readonly waitSeconds: number }
  | { readonly act: 'wasInUse' | 'reactivated' }
);

/**
 * State DeleteOldKey: looks at the inactive key, daily while its window is open, and deletes it after the whole
 * window and one last look. Until then a look that can't be taken is no trouble: there is another one.
 */
export const deleteOldKey = task({
  name: 'DeleteOldKey',
  input,
  run: async (
    { deactivatedAt, bySomebodyElse, windowSince, asking, ...work },
    dependencies,
  ): Promise<Deletion> => {
    const window = { deactivatedAt, bySomebodyElse, windowSince, asking };
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
      log.warn('could not look at the inactive key', { ...work.rotation, because });
      const soon = otherLeaks(work).length > 0 ? secondsAfterFailureAmongLeaks : secondsAfterFailure;
      const waitSeconds = Math.min(secondsUntil(endsAt, now()), soon);
      return { act: 'wait', because, waitSeconds };
    }
  },
});

/** What a look finds that can't wait: the replacement is gone, or another rotation is at work. */
const endsTheWait = [ChangedElsewhere, RotationSuperseded];

/** How soon the next look is taken after one that failed. */
const secondsAfterFailure = 6 * 60 * 60;
const secondsAfterFailureAmongLeaks = 15 * 60;

/** In an emergency, the other keys that are known to have leaked. */
function otherLeaks({ plan }: Work): readonly string[] {
  return plan.act === 'emergency' ? (plan.leaked ?? []).filter((id) => id !== plan.oldKeyId) : [];
}

/** When the window closes; undefined if there is none, as the key is gone. */
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
  log.info('looked at the inactive key', { ...work.rotation, keyId: leavingId, ...decision });
  const repaired = await repairAfterStop(user, { look, decision, ...window }, work, dependencies);
  if (repaired !== undefined) return repaired;
  return carryOut(decision, { user, look }, work, dependencies);
}

/** Another leaked key that still works waits for nothing: no tag, no mark and no key that nobody knows. */
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
      throw new AwsUnavailable(`whether it is unused isn't known: ${because}`);
    case 'gone':
    case 'delete':
      return removeKey(decision, { user, look }, work, dependencies);
  }
}

/** The one step that nothing undoes. */
async function removeKey(
  { act, because }: WindowDecision,
  { user, look }: { readonly user: MemberUser; readonly look: Look },
  work: Work,
  dependencies: Dependencies,
): Promise<Deletion> {
  const { leavingId } = leavingOf(work);
  stopUnlessLive(dependencies, work.rotation);
  if (act === 'delete') {
    await stopUnlessReplaced(look, work, dependencies);
    await refusedByName(() => user.deleteKey(leavingId), leavingId);
  }
  await pointBack(look, work, dependencies);
  await untag(user, leavingId, work, dependencies);
  dependencies.log.info('deleted', { ...work.rotation, keyId: leavingId, act });
  return { act: 'deleted', because, at: dependencies.now().toISOString() };
}

/** A guardrail that denies this one action isn't ours to work around. @throws {DeletionRefused} */
async function refusedByName(run: () => Promise<void>, keyId: string): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof Error && error.name === 'AccessDenied')) throw error;
    throw new DeletionRefused(`${keyId} can't be deleted: ${error.message}`);
  }
}

/** The new key of a withdrawn rotation is gone before its drain was over: the secret must not say it any more. */
async function pointBack({ staying }: Look, work: Work, dependencies: Dependencies): Promise<void> {
  if (work.leaving !== 'newKey' || staying === undefined) return;
  const store = await SecretStore.open(dependencies, work, row.does);
  await store.makeCurrent(staying.id);
}

/** The description of a key that is gone only misleads; it isn't worth a failure. */
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
    log.warn('left the description of a deleted key', { ...rotation, keyId, because });
  }
}

/** 0.1.0's machine comes here when the window is over, and takes every answer for a deletion. */
async function deleteUnderFirstMachine(
  work: Work,
  { deactivatedAt, asking }: Window,
  dependencies: Dependencies,
): Promise<Deletion> {
  const { now } = dependencies;
  const { plan, rotation } = work;
  stopUnlessLive(dependencies, rotation);
  const since = deactivatedAt ?? now();
  const over = deletedAt(plan, since, asking);
  if (now().getTime() < over.getTime()) {
    throw new RollbackWindowOpen(`${plan.oldKeyId} may be deleted from ${over.toISOString()}, not before`);
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
