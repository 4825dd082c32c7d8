import * as z from 'zod';
import { MemberUser } from '../aws/member-user.ts';
import { UnknownKey } from '../domain/errors.ts';
import type { lastUseSchema } from '../domain/keys.ts';
import { type Drain, type DrainDecision, decideDrain } from '../domain/quiet.ts';
import { stageSchema } from '../domain/rotation.ts';
import { lambdaHandler } from '../lambda.ts';
import { task } from '../task.ts';

/** How far a drain has come, as the state before hands it on; absent at its first check. */
const drainSchema = z.object({
  startedAt: z.coerce.date(),
  readings: z.number().int().nonnegative(),
  toldAt: z.coerce.date().optional(),
});

type Checked = DrainDecision & { readonly use: z.infer<typeof lastUseSchema> };

/** State CheckOldKey: one look at the draining key's last use, and when the next is worth it. */
export const checkOldKey = task({
  name: 'CheckOldKey',
  input: stageSchema.extend({ drain: drainSchema.nullish() }),
  run: async ({ rotation, plan, drain }, { now, log, ...dependencies }): Promise<Checked> => {
    const user = await MemberUser.enter(dependencies, rotation, [
      'iam:GetAccessKeyLastUsed',
      'iam:ListAccessKeys',
    ]);
    const use = await user.lastUse(plan.oldKeyId);
    if (use.state === 'unknown') await stopIfGone(user, plan.oldKeyId);
    const soFar: Drain = drain ?? { startedAt: now(), readings: 0 };
    const decision = decideDrain({
      use,
      activeSince: new Date(plan.oldKeyActiveSince),
      drain: soFar,
      policy: plan.policy,
      now: now(),
    });
    log.info('checked the old key', {
      ...rotation,
      keyId: plan.oldKeyId,
      act: decision.act,
      because: decision.because,
    });
    return { ...decision, use };
  },
});

/** A key that is gone will never be quiet. @throws {UnknownKey} @throws {UnknownUser} */
async function stopIfGone(user: MemberUser, oldKeyId: string): Promise<void> {
  const keys = await user.keys();
  if (!keys.some(({ id }) => id === oldKeyId)) throw new UnknownKey(`the old key ${oldKeyId} is gone`);
}

export const handler = lambdaHandler(checkOldKey);
