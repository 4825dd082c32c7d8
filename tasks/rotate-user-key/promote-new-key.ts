import { MemberUser } from '../aws/member-user.ts';
import { SecretStore } from '../aws/secret-store.ts';
import { ChangedElsewhere, NewKeyNotReady } from '../domain/errors.ts';
import { isOfFirstMachine, leavingOf, type Work, workSchema } from '../domain/rotation.ts';
import { lambdaHandler } from '../lambda.ts';
import { promoteNewKey as row } from '../manifest/rotation.ts';
import { task } from '../task.ts';
import { type Look, lookAgain, replacementOf } from './look-again.ts';

/**
 * States PromoteNewKey and PointBackToOldKey: point the secret to the key that stays. After a confirmation that is
 * the new key (a rollback in the window may have moved the label away from it). After a rollback it is the old key,
 * so that an application that reads the secret stops using the new one; unless the old key's version contains no
 * secret access key: then that application keeps what works until the new key is inactive.
 *
 * Checks first that the key works, because applications that read the secret will get it from then on.
 */
export const promoteNewKey = task({
  name: 'PromoteNewKey',
  input: workSchema,
  run: async (work, dependencies) => {
    const { rotation } = work;
    const user = await MemberUser.of(dependencies, work, row.does);
    const look = await lookAgain(user, work, dependencies);
    const keyId = stopUnlessWorking(look, work);
    const store = await SecretStore.open(dependencies, work, row.does);
    const versions = await store.versions();
    const key = look.keys.find(({ id }) => id === keyId);
    const holdsSecret = key !== undefined && versions?.holdsSecret(key) === true;
    if (work.leaving === 'newKey' && !holdsSecret) {
      dependencies.log.info('left AWSCURRENT at the new key', { ...rotation, keyId: work.newKeyId });
      return { version: 'kept' };
    }
    if (!holdsSecret) throw changedFor(work)(`${keyId} has no version in the user's secret`);
    const version = await store.makeCurrent(keyId);
    dependencies.log.info('promoted', { ...rotation, keyId, version });
    return { version };
  },
});

/** @throws {ChangedElsewhere} @returns the ID of the key that stays */
function stopUnlessWorking({ staying }: Look, work: Work): string {
  if (staying?.status === 'Active') return staying.id;
  const keyId = replacementOf(work) ?? leavingOf(work).leavingId;
  throw changedFor(work)(`${keyId}, which should stay, is ${staying?.status.toLowerCase() ?? 'gone'}`);
}

const changedFor = (work: Work) => (message: string) =>
  isOfFirstMachine(work) ? new NewKeyNotReady(message) : new ChangedElsewhere(message);

export const handler = lambdaHandler(promoteNewKey);
