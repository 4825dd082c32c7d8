import { SecretStore } from '../aws/secret-store.ts';
import { NewKeyNotReady } from '../domain/errors.ts';
import { stageSchema } from '../domain/rotation.ts';
import { lambdaHandler } from '../lambda.ts';
import { task } from '../task.ts';

/**
 * State PromoteNewKey: once confirmed, the new key is the secret's current version; after a rollback in the
 * window it no longer was.
 */
export const promoteNewKey = task({
  name: 'PromoteNewKey',
  input: stageSchema.required({ newKeyId: true }),
  run: async ({ rotation, newKeyId }, dependencies) => {
    const version = await new SecretStore(dependencies, rotation).makeCurrent(newKeyId);
    if (version === 'notStored') throw new NewKeyNotReady(`${newKeyId} has no version in the user's secret`);
    dependencies.log.info('promoted', { ...rotation, keyId: newKeyId, version });
    return { version };
  },
});

export const handler = lambdaHandler(promoteNewKey);
