import { clean } from '../../tasks/domain/clean.ts';
import type { Progress } from '../../tasks/domain/following/progress.ts';
import type { StagePart } from '../../tasks/domain/following/reading.ts';
import { sectionUrl } from '../../tasks/domain/runbook.ts';
import {
  badgeWords,
  mailWords,
  showDeadline,
  showMoment,
  stageWords,
} from '../../tasks/messages/following.ts';
import { days, showTime, showUse } from '../../tasks/messages/words.ts';
import { colorsFor, columns, labelled, textOf } from '../layout.ts';
import { leaseWords } from '../reading/lease.ts';
import type { Output } from '../terminal.ts';
import type { UserStatus } from './shape.ts';

interface Screen {
  readonly result: UserStatus;
  readonly progress: Progress | undefined;
  readonly now: Date;
  readonly runbookUrl: string;
  readonly output: Pick<Output, 'isTTY'>;
}

/** A user on one screen. */
export function screenOf({ result, progress, now, runbookUrl, output }: Screen): string {
  const { user, next, lease } = result;
  const account =
    user.accountName === undefined ? user.accountId : `${clean(user.accountName)} (${user.accountId})`;
  const colors = colorsFor(output);
  return textOf([
    colors.bold(`${user.userName} in ${account}`),
    '',
    ...(progress === undefined ? withoutRotation(result) : rotationLines(progress, now)),
    '',
    ...keyLines(result),
    '',
    ...secretLines(result.secret),
    '',
    ...(lease === undefined ? [] : [...labelled('Lease', leaseWords(lease)), '']),
    ...labelled('Next', next.says),
    ...labelled('', sectionUrl(runbookUrl, next.section)),
  ]);
}

function withoutRotation({ remembered, recordNotSeen }: UserStatus): string[] {
  const unseen = labelled(
    '',
    recordNotSeen && `Records of earlier ones could not be looked at: ${recordNotSeen}`,
  );
  if (remembered === undefined)
    return [...labelled('Rotation', 'none that Step Functions still knows'), ...unseen];
  const { rotation, outcome, because, endedAt, by, page } = remembered;
  return [
    ...labelled(
      'Rotation',
      `${rotation.split(':').at(-1)}: ended as ${outcome} on ${showTime(new Date(endedAt))}`,
    ),
    ...labelled('', because),
    ...labelled(
      '',
      `(by ${by === 'record' ? 'its record' : 'the last sweep’s report'}; Step Functions has forgotten it)`,
    ),
    ...labelled('Record', page),
    ...unseen,
  ];
}

/** Where a rotation stands, for a person; also used by `watch`. */
export function rotationLines(progress: Progress, now: Date): string[] {
  const { badge, stage, since, name, problem, retrying, lastMail, owner, nextAt } = progress;
  const in2 = since === undefined ? '' : `, since ${showMoment(since, now)}`;
  const retry =
    retrying &&
    `${retrying.error}, ${retrying.times} times since ${showTime(retrying.since)}: ${retrying.because}`;
  const mail = lastMail && `${mailWords[lastMail.kind] ?? lastMail.kind}, ${showMoment(lastMail.at, now)}`;
  return [
    ...labelled('Rotation', name),
    ...labelled('Outcome', badgeWords[badge]),
    ...labelled('Stage', `${stageWords[stage]}${in2}`),
    ...labelled('', askedWords(progress)),
    ...labelled('Until', showDeadline(progress, now)),
    ...labelled('', nextAt && `next by itself: ${showMoment(nextAt, now)}`),
    ...labelled('Path', pathWords(progress.path)),
    ...labelled('Because', progress.because === undefined ? undefined : clean(progress.because)),
    ...labelled('Owner', owner.join(', ')),
    ...labelled('Last mail', mail),
    ...labelled('', lastMail && `to ${lastMail.to.join(', ')}`),
    ...progress.answers.flatMap(({ at, by, decision, reason }) =>
      labelled(
        'Answer',
        `${decision} by ${clean(by)}${at ? `, ${showTime(at)}` : ''}${reason ? `: “${clean(reason)}”` : ''}`,
      ),
    ),
    ...labelled('Problem', problem && `${problem.error}: ${problem.says}`),
    ...labelled('Retrying', retry),
  ];
}

function askedWords({ stage, round, rounds, reminder, reminders }: Progress): string | undefined {
  if (stage !== 'ask') return undefined;
  return `round ${round} of ${rounds ?? '?'}, ${reminder} of ${reminders ?? '?'} reminders sent`;
}

const pathWords = (path: readonly StagePart[]): string =>
  path.map(({ stage, since }) => `${stage} ${since.toISOString().slice(0, 10)}`).join(' → ');

function keyLines({ keys, keysAsOf }: UserStatus): string[] {
  const { by, at, because } = keysAsOf;
  const when = at === undefined ? '' : showTime(new Date(at));
  const title =
    by === 'now' ? 'Keys now' : by === 'sweep' ? `Keys as of the sweep of ${when}` : 'Keys: not known';
  const rows = keys.map((key) => [
    ...[key.keyId ?? '(ID not known)', key.status, days(Math.floor(key.ageDays))],
    `last used ${usedWords(key.lastUse)}`,
    key.part === 'oldKey' ? 'old key' : key.part === 'newKey' ? 'new key' : '',
  ]);
  return [
    title,
    ...(rows.length === 0 && by !== 'nothing' ? ['  none'] : columns(rows, '  ')),
    ...(because === undefined ? [] : labelled('', because)),
  ];
}

function usedWords({
  state,
  at,
  service = '',
  region = '',
  because = '',
}: UserStatus['keys'][number]['lastUse']): string {
  if (state === 'used' && at !== undefined) return showUse({ state, at: new Date(at), service, region });
  return state === 'unknown' ? showUse({ state, because }) : 'never';
}

function secretLines({
  state,
  because,
  name,
  storage,
  versions = [],
  deletedOn,
}: UserStatus['secret']): string[] {
  if (state === 'absent') return ['Secret', '  none yet'];
  if (state === 'notSeen') return ['Secret: not seen', ...labelled('', because)];
  const place = storage === 'central' ? 'the central account' : 'the user’s own account';
  const gone = deletedOn === undefined ? '' : `, to be deleted on ${showTime(new Date(deletedOn))}`;
  const rows = versions.map(({ labels, keyId, isNameOnly }) => [
    labels.join(', '),
    `${keyId ?? 'a version of no key that is known'}${isNameOnly === true ? ', its name alone' : ''}`,
  ]);
  return [`Secret now: ${name} in ${place}${gone}`, ...columns(rows, '  ')];
}
