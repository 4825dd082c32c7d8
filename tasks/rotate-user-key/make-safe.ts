import * as z from 'zod';
import { MemberUser } from '../aws/member-user.ts';
import type { Dependencies } from '../dependencies.ts';
import { UnknownKey, UnknownUser } from '../domain/errors.ts';
import { isOfFirstMachine, leavingOf, type Work, workSchema } from '../domain/rotation.ts';
import { readMark } from '../domain/rotation-mark.ts';
import { rotationTag } from '../domain/tags.ts';
import { lambdaHandler } from '../lambda.ts';
import { makeSafe as row } from '../manifest/rotation.ts';
import { only } from '../manifest/row.ts';
import { task } from '../task.ts';

const input = workSchema.extend({
  /** The error that nobody handled, and the state that it came from; 0.1.0's machine doesn't say. */
  failure: z.object({ Error: z.string() }).optional(),
  failedAt: z.string().optional(),
  failedSince: z.coerce.date().optional(),
  /** What DeactivateOldKey last answered; nothing if it never did, or if that was undone since. */
  deactivation: z.looseObject({ act: z.string(), bySomebodyElse: z.boolean().optional() }).nullish(),
});
type Failed = Omit<z.output<typeof input>, keyof Work>;

/**
 * State MakeSafe: after an error nobody handled, leaves the user with working keys: what this rotation made inactive
 * is active again, unless it has leaked. What a person did stays. A new key stays as it is, for somebody may use it
 * by now; a rotation that is started again finds it and goes on.
 *
 * The key is made active without looking whether it is: IAM may still show it as it was.
 */
export const makeSafe = task({
  name: 'MakeSafe',
  input,
  run: async ({ failure, failedAt, failedSince, deactivation, ...work }, dependencies) => {
    const { leavingId } = leavingOf(work);
    const failed = { failure, failedAt, failedSince, deactivation };
    const done: string[] = [];
    try {
      if (await isOursToUndo(failed, work, dependencies)) {
        const user = await MemberUser.of(dependencies, work, only(row, 'switchKey'));
        await user.setStatus(leavingId, 'Active');
        done.push(`the key ${leavingId} is active`);
      } else {
        done.push('nothing had to be undone');
      }
    } catch (error) {
      if (!(error instanceof UnknownKey || error instanceof UnknownUser)) throw error;
      done.push(error.message);
    }
    dependencies.log.info('made safe', { ...work.rotation, done });
    return { done };
  },
});

async function isOursToUndo(failed: Failed, work: Work, dependencies: Dependencies): Promise<boolean> {
  const { plan } = work;
  // The one that took over carries on from here.
  if (failed.failure?.Error === 'RotationSuperseded') return false;
  if (plan.act === 'emergency' || (work.leaving !== 'newKey' && !plan.oldKeyActive)) return false;
  if (isOfFirstMachine(work)) return true;
  if (failed.deactivation?.act === 'deactivated') return failed.deactivation.bySomebodyElse !== true;
  return failed.failedAt === 'DeactivateOldKey' && (await mayHaveDeactivated(failed, work, dependencies));
}

/**
 * DeactivateOldKey ended with an error, perhaps after it had acted. Its mark says; if that can't be read, the key is
 * made active: working is the safe side.
 */
async function mayHaveDeactivated(
  { failedSince }: Failed,
  work: Work,
  dependencies: Dependencies,
): Promise<boolean> {
  const { leavingId } = leavingOf(work);
  try {
    const user = await MemberUser.of(dependencies, work, only(row, 'readTags'));
    const { deactivating } = readMark((await user.tags()).get(rotationTag)) ?? {};
    if (deactivating?.keyId !== leavingId) return false;
    return failedSince === undefined || deactivating.at.getTime() >= failedSince.getTime() - 1000;
  } catch (error) {
    const because = error instanceof Error ? error.name : 'no answer';
    dependencies.log.warn('makes the key active without having read the mark', {
      ...work.rotation,
      because,
    });
    return true;
  }
}

export const handler = lambdaHandler(makeSafe);
