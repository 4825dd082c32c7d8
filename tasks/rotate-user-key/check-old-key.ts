import * as z from 'zod';
import { callersOf } from '../aws/key-callers.ts';
import { MemberUser } from '../aws/member-user.ts';
import type { Dependencies } from '../dependencies.ts';
import type { KeyCallers } from '../domain/asking/callers.ts';
import { withdrawalSchema } from '../domain/asking/question.ts';
import { defined } from '../domain/defined.ts';
import { type Drain, type DrainDecision, decideDrain, usedBySomebody } from '../domain/draining/quiet.ts';
import { signsOfSharing } from '../domain/draining/sharing.ts';
import { ChangedElsewhere, UnknownKey } from '../domain/errors.ts';
import type { AccessKey, lastUseSchema } from '../domain/keys.ts';
import { secondsUntil } from '../domain/removing/window.ts';
import { isOfFirstMachine, leavingOf, type Work, workSchema } from '../domain/rotation.ts';
import { atWholeSecond } from '../domain/time.ts';
import { lambdaHandler } from '../lambda.ts';
import { checkOldKey as row } from '../manifest/rotation.ts';
import { task } from '../task.ts';
import { replacementOf, stopAtStranger } from './look-again.ts';

const moment = z.coerce.date();

/** The drain's state from the previous check; absent at the first one. */
const drainSchema = z.object({
  startedAt: moment,
  readings: z.number().int().nonnegative(),
  toldAt: moment.optional(),
  seenUse: moment.optional(),
  seenIn: z.array(z.string()).optional(),
  activeSince: moment.optional(),
  inactiveSince: moment.optional(),
});

type Checked = (DrainDecision | { readonly act: 'gone'; readonly because: string; readonly drain: Drain }) & {
  readonly use: z.infer<typeof lastUseSchema>;
  /** If the owner is told: who uses it, and what suggests that several applications do. */
  readonly callers?: KeyCallers;
  readonly sharing?: readonly string[];
  /** How long to wait, if it is checked again. */
  readonly waitSeconds?: number;
};

const input = workSchema.extend({
  drain: drainSchema.nullish(),
  provedAt: moment.nullish(),
  /** Why a new key is withdrawn; absent if the old one is to be deleted. */
  asked: withdrawalSchema.nullish(),
});

/** State CheckOldKey: checks the last use of the key to be deleted, and decides when to check again. */
export const checkOldKey = task({
  name: 'CheckOldKey',
  input,
  run: async ({ drain, provedAt, asked, ...work }, { now, log, ...dependencies }): Promise<Checked> => {
    const { rotation, plan } = work;
    const { leavingId } = leavingOf(work);
    const user = await MemberUser.of(dependencies, work, row.does);
    const use = await user.lastUse(leavingId);
    const keys = await user.keys();
    const soFar: Drain = drain ?? { startedAt: now(), readings: 0 };
    const key = keys.find(({ id }) => id === leavingId);
    if (!isOfFirstMachine(work)) stopAtStranger(keys, work);
    if (key === undefined) return gone(work, soFar, use);
    stopIfReplacementWent(keys, work);
    const isWithdrawn = work.leaving === 'newKey';
    const decision = decideDrain({
      use,
      status: key.status,
      activeSince: activeSinceOf(work, soFar),
      drain: soFar,
      policy: plan.policy,
      provedAt: isWithdrawn ? (provedAt ?? null) : undefined,
      isBySilence: isWithdrawn && asked === 'bySilence',
      now: now(),
    });
    const { act, because } = decision;
    log.info('checked the leaving key', { ...rotation, keyId: leavingId, act, because });
    if (!('until' in decision)) return { ...decision, use };
    const until = atWholeSecond(decision.until);
    const more =
      act === 'tellOwner' && !isOfFirstMachine(work)
        ? await whoUses({ work, user, use, drain: decision.drain, provedAt }, dependencies)
        : {};
    return { ...decision, until, waitSeconds: secondsUntil(until, now()), use, ...more };
  },
});

/** For the mail only: nothing is decided by it, and it never fails. */
async function whoUses(
  {
    work,
    user,
    use,
    drain,
    provedAt,
  }: Pick<Checked, 'use' | 'drain'> & {
    readonly work: Work;
    readonly user: MemberUser;
    readonly provedAt: Date | null | undefined;
  },
  dependencies: Pick<Dependencies, 'aws' | 'settings'>,
): Promise<Pick<Checked, 'callers' | 'sharing'>> {
  const { leavingId, stayingId } = leavingOf(work);
  const since = drain.startedAt;
  const callers = await callersOf(dependencies, work.rotation, { keyId: leavingId, use, since });
  const other = stayingId === undefined ? undefined : await user.lastUse(stayingId);
  const isUsed = other !== undefined && usedBySomebody(other, provedAt ?? undefined) === 'yes';
  const sharing = signsOfSharing({
    ...{ since, use, callers, seenIn: drain.seenIn },
    otherUse: isUsed ? other : undefined,
  });
  return { ...defined({ callers }), ...(sharing.length === 0 ? {} : { sharing }) };
}

/**
 * Quiet counts from the first check. Before that, a new key was meant to be used, and nobody has checked whether an
 * old one was active all the time that its owner took to answer. 0.1.0 counted from the rotation's start, which stays
 * so for executions that it began.
 */
const activeSinceOf = (work: Work, drain: Drain): Date =>
  isOfFirstMachine(work) && work.leaving !== 'newKey'
    ? new Date(work.plan.oldKeyActiveSince)
    : drain.startedAt;

/**
 * A key that somebody has deleted needs no draining. @throws {UnknownKey} under 0.1.0's machine, which doesn't handle
 * this result
 */
function gone(work: Work, drain: Drain, use: Checked['use']): Checked {
  const { leavingId } = leavingOf(work);
  if (isOfFirstMachine(work)) throw new UnknownKey(`the old key ${leavingId} is gone`);
  return { act: 'gone', because: `someone has deleted ${leavingId}`, drain, use };
}

/** The replacement must still exist. @throws {ChangedElsewhere} */
function stopIfReplacementWent(keys: readonly AccessKey[], work: Work): void {
  if (isOfFirstMachine(work)) return;
  const stayingId = replacementOf(work);
  const staying = keys.find(({ id }) => id === stayingId);
  if (stayingId === undefined || staying?.status === 'Active') return;
  throw new ChangedElsewhere(
    `${stayingId}, which should stay, was ${staying === undefined ? 'deleted' : `made ${staying.status.toLowerCase()}`} by someone else`,
  );
}

export const handler = lambdaHandler(checkOldKey);
