import * as z from 'zod';
import { MemberUser } from '../aws/member-user.ts';
import { SecretStore } from '../aws/secret-store.ts';
import type { Dependencies } from '../dependencies.ts';
import { describeUse, isQuiet } from '../domain/draining/quiet.ts';
import { UnknownKey } from '../domain/errors.ts';
import type { AccessKey } from '../domain/keys.ts';
import { isOfFirstMachine, leavingOf, type Work, workSchema } from '../domain/rotation.ts';
import { readMark, writeMark } from '../domain/rotation-mark.ts';
import { rotationTag } from '../domain/tags.ts';
import { stopUnlessHolder } from '../holder.ts';
import { lambdaHandler } from '../lambda.ts';
import { deactivateOldKey as row } from '../manifest/rotation.ts';
import { enteredAtShape, task } from '../task.ts';
import { deactivateLeakedKey } from './deactivate-leaked-key.ts';
import { type Deactivation, deactivated } from './deactivation.ts';
import { type Look, lookAgain, stopBeside, stopUnlessLive, stopUnlessReplaced } from './look-again.ts';

const input = workSchema.extend({
  ...enteredAtShape,
  drain: z
    .object({ activeSince: z.coerce.date().optional(), inactiveSince: z.coerce.date().optional() })
    .nullish(),
});

/**
 * State DeactivateOldKey: deactivates the key to be deleted, after checking again that its replacement exists and
 * that it is still quiet. A leaked key needn't be quiet.
 *
 * A mark on the user records the intent beforehand. If a run finds the key already inactive because of that mark, and
 * the key no longer counts as quiet, it reactivates it: nobody has been told yet that it is inactive.
 */
export const deactivateOldKey = task({
  name: 'DeactivateOldKey',
  input,
  run: async ({ drain, enteredAt, ...work }, dependencies): Promise<Deactivation> => {
    stopUnlessLive(dependencies, work.rotation);
    if (work.plan.act === 'emergency') return deactivateLeakedKey(work, enteredAt, dependencies);
    await stopUnlessHolder(dependencies, work);
    stopBeside(work.rotation, dependencies);
    const user = await MemberUser.of(dependencies, work, row.does);
    const look = await lookAgain(user, work, dependencies);
    if (look.leaving === undefined) return gone(work);
    await stopUnlessReplaced(look, work, dependencies);
    const seen = { key: look.leaving, look, drain, enteredAt };
    return deactivateIfQuiet(user, seen, work, dependencies);
  },
});

/** @throws {UnknownKey} under 0.1.0's machine, which doesn't handle this result */
function gone(work: Work): Deactivation {
  const because = `${leavingOf(work).leavingId} is gone`;
  if (isOfFirstMachine(work)) throw new UnknownKey(because);
  return { act: 'gone', because };
}

interface Seen {
  readonly key: AccessKey;
  readonly look: Look;
  readonly drain: z.output<typeof input>['drain'];
  readonly enteredAt: Date | undefined;
}

async function deactivateIfQuiet(
  user: MemberUser,
  { key, look, drain, enteredAt }: Seen,
  work: Work,
  dependencies: Dependencies,
): Promise<Deactivation> {
  const { plan } = work;
  const { now } = dependencies;
  const isOurDoing = wasMarked(look, key.id, enteredAt);
  // Two checks an hour apart found it inactive: somebody else deactivated it, so quiet doesn't matter any more.
  const bySomebodyElse = key.status !== 'Active' && drain?.inactiveSince !== undefined && !isOurDoing;
  if (!bySomebodyElse) {
    const use = await user.lastUse(key.id);
    const activeSince = drain?.activeSince ?? new Date(plan.oldKeyActiveSince);
    // Also checked if the key looks inactive, because IAM may show an outdated status.
    if (!isQuiet(use, activeSince, plan.policy.quietDays, now())) {
      const because = describeUse(use, now());
      if (!isOurDoing) return { act: 'notQuiet', because };
      await user.setStatus(key.id, 'Active');
      return { act: 'notQuiet', because, activeSince: now().toISOString() };
    }
  }
  await pointBack(look, work, dependencies, 'ifItHoldsASecret');
  if (!bySomebodyElse) {
    await markBefore(user, key.id, work, dependencies);
    await user.setStatus(key.id, 'Inactive');
  }
  await pointBack(look, work, dependencies, 'always');
  return deactivated(user, { key, bySomebodyElse }, work, dependencies);
}

/** Whether an earlier try of this visit of the state was about to deactivate the key. */
function wasMarked({ tags }: Look, keyId: string, enteredAt: Date | undefined): boolean {
  const { deactivating } = readMark(tags.get(rotationTag)) ?? {};
  if (deactivating?.keyId !== keyId || enteredAt === undefined) return false;
  return deactivating.at.getTime() >= Math.floor(enteredAt.getTime() / 1000) * 1000;
}

/** If the mark can't be written, the key isn't deactivated: a second run could not tell who did it. */
const markBefore = (
  user: MemberUser,
  keyId: string,
  { rotation }: Work,
  { now }: Dependencies,
): Promise<void> => user.tag(rotationTag, writeMark({ ...rotation, deactivating: { keyId, at: now() } }));

/**
 * Also withdraws the new key from the secret. If the old key's version contains a secret access key, this happens
 * before the new key is deactivated; otherwise right after, because until then an application that reads the secret
 * keeps working.
 */
async function pointBack(
  { staying }: Look,
  work: Work,
  dependencies: Dependencies,
  when: 'ifItHoldsASecret' | 'always',
): Promise<void> {
  if (work.leaving !== 'newKey' || staying === undefined) return;
  const store = await SecretStore.open(dependencies, work, row.does);
  if (when === 'ifItHoldsASecret' && !(await store.versions())?.holdsSecret(staying)) return;
  await store.makeCurrent(staying.id);
}

export const handler = lambdaHandler(deactivateOldKey);
