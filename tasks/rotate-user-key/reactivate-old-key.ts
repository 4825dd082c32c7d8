import { MemberUser } from '../aws/member-user.ts';
import { SecretStore } from '../aws/secret-store.ts';
import { stageSchema } from '../domain/rotation.ts';
import { lambdaHandler } from '../lambda.ts';
import { task } from '../task.ts';
import { stopIfSuperseded } from './look-again.ts';

/**
 * State ReactivateOldKey: takes the deactivation back. The key first, then the secret's current version: an
 * application that reads the secret never finds an inactive key there. A key that was inactive before the
 * rotation stays so.
 */
export const reactivateOldKey = task({
  name: 'ReactivateOldKey',
  input: stageSchema,
  run: async (stage, dependencies) => {
    const { rotation, plan, newKeyId } = stage;
    const user = await MemberUser.enter(dependencies, rotation, ['iam:ListUserTags', 'iam:UpdateAccessKey']);
    await stopIfSuperseded(rotation, await user.tags(), dependencies);
    if (plan.oldKeyActive) await user.setStatus(plan.oldKeyId, 'Active');
    if (newKeyId !== undefined || plan.oldKeyCurrent) {
      const store = await SecretStore.open(dependencies, stage, [
        'secretsmanager:DescribeSecret',
        'secretsmanager:UpdateSecretVersionStage',
      ]);
      await store.makeCurrent(plan.oldKeyId);
    }
    dependencies.log.info('reactivated', { ...rotation, keyId: plan.oldKeyId });
    return { at: dependencies.now().toISOString() };
  },
});

export const handler = lambdaHandler(reactivateOldKey);
