import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { Mail } from '../aws/ses/ses.ts';
import { ofResult } from './results.ts';
import { ofSchedule } from './schedules.ts';
import { readable } from './show.ts';

/** What kind of step it is, for its colour. */
export type Tone = 'step' | 'person' | 'mail' | 'good' | 'back' | 'attention' | 'alarm';

/** A stage in the design's words, and why. */
export interface Step {
  readonly stage: string;
  readonly why: string;
  readonly tone: Tone;
}

/** One line of the timeline. `who`: "Payments/deploy-bot". */
export interface Line extends Step {
  readonly at: Date;
  readonly who: string;
}

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
 * What an event of a rotation says to its audience; undefined where it says nothing new.
 * @param variables the execution's, as they were when the event was recorded
 */
export function stepOf(event: HistoryEvent, variables: Readonly<Record<string, unknown>>): Step | undefined {
  const step = rawStepOf(event, variables);
  return step && { ...step, why: readable(step.why) };
}

function rawStepOf(event: HistoryEvent, variables: Readonly<Record<string, unknown>>): Step | undefined {
  switch (event.type) {
    case 'TaskScheduled':
      return ofSchedule(event.taskScheduledEventDetails?.parameters ?? '{}', event.timestamp);
    case 'TaskStateExited': {
      const { name = '', assignedVariables } = event.stateExitedEventDetails ?? {};
      return ofResult(name, assignedVariables ?? {}, variables);
    }
    case 'SucceedStateEntered':
      return ends[event.stateEnteredEventDetails?.name ?? ''];
    case 'ExecutionFailed': {
      const { error = 'an error', cause = '' } = event.executionFailedEventDetails ?? {};
      return { stage: 'Failed', why: `${error}: ${cause}`, tone: 'alarm' };
    }
    case 'ExecutionAborted':
      return { stage: 'Failed', why: 'somebody stopped it', tone: 'alarm' };
    case 'ExecutionTimedOut':
      return { stage: 'Failed', why: 'it outlived its time', tone: 'alarm' };
    default:
      return undefined;
  }
}

/** The account by its name and ID, or by its ID alone where its name isn't known yet. */
const subjectPattern = /^(?<what>.*): (?<userName>\S+) in (?:.*\()?(?<accountId>\d{12})\)?$/;

/** What a mail's subject says, and of which user. */
export function subjectOf({ subject }: Pick<Mail, 'subject'>): {
  readonly what: string;
  readonly accountId: string | undefined;
  readonly userName: string | undefined;
} {
  const { what = subject, accountId, userName } = subjectPattern.exec(subject)?.groups ?? {};
  return { what, accountId, userName };
}

export const mailStep = (mail: Pick<Mail, 'subject' | 'to'>): Step => ({
  stage: 'Mail',
  why: `to ${mail.to.join(', ')}: ${subjectOf(mail).what}`,
  tone: 'mail',
});
