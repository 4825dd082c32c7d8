import * as z from 'zod';
import { Executions } from '../aws/executions.ts';
import { MemberUser } from '../aws/member-user.ts';
import type { Dependencies } from '../dependencies.ts';
import { supersededByEmergency } from '../domain/asking/find-question.ts';
import { MemberRoleRefused } from '../domain/errors.ts';
import { accessKeyIdSchema } from '../domain/keys.ts';
import { type Rotation, rotationSchema } from '../domain/rotation.ts';
import { writeMark } from '../domain/rotation-mark.ts';
import { rotationTag } from '../domain/tags.ts';
import { lambdaHandler } from '../lambda.ts';
import { takeOver as row } from '../manifest/rotation.ts';
import { task } from '../task.ts';
import { stopUnlessLive } from './look-again.ts';
import { tolerably } from './urgent.ts';

/**
 * State TakeOver: an emergency that was assessed and may proceed stops the user's running rotations, and marks the
 * user as its own. A rotation that can't be stopped finds the mark before its next change, and stops by itself.
 */
export const takeOver = task({
  name: 'TakeOver',
  input: z.object({
    rotation: rotationSchema,
    takesOver: z.array(z.string()),
    /** The leaked key. */
    keyId: accessKeyIdSchema,
  }),
  run: async ({ rotation, takesOver, keyId }, dependencies) => {
    stopUnlessLive(dependencies, rotation);
    await tolerably(() => mark(rotation, dependencies), undefined, dependencies, rotation);
    const executions = new Executions(dependencies);
    const stopped: string[] = [];
    for (const arn of takesOver) {
      const stop = async (): Promise<void> => {
        await executions.stop(arn, supersededByEmergency, `${keyId} of the same user has leaked`);
        stopped.push(arn);
      };
      await tolerably(stop, undefined, dependencies, rotation);
      // One that isn't stopped would go on asking its owner until it finds the mark.
      if (!stopped.includes(arn)) await tolerably(stop, undefined, dependencies, rotation);
    }
    dependencies.log.warn('took over', { ...rotation, takesOver, stopped });
    return { stopped };
  },
});

/**
 * Skipped if the account refuses this task's role, for example because an update hasn't reached it yet: other tasks
 * are still admitted.
 */
async function mark(rotation: Rotation, dependencies: Dependencies): Promise<void> {
  try {
    const user = await MemberUser.enter(dependencies, rotation, row.does);
    await user.tag(rotationTag, writeMark(rotation));
  } catch (error) {
    if (!(error instanceof MemberRoleRefused)) throw error;
    dependencies.log.warn('an emergency continues without its mark', { ...rotation, because: error.message });
  }
}

export const handler = lambdaHandler(takeOver);
