import type { Badge } from '../domain/following/outcomes.ts';
import { type Deadline, isOverdue, type Progress } from '../domain/following/progress.ts';
import type { Stage } from '../domain/following/stages.ts';
import { day, hour, minute } from '../domain/time.ts';
import { days, showTime } from './words.ts';

/** How a rotation is going, for people. */
export const badgeWords: Readonly<Record<Badge, string>> = {
  waiting: 'waiting',
  working: 'working',
  completed: 'completed',
  rolledBack: 'rolled back',
  nothing: 'nothing to do',
  needsAPerson: 'needs a person',
  handedOn: 'runs elsewhere',
  failed: 'failed',
  stopped: 'stopped',
  timedOut: 'timed out',
};

/** The stages, for people. */
export const stageWords: Readonly<Record<Stage, string>> = {
  assess: 'assess',
  create: 'create the new key',
  ask: 'ask the owner',
  drain: 'drain',
  inactive: 'inactive, can be rolled back',
  delete: 'delete',
  done: 'done',
};

const deadlineWords: Readonly<Record<Deadline['of'], string>> = {
  answer: 'asks until',
  drain: 'drains until',
  window: 'can be rolled back until',
};

/** "in 3 days", "2 hours ago", "now" */
export function fromNow(at: Date, now: Date): string {
  const milliseconds = at.getTime() - now.getTime();
  if (Math.abs(milliseconds) < minute) return 'now';
  const span = spanWords(Math.abs(milliseconds));
  return milliseconds >= 0 ? `in ${span}` : `${span} ago`;
}

function spanWords(milliseconds: number): string {
  const [count, unit] =
    milliseconds >= 2 * day
      ? [Math.round(milliseconds / day), 'day']
      : milliseconds >= 2 * hour
        ? [Math.round(milliseconds / hour), 'hour']
        : [Math.round(milliseconds / minute), 'minute'];
  return unit === 'day' ? days(count) : `${count} ${unit}${count === 1 ? '' : 's'}`;
}

/** "2027-03-23 08:00 UTC, in 3 days" */
export const showMoment = (at: Date, now: Date): string => `${showTime(at)}, ${fromNow(at, now)}`;

/** "asks until 2027-03-23 08:00 UTC, in 3 days"; undefined if it has no deadline. */
export function showDeadline(progress: Pick<Progress, 'deadline'>, now: Date): string | undefined {
  const { deadline } = progress;
  if (deadline === undefined) return undefined;
  const late = isOverdue(progress, now) ? 'overdue: ' : '';
  return `${late}${deadlineWords[deadline.of]} ${showMoment(deadline.at, now)}`;
}

/** The kinds of mails, for people; another kind is shown as it is. */
export const mailWords: Readonly<Record<string, string>> = {
  newKeyReady: 'the question, with the new key',
  retirement: 'the question whether the key can go',
  reminder: 'a reminder',
  moreTime: 'more time',
  askedInPlace: 'the question, instead of an owner whose mail came back',
  oldKeyInUse: 'still in use',
  oldKeyInactive: 'the key is inactive',
  leakedKey: 'a leaked key is inactive',
  leakStillActive: 'a leaked key is still active',
  reactivated: 'the key is active again',
  deleted: 'the key is deleted',
  withdrawn: 'the new key is withdrawn',
  overridden: 'an operator approved',
  escalation: 'needs attention',
  needsPerson: 'a person must decide',
  failed: 'rotation failed',
  changedElsewhere: 'changed by someone else',
  deletionRefused: 'can’t be deleted',
  reactivationStuck: 'not active yet',
  inactiveAndNoRollback: 'inactive, no rollback link',
};
