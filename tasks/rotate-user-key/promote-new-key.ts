import { MemberUser } from '../aws/member-user.ts';
import { SecretStore } from '../aws/secret-store.ts';
import { ChangedElsewhere, NewKeyNotReady } from '../domain/errors.ts';
import { isOfFirstMachine, leavingOf, type Work, workSchema } from '../domain/rotation.ts';
import { lambdaHandler } from '../lambda.ts';
import { promoteNewKey as row } from '../manifest/rotation.ts';
import { task } from '../task.ts';
import { type Look, lookAgain, replacementOf } from './look-again.ts';

/**
 * States PromoteNewKey and PointBackToOldKey: the secret says the key that stays. Once confirmed, that is the new one,
 * which after a rollback in the window it no longer was. Once the owner rolls back, it is the old one, so that an
 * application that reads the secret stops using the new key; but not if the old key's version holds no secret access
 * key: then that application keeps what works until the new key is inactive.
 *
 * Looks first that it is a key that works: an application that reads the secret gets it from then on.
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
  throw changedFor(work)(`${keyId}, which is to stay, is ${staying?.status.toLowerCase() ?? 'gone'}`);
}

const changedFor = (work: Work) => (message: string) =>
  isOfFirstMachine(work) ? new NewKeyNotReady(message) : new ChangedElsewhere(message);

export const handler = lambdaHandler(promoteNewKey);
