import { ExecutionDoesNotExist, type HistoryEvent } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { Executions } from '../aws/executions.ts';
import { isPassing } from '../aws/passing.ts';
import type { Dependencies } from '../dependencies.ts';
import { attemptOf, executionName, nameOf, siblingArn } from '../domain/execution-name.ts';
import { fromJson } from '../domain/json.ts';
import { leavingOf, type Rotation, workSchema } from '../domain/rotation.ts';

/** How many of the user's attempts before this one are read: a restart soon follows what it restarts. */
const mostAttempts = 5;

/**
 * The keys that earlier rotations of this user made inactive and did not make active again, from their histories:
 * tags may have been stripped, and IAM doesn't tell who changed a key's status.
 * What a history that can't be read would say is unknown, and no leave to make a key active. An error that may pass is
 * thrown, so that it is tried again.
 * @returns `left`: those keys; `leaked`: every key that emergencies among these rotations were about
 */
export async function keysLeftInactive(
  rotation: Rotation,
  dependencies: Dependencies,
): Promise<{ readonly left: ReadonlySet<string>; readonly leaked: ReadonlySet<string> }> {
  const executions = new Executions(dependencies);
  const last = (attemptOf(rotation, nameOf(rotation.executionArn)) ?? 1) - 1;
  const found = new Map<string, boolean>();
  const leaked = new Set<string>();
  for (let attempt = last; attempt >= 1 && attempt > last - mostAttempts; attempt -= 1) {
    const arn = siblingArn(rotation.executionArn, executionName(rotation, attempt));
    try {
      // What a later attempt did is what counts.
      for (const [keyId, isLeft] of switchesIn(await executions.history(arn), leaked))
        if (!found.has(keyId)) found.set(keyId, isLeft);
    } catch (error) {
      // Step Functions forgets an execution 90 days after its end.
      if (isPassing(error)) throw error;
      if (!(error instanceof ExecutionDoesNotExist))
        dependencies.log.warn("can't read what an earlier rotation did", { ...rotation, attempt });
      break;
    }
  }
  return { left: new Set([...found].filter(([, isLeft]) => isLeft).map(([keyId]) => keyId)), leaked };
}

const scheduledSchema = z.object({ Payload: workSchema });
const answeredSchema = z.object({
  Payload: z.object({ act: z.string(), bySomebodyElse: z.boolean().optional() }),
});

/** The states that change a key's status, and whether the key is inactive after them. */
const switching = new Map([
  ['DeactivateOldKey', true],
  ['ReactivateOldKey', false],
  ['MakeSafe', false],
]);

/**
 * By key ID, whether the execution left the key inactive. A try without an answer counts as one that acted.
 * @param leaked keys that are found to have leaked are added to it
 */
function switchesIn(events: readonly HistoryEvent[], leaked: Set<string>): Map<string, boolean> {
  const left = new Map<string, boolean>();
  let stateName = '';
  let keyId = '';
  for (const event of events) {
    stateName = event.stateEnteredEventDetails?.name ?? stateName;
    const isLeft = switching.get(stateName);
    if (isLeft === undefined) continue;
    if (event.type === 'TaskScheduled') {
      const work = scheduledSchema.safeParse(fromJson(event.taskScheduledEventDetails?.parameters)).data
        ?.Payload;
      keyId = work === undefined ? '' : leavingOf(work).leavingId;
      for (const id of work?.plan.leaked ?? []) leaked.add(id);
      // One that was inactive before stays whoever's doing it was.
      const isOurs = work !== undefined && (work.leaving === 'newKey' || work.plan.oldKeyActive);
      if (isLeft && isOurs) left.set(keyId, true);
    } else if (event.type === 'TaskSucceeded') {
      const answer = answeredSchema.safeParse(fromJson(event.taskSucceededEventDetails?.output)).data
        ?.Payload;
      const didIt = isLeft && answer?.act === 'deactivated' && answer.bySomebodyElse !== true;
      if (!didIt) left.set(keyId, false);
    }
  }
  left.delete('');
  return left;
}
