import * as errors from '../domain/errors.ts';
import { sectionUrl } from '../domain/runbook.ts';
import type { Block } from './document.ts';
import type { Speaker } from './facts.ts';

/** The runbook's headings for mails that aren't about one error. */
export const sections = {
  silence: 'The owner did not answer',
  drainDeadline: 'The old key is still in use',
  tooManyRollbacks: 'Rolled back 3 times',
  usedNotConfirmed: 'The new key is used but not confirmed',
  needsPerson: 'A person must decide',
  changedElsewhere: 'changedElsewhere',
  deletionRefused: 'deletionRefused',
  reactivationStuck: 'Reactivation stuck',
  leak: 'A leaked key',
  leakActive: 'Leaked key still active',
  sweepFailed: 'Sweep failed',
  report: 'Read the report',
  foreignError: "AWS's own names",
} as const;

const ownErrors = Object.values(errors).map((Kind) => new Kind('').name);

/** The heading under which the runbook explains an error. */
export const sectionOf = (error: string): string =>
  ownErrors.some((name) => name === error) ? error : sections.foreignError;

/** Where the runbook explains a mail: a link, or a path if the deployment names no URL. */
export function inRunbook({ runbookUrl }: Pick<Speaker, 'runbookUrl'>, heading: string): Block {
  const url = sectionUrl(runbookUrl, heading);
  return /^https?:/.test(url)
    ? { kind: 'link', label: `Runbook: ${heading}`, url }
    : { kind: 'text', text: `Runbook: ${heading} (${url})` };
}
