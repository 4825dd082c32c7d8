import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { type Moment, momentOf } from './moments.ts';
import { ofResult } from './results.ts';
import { ofSchedule } from './schedules.ts';
import { readable } from './show.ts';
import type { Step } from './step.ts';

const ends: Readonly<Record<string, Step>> = {
  Completed: { stage: 'Completed', why: 'the old key is gone, and nothing broke', tone: 'good' },
  RolledBack: { stage: 'Rolled back', why: 'the old key works as before', tone: 'back' },
  Escalated: {
    stage: 'Escalated',
    why: 'every key that worked still works; a person has been asked',
    tone: 'attention',
  },
  NeedsPerson: {
    stage: 'Needs a person',
    why: 'nothing was changed; the operators have the question',
    tone: 'attention',
  },
  ChangedElsewhere: {
    stage: 'Changed elsewhere',
    why: 'somebody else changed the keys or the secret, and people know',
    tone: 'attention',
  },
  DeletionRefused: {
    stage: 'Deletion refused',
    why: 'the key is inactive, and a person knows that it cannot be deleted',
    tone: 'attention',
  },
  NothingToDo: { stage: 'Nothing to do', why: 'nothing was changed', tone: 'good' },
};

/**
 * The step that an event of a rotation shows the audience; undefined if there is nothing new.
 * @param variables the execution's, as they were when the event was recorded
 */
export function stepOf(event: HistoryEvent, variables: Readonly<Record<string, unknown>>): Step | undefined {
  const step = rawStepOf(event, variables);
  return step && { ...step, why: readable(step.why) };
}

function rawStepOf(event: HistoryEvent, variables: Readonly<Record<string, unknown>>): Step | undefined {
  const moment = momentOf(event);
  switch (moment?.kind) {
    case 'called':
      return ofSchedule(moment.parameters, event.timestamp);
    case 'left':
      return moment.type === 'Task' ? ofResult(moment.state, moment.assigned, variables) : undefined;
    case 'entered':
      return moment.type === 'Succeed' ? ends[moment.state] : undefined;
    case 'ended':
      return { stage: 'Failed', why: whyFailed(moment), tone: 'alarm' };
    case 'trouble':
    case undefined:
      return undefined;
  }
}

function whyFailed({ how, error, cause = '' }: Extract<Moment, { kind: 'ended' }>): string {
  if (how === 'aborted') return 'somebody stopped it';
  return how === 'timedOut' ? 'it timed out' : `${error}: ${cause}`;
}
