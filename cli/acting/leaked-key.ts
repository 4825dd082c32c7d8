import type { HistoryEvent } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { fromJson } from '../../tasks/domain/json.ts';
import { leavingOf, workSchema } from '../../tasks/domain/rotation.ts';

const calledSchema = z.object({ Payload: workSchema });
const askedSchema = z.object({ Payload: z.object({ because: z.string() }) });
const answeredSchema = z.object({ Payload: z.object({ act: z.string() }) });

/** What became of a leaked key. */
export type LeakedKeyState =
  | { readonly state: 'inactive' }
  | { readonly state: 'active'; readonly because: string };

/**
 * What became of a leaked key, by its emergency's history; undefined if that isn't known yet.
 * @param events of the whole history, oldest first, with their data; they contain task tokens
 */
export function whatBecameOf(keyId: string, events: readonly HistoryEvent[]): LeakedKeyState | undefined {
  let [stateName, called]: [string, unknown] = ['', undefined];
  let found: LeakedKeyState | undefined;
  for (const event of events) {
    stateName = event.stateEnteredEventDetails?.name ?? stateName;
    if (event.type === 'TaskScheduled') {
      called = fromJson(event.taskScheduledEventDetails?.parameters);
      const because = askedSchema.safeParse(called).data?.Payload.because;
      if (stateName === 'AskAboutLeak') found = { state: 'active', because: because ?? 'a person must act' };
    } else if (stateName === 'DeactivateOldKey' && event.type === 'TaskSucceeded') {
      const work = calledSchema.safeParse(called).data?.Payload;
      const act = answeredSchema.safeParse(fromJson(event.taskSucceededEventDetails?.output)).data?.Payload
        .act;
      const isIt = work !== undefined && leavingOf(work).leavingId === keyId;
      if (isIt && (act === 'deactivated' || act === 'gone')) found = { state: 'inactive' };
    } else if (event.type === 'ExecutionSucceeded' || event.type === 'ExecutionFailed') {
      found ??= endedWithout(event);
    }
  }
  return found;
}

const outputSchema = z.object({ outcome: z.string(), because: z.string().optional() });

function endedWithout(event: HistoryEvent): LeakedKeyState {
  const failed = event.executionFailedEventDetails;
  if (failed !== undefined) return { state: 'active', because: `${failed.error}: ${failed.cause}` };
  const output = outputSchema.safeParse(fromJson(event.executionSucceededEventDetails?.output)).data;
  if (output?.outcome === 'completed') return { state: 'inactive' };
  return { state: 'active', because: output?.because ?? output?.outcome ?? 'the emergency has ended' };
}
