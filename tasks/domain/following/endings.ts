import type { DescribeExecutionOutput } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { supersededByEmergency } from '../asking/find-question.ts';
import { clean } from '../clean.ts';
import { messageIn } from '../failure.ts';
import { fromJson } from '../json.ts';
import { sectionOf, sections } from '../runbook.ts';
import type { Reading } from './reading.ts';

/** What went wrong, or what a person must settle. */
export interface RotationProblem {
  /** The error's name, or the cause of an escalation. */
  readonly error: string;
  /** The state that failed. */
  readonly failedAt?: string;
  /** One sentence. */
  readonly says: string;
  /** The heading in the runbook. */
  readonly section: string;
}

const endingSchema = z.object({
  outcome: z.string(),
  rotation: z.string().optional(),
  because: z.string().optional(),
  cause: z.string().nullish(),
});

/** The output of a rotation. Empty while it runs, or if it has none. */
export type Ending = Partial<z.output<typeof endingSchema>>;

/** The output of a rotation, as far as it can be read. */
export const endingOf = ({ output }: Pick<DescribeExecutionOutput, 'output'>): Ending =>
  endingSchema.safeParse(fromJson(output)).data ?? {};

/** What a rotation's end says about its problem; undefined if it has none. */
export function problemOf(
  { status, error, cause = '' }: Pick<DescribeExecutionOutput, 'status' | 'error' | 'cause'>,
  ending: Ending,
  reading: Reading,
): RotationProblem | undefined {
  switch (status) {
    case 'FAILED':
      return failed(error ?? 'States.Runtime', cause);
    case 'ABORTED':
      return stopped(error, cause);
    case 'TIMED_OUT':
      return {
        error: 'States.Timeout',
        says: 'It ran for 365 days, which is as long as a rotation may.',
        section: sections.timedOut,
      };
    case 'SUCCEEDED':
      return unsettled(ending, reading);
    default:
      return stuck(reading);
  }
}

/** The state Failed puts the failed state's name before the error's own text. */
function failed(error: string, cause: string): RotationProblem {
  const { state, text = cause } = /^(?<state>[A-Z][A-Za-z]+): (?<text>.*)$/s.exec(cause)?.groups ?? {};
  const says = sentence(messageIn(text)) || 'Step Functions gave no reason.';
  return { error, says, section: sectionOf(error), ...(state === undefined ? {} : { failedAt: state }) };
}

function stopped(error = '', cause = ''): RotationProblem {
  const isByEmergency = error === supersededByEmergency;
  const byHand = [error, cause].filter((part) => part !== '').join(': ');
  const says = isByEmergency
    ? 'An emergency of the same user has taken over.'
    : sentence(`An operator stopped it${byHand === '' ? '' : ` (${byHand})`}`);
  return { error: error || 'Aborted', says, section: isByEmergency ? sections.stopped : sections.stop };
}

const escalations: Readonly<Record<string, readonly [says: string, section: string]>> = {
  silence: ['Nobody answered the mail or any reminder.', sections.silence],
  drainDeadline: ['Something still used the old key at the drain deadline.', sections.drainDeadline],
  tooManyRollbacks: ['The owner rolled back in every round.', sections.tooManyRollbacks],
  usedNotConfirmed: ['The new key is used, but nobody confirmed it.', sections.usedNotConfirmed],
};

function unsettled({ outcome, because, cause }: Ending, { variables }: Reading): RotationProblem | undefined {
  const said = sentence(messageIn(variables.failure?.Cause ?? ''));
  switch (outcome) {
    case 'escalated': {
      const [says, section] = escalations[cause ?? ''] ?? ['A person was asked.', 'escalated'];
      return { error: cause ?? 'escalated', says, section };
    }
    case 'needsPerson':
      return { error: 'needsPerson', says: sentence(because ?? ''), section: sections.needsPerson };
    case 'changedElsewhere': {
      const says = said || 'Somebody else changed the keys or the secret.';
      return { error: 'ChangedElsewhere', says, section: sections.changedElsewhere };
    }
    case 'deletionRefused': {
      const says = said || 'AWS denies the deletion of the inactive key.';
      return { error: 'DeletionRefused', says, section: sections.deletionRefused };
    }
    default:
      return undefined;
  }
}

function stuck({ state, variables: { failure, assessed } }: Reading): RotationProblem | undefined {
  const because = sentence(failure ? messageIn(failure.Cause) : (assessed?.because ?? ''));
  switch (state) {
    case 'AskAboutLeak':
    case 'WaitToAskAgain':
      return {
        error: failure?.Error ?? 'leakStillActive',
        says: `The leaked key is still active. ${because}`.trim(),
        section: sections.leakActive,
      };
    case 'WaitToMakeActive':
      return {
        error: failure?.Error ?? 'reactivationStuck',
        says: `A key that should be active is not. ${because}`.trim(),
        section: sections.reactivationStuck,
      };
    default:
      return undefined;
  }
}

/** On one line, with a capital and a full stop; at most 300 characters, because AWS's own texts can be long. */
function sentence(text: string): string {
  const line = clean(text).replaceAll(/\s+/g, ' ').trim();
  if (line === '') return '';
  const short = line.length > 300 ? `${line.slice(0, 299)}…` : line;
  const ended = /[.!?…]$/.test(short) ? short : `${short}.`;
  return /^[a-z]+\b(?![:(])/.test(ended) ? ended.slice(0, 1).toUpperCase() + ended.slice(1) : ended;
}
