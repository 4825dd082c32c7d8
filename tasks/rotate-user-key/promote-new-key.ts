import { MemberUser } from '../aws/member-user.ts';
import { SecretStore } from '../aws/secret-store.ts';
import { stageSchema } from '../domain/rotation.ts';
import { lambdaHandler } from '../lambda.ts';
import { task } from '../task.ts';
import { lookAgain, stopUnlessReplaced } from './look-again.ts';

/**
 * State PromoteNewKey: once confirmed, the new key is the secret's current version; after a rollback in the
 * window it no longer was. Looks first that it is a key that works: who reads the secret gets it from then on.
 */
export const promoteNewKey = task({
  name: 'PromoteNewKey',
  input: stageSchema.required({ newKeyId: true }),
  run: async (stage, dependencies) => {
    const { rotation, newKeyId } = stage;
    const user = await MemberUser.enter(dependencies, rotation, ['iam:ListAccessKeys', 'iam:ListUserTags']);
    const look = await lookAgain(user, stage, dependencies);
    await stopUnlessReplaced(look, stage, dependencies);
    const store = await SecretStore.open(dependencies, stage, [
      'secretsmanager:DescribeSecret',
      'secretsmanager:UpdateSecretVersionStage',
    ]);
    const version = await store.makeCurrent(newKeyId);
    dependencies.log.info('promoted', { ...rotation, keyId: newKeyId, version });
    return { version };
  },
});

export const handler = lambdaHandler(promoteNewKey);
