import * as z from 'zod';
import { MemberUser } from '../aws/member-user.ts';
import { type Drain, type DrainDecision, decideDrain } from '../domain/draining/quiet.ts';
import { ChangedElsewhere, UnknownKey } from '../domain/errors.ts';
import type { AccessKey, lastUseSchema } from '../domain/keys.ts';
import { isOfFirstMachine, leavingOf, type Work, workSchema } from '../domain/rotation.ts';
import { atWholeSecond } from '../domain/time.ts';
import { lambdaHandler } from '../lambda.ts';
import { checkOldKey as row } from '../manifest/rotation.ts';
import { task } from '../task.ts';
import { replacementOf, stopAtStranger } from './look-again.ts';

const moment = z.coerce.date();

/** How far a drain has come, as the state before hands it on; absent at its first check. */
const drainSchema = z.object({
  startedAt: moment,
  readings: z.number().int().nonnegative(),
  toldAt: moment.optional(),
  seenUse: moment.optional(),
  activeSince: moment.optional(),
  inactiveSince: moment.optional(),
});

type Checked = (DrainDecision | { readonly act: 'gone'; readonly because: string; readonly drain: Drain }) & {
  readonly use: z.infer<typeof lastUseSchema>;
};

const input = workSchema.extend({
  drain: drainSchema.nullish(),
  provedAt: moment.nullish(),
  /** Why a new key is withdrawn; nothing if the old one is to go. */
  asked: z.enum(['byOwner', 'bySilence']).nullish(),
});

/** State CheckOldKey: one look at the key to be deleted, at its last use, and when the next is worth it. */
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
    return 'until' in decision
      ? { ...decision, until: atWholeSecond(decision.until), use }
      : { ...decision, use };
  },
});

/**
 * From when on quiet counts: the first look. A new key was meant to be used before; whether an old one was active all
 * the time that its owner took to answer, nobody has seen. 0.1.0 counted from the rotation's start, and what it
 * began is kept.
 */
const activeSinceOf = (work: Work, drain: Drain): Date =>
  isOfFirstMachine(work) && work.leaving !== 'newKey'
    ? new Date(work.plan.oldKeyActiveSince)
    : drain.startedAt;

/** What its owner has deleted needs no draining. @throws {UnknownKey} under 0.1.0's machine, which has no way on */
function gone(work: Work, drain: Drain, use: Checked['use']): Checked {
  const { leavingId } = leavingOf(work);
  if (isOfFirstMachine(work)) throw new UnknownKey(`the old key ${leavingId} is gone`);
  return { act: 'gone', because: `someone has deleted ${leavingId}`, drain, use };
}

/** What takes its place must still be there. @throws {ChangedElsewhere} */
function stopIfReplacementWent(keys: readonly AccessKey[], work: Work): void {
  if (isOfFirstMachine(work)) return;
  const stayingId = replacementOf(work);
  const staying = keys.find(({ id }) => id === stayingId);
  if (stayingId === undefined || staying?.status === 'Active') return;
  throw new ChangedElsewhere(
    `${stayingId}, which is to stay, was ${staying === undefined ? 'deleted' : `made ${staying.status.toLowerCase()}`} by someone else`,
  );
}

export const handler = lambdaHandler(checkOldKey);
