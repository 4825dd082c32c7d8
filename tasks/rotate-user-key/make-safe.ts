import { MemberUser } from '../aws/member-user.ts';
import { UnknownKey, UnknownUser } from '../domain/errors.ts';
import { stageSchema } from '../domain/rotation.ts';
import { lambdaHandler } from '../lambda.ts';
import { task } from '../task.ts';
import { stopIfSuperseded } from './look-again.ts';

/**
 * State MakeSafe: after an error nobody handled, leaves the user with working keys: the old key active again,
 * unless it was inactive before or has leaked. A new key stays as it is, for somebody may use it by now; a rotation
 * that is started again finds it and goes on.
 *
 * The old key is made active without looking whether it is: IAM may still show it as it was.
 */
export const makeSafe = task({
  name: 'MakeSafe',
  input: stageSchema,
  run: async ({ rotation, plan }, dependencies) => {
    const { log } = dependencies;
    const done: string[] = [];
    try {
      const user = await MemberUser.enter(dependencies, rotation, [
        'iam:ListUserTags',
        'iam:UpdateAccessKey',
      ]);
      await stopIfSuperseded(rotation, await user.tags(), dependencies);
      if (plan.act !== 'emergency' && plan.oldKeyActive) {
        await user.setStatus(plan.oldKeyId, 'Active');
        done.push(`the old key ${plan.oldKeyId} is active`);
      }
    } catch (error) {
      if (!(error instanceof UnknownKey || error instanceof UnknownUser)) throw error;
      done.push(error.message);
    }
    log.info('made safe', { ...rotation, done });
    return { done };
  },
});

export const handler = lambdaHandler(makeSafe);
