import * as z from 'zod';
import { MemberUser } from '../aws/member-user.ts';
import { AwsUnavailable, OldKeyBackInUse, RollbackWindowOpen } from '../domain/errors.ts';
import type { LastUse } from '../domain/keys.ts';
import { describeUse } from '../domain/quiet.ts';
import { stageSchema } from '../domain/rotation.ts';
import { hour, later } from '../domain/time.ts';
import { lambdaHandler } from '../lambda.ts';
import { task } from '../task.ts';
import { lookAgain, stopUnlessLive, stopUnlessReplaced } from './look-again.ts';

/** A key made inactive still signs for some seconds, and IAM tells its last use to a quarter of an hour. */
const deactivationMargin = hour / 4;

/** State DeleteOldKey: the end of the old key, after the whole window and one last look. */
export const deleteOldKey = task({
  name: 'DeleteOldKey',
  input: stageSchema.extend({ deactivatedAt: z.coerce.date() }),
  run: async ({ deactivatedAt, ...stage }, dependencies) => {
    const { rotation, plan } = stage;
    const { now, log } = dependencies;
    stopUnlessLive(dependencies);
    const over = later(deactivatedAt, plan.windowSeconds * 1000);
    if (now().getTime() < over.getTime()) {
      throw new RollbackWindowOpen(`${plan.oldKeyId} may be deleted from ${over.toISOString()}, not before`);
    }
    const user = await MemberUser.enter(dependencies, rotation, [
      'iam:ListAccessKeys',
      'iam:ListUserTags',
      'iam:GetAccessKeyLastUsed',
      'iam:DeleteAccessKey',
      'iam:UntagUser',
    ]);
    const look = await lookAgain(user, stage, dependencies);
    await stopUnlessReplaced(look, stage, dependencies);
    const { oldKey } = look;
    if (oldKey !== undefined) {
      if (oldKey.status === 'Active')
        throw new OldKeyBackInUse(`${plan.oldKeyId} was made active by somebody else`);
      stopIfUsedSince(await user.lastUse(plan.oldKeyId), plan.oldKeyId, deactivatedAt, now());
      await user.deleteKey(plan.oldKeyId);
      log.info('deleted', { ...rotation, keyId: plan.oldKeyId });
    }
    await user.untag(plan.oldKeyId);
    return { at: now().toISOString() };
  },
});

/** @throws {OldKeyBackInUse} @throws {AwsUnavailable} where IAM could not say, which is no leave to delete */
function stopIfUsedSince(use: LastUse, keyId: string, deactivatedAt: Date, now: Date): void {
  if (use.state === 'unknown')
    throw new AwsUnavailable(`whether ${keyId} is unused isn't known: ${use.because}`);
  if (use.state === 'used' && use.at.getTime() > later(deactivatedAt, deactivationMargin).getTime()) {
    throw new OldKeyBackInUse(`${keyId} was ${describeUse(use, now)}, after it went inactive`);
  }
}

export const handler = lambdaHandler(deleteOldKey);
