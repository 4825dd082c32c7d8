import * as errors from './errors.ts';

/** The runbook's headings for what isn't about one error. */
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
  goneUsers: 'Users who are gone',
  foreignError: "AWS's own names",
  oneUser: 'Look at one user',
  startAgain: "Start one user's rotation by hand",
  approve: 'Approve instead of an owner',
  stop: 'Stop a rotation',
  timedOut: 'Rotation timed out',
  stopped: 'Rotation stopped',
} as const;

/** Errors of the state machine itself, which no task throws. */
const machineErrors = ['NobodyTold', 'LeakUnsettled', 'UnknownDecision'];
const ownErrors = [...Object.values(errors).map((Kind) => new Kind('').name), ...machineErrors];

/** The heading under which the runbook explains an error. */
export const sectionOf = (error: string): string =>
  ownErrors.some((name) => name === error) ? error : sections.foreignError;

/** The anchor that GitHub generates from a heading. */
export const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} -]/gu, '')
    .replaceAll(' ', '-');

/** Where a section of the runbook is. @param runbookUrl a URL, or a path if the deployment names none */
export const sectionUrl = (runbookUrl: string, heading: string): string =>
  `${runbookUrl}#${anchorOf(heading)}`;
