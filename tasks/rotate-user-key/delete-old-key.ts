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
import { isOfFirstMachine, leavingOf, type Stage, stageSchema } from '../domain/rotation.ts';
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

const input = stageSchema.extend({
  /** Null if the key was found gone before it was ever inactive. */
  deactivatedAt: moment.nullable(),
  bySomebodyElse: z.boolean().default(false),
  /** When this rotation made it inactive; its window may have begun again since. */
  actedAt: moment.nullish(),
  /** From when its window counts: a redriven execution begins it again. */
  windowSince: moment.nullish(),
  asking: askingSchema.default(fixed),
});
type Window = Omit<z.output<typeof input>, keyof Stage>;

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
    { deactivatedAt, bySomebodyElse, actedAt, windowSince, asking, ...stage },
    dependencies,
  ): Promise<Deletion> => {
    const window = { deactivatedAt, bySomebodyElse, actedAt, windowSince, asking };
    if (isOfFirstMachine(stage)) return deleteUnderFirstMachine(stage, window, dependencies);
    const endsAt = endOf(stage, window);
    const { now, log } = dependencies;
    const isOver = endsAt === undefined || now().getTime() >= endsAt.getTime();
    if (isOver) return lookAndAct(stage, window, dependencies);
    try {
      return await lookAndAct(stage, window, dependencies);
    } catch (error) {
      if (endsTheWait.some((kind) => error instanceof kind)) throw error;
      const because = error instanceof Error ? `${error.name}: ${error.message}` : 'no answer';
      log.warn('could not look at the inactive key', { ...stage.rotation, because });
      const soon = otherLeaks(stage).length > 0 ? secondsAfterFailureAmongLeaks : secondsAfterFailure;
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
function otherLeaks({ plan }: Stage): readonly string[] {
  return plan.act === 'emergency' ? (plan.leaked ?? []).filter((id) => id !== plan.oldKeyId) : [];
}

/** When the window closes; undefined if there is none, as the key is gone. */
function endOf(stage: Stage, { deactivatedAt, windowSince, asking }: Window): Date | undefined {
  const since = windowSince ?? deactivatedAt;
  return since === null ? undefined : deletedAt(stage.plan, since, asking);
}

async function lookAndAct(stage: Stage, window: Window, dependencies: Dependencies): Promise<Deletion> {
  const { now, log } = dependencies;
  const { leavingId } = leavingOf(stage);
  const user = await MemberUser.of(dependencies, stage, row.does);
  const look = await lookInWindow(user, stage, dependencies);
  const decision = decideWindow({
    key: look.leaving,
    use: await user.lastUse(leavingId),
    deactivatedAt: window.deactivatedAt ?? now(),
    wasInactiveBefore: window.bySomebodyElse || !stage.plan.oldKeyActive,
    endsAt: endOf(stage, window) ?? now(),
    plan: stage.plan,
    now: now(),
  });
  log.info('looked at the inactive key', { ...stage.rotation, keyId: leavingId, ...decision });
  const actedAt = window.actedAt ?? window.deactivatedAt;
  const repaired = await repairAfterStop(user, { look, decision, actedAt }, stage, dependencies);
  if (repaired !== undefined) return repaired;
  return carryOut(decision, { user, look }, stage, dependencies);
}

/** Another leaked key that still works waits for nothing: no tag, no mark and no key that nobody knows. */
async function lookInWindow(user: MemberUser, stage: Stage, dependencies: Dependencies): Promise<Look> {
  if (stage.plan.act !== 'emergency') return lookAgain(user, stage, dependencies);
  const look = await lookAtLeak(user, stage);
  if (anotherLeakIn(look, stage) !== undefined) return look;
  const { rotation } = stage;
  const tags = await tolerably(() => user.tags(), new TagMap(), dependencies, rotation);
  await stopIfSuperseded(rotation, tags, dependencies);
  stopAtStranger(look.keys, stage);
  return { ...look, tags };
}

const anotherLeakIn = ({ keys }: Look, stage: Stage): AccessKey | undefined =>
  keys.find(({ id, status }) => status === 'Active' && otherLeaks(stage).includes(id));

async function carryOut(
  decision: WindowDecision,
  { user, look }: { readonly user: MemberUser; readonly look: Look },
  stage: Stage,
  dependencies: Dependencies,
): Promise<Deletion> {
  const { now } = dependencies;
  const { because } = decision;
  switch (decision.act) {
    case 'wait': {
      const another = anotherLeakIn(look, stage);
      if (another !== undefined)
        return {
          act: 'anotherLeak',
          because: `${another.id} has leaked too, and is active`,
          waitSeconds: betweenLooks / 1000,
        };
      await stopUnlessReplaced(look, stage, dependencies);
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
      return removeKey(decision, { user, look }, stage, dependencies);
  }
}

/** The one step that nothing undoes. */
async function removeKey(
  { act, because }: WindowDecision,
  { user, look }: { readonly user: MemberUser; readonly look: Look },
  stage: Stage,
  dependencies: Dependencies,
): Promise<Deletion> {
  const { leavingId } = leavingOf(stage);
  stopUnlessLive(dependencies, stage.rotation);
  if (act === 'delete') {
    await stopUnlessReplaced(look, stage, dependencies);
    await refusedByName(() => user.deleteKey(leavingId), leavingId);
  }
  await pointBack(look, stage, dependencies);
  await untag(user, leavingId, stage, dependencies);
  dependencies.log.info('deleted', { ...stage.rotation, keyId: leavingId, act });
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
async function pointBack({ staying }: Look, stage: Stage, dependencies: Dependencies): Promise<void> {
  if (stage.leaving !== 'newKey' || staying === undefined) return;
  const store = await SecretStore.open(dependencies, stage, row.does);
  await store.makeCurrent(staying.id);
}

/** The description of a key that is gone only misleads; it isn't worth a failure. */
async function untag(
  user: MemberUser,
  keyId: string,
  { rotation }: Stage,
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
  stage: Stage,
  { deactivatedAt, asking }: Window,
  dependencies: Dependencies,
): Promise<Deletion> {
  const { now } = dependencies;
  const { plan, rotation } = stage;
  stopUnlessLive(dependencies, rotation);
  const since = deactivatedAt ?? now();
  const over = deletedAt(plan, since, asking);
  if (now().getTime() < over.getTime()) {
    throw new RollbackWindowOpen(`${plan.oldKeyId} may be deleted from ${over.toISOString()}, not before`);
  }
  const user = await MemberUser.of(dependencies, stage, row.does);
  const look = await lookAgain(user, stage, dependencies);
  await stopUnlessReplaced(look, stage, dependencies);
  const decision = decideWindow({
    ...{ key: look.leaving, use: await user.lastUse(plan.oldKeyId), deactivatedAt: since, plan, now: now() },
    wasInactiveBefore: true,
    endsAt: over,
  });
  if (decision.act === 'reactivated' || decision.act === 'again') throw new OldKeyBackInUse(decision.because);
  return carryOut(decision, { user, look }, stage, dependencies);
}

export const handler = lambdaHandler(deleteOldKey);
