import type { User, UserKey } from '../aws/iam/account.ts';
import type { InMemoryAws } from '../aws/in-memory-aws.ts';
import type { Execution } from '../engine/execution.ts';
import { type Expectation, mailsBetween } from './later.ts';
import { nameOfGone, rulesOfState } from './rules.ts';
import { type Change, isLeakedTo, nameUser, userIn, type Watched, type WatcherFacts } from './watched.ts';

const minute = 60_000;
const hour = 60 * minute;
/** How often a leaked key that is still active is told of: daily, and the time that a try may take. */
const again = 27 * hour;

/** Matches a mail that says a key is inactive, and not that it will be. */
const inactivity = /\bis inactive|went inactive|made (?:it|this key) inactive|inactive since|key inactive,/i;
const leak = /leaked|compromised|exposed/i;
const activity = /\bactive\b|must act|decide now/i;

/** The outcomes that leave something for a person to do. */
const unfinished: ReadonlySet<string> = new Set([
  'needsPerson',
  'escalated',
  'rolledBack',
  'changedElsewhere',
  'deletionRefused',
]);

const later = (at: Date, milliseconds: number): Date => new Date(at.getTime() + milliseconds);

/** Whether a key was active at a time: by its periods, not by its status now. */
const wasActive = ({ periods }: UserKey, at: Date): boolean =>
  periods.some(({ from, until }) => from <= at && (until === undefined || until > at));

/** All names of a user that the watcher knows. */
const namesOf = (by: Watched, user: User | undefined): string[] => [
  by.request.userName,
  ...(user === undefined ? [] : [user.name]),
];

/** The expectations that follow from a change of a user's keys. */
export function afterChange(change: Change, evidence: WatcherFacts): Expectation[] {
  const { operation, status, by } = change;
  const all: Expectation[] = [];
  if (operation === 'UpdateAccessKey' && status === 'Inactive') all.push(toldOfInactivity(change, evidence));
  if (operation === 'UpdateAccessKey' && status === 'Inactive') all.push(labelMoves(change, evidence));
  if (operation === 'UpdateAccessKey' && status === 'Active' && isLeakedTo(by, change.keyId))
    all.push(alarmsEverybody(change, evidence));
  if (by.execution.status !== 'RUNNING') all.push(putRight(change, evidence));
  return all;
}

/** The key's owner is told within the hour that it is inactive, unless it is active again by then, or deleted. */
function toldOfInactivity(
  { by, user, keyId, accountId, at }: Change,
  { aws, keys }: WatcherFacts,
): Expectation {
  return {
    promise: 'P7',
    user: nameUser(accountId, user.name),
    due: later(at, hour),
    broken: (due) => {
      const key = keys.get(keyId);
      const isGone = !user.keys.some(({ id }) => id === keyId) || userIn(aws, accountId, user.name) !== user;
      if (key === undefined || isGone || wasActive(key, due)) return undefined;
      const told = mailsBetween(
        delivered(aws),
        { from: at, to: due },
        { names: namesOf(by, user), says: inactivity },
      );
      return told.length > 0 ? undefined : `${keyId} has been inactive for an hour, and nobody was told`;
    },
  };
}

/** A label that moves after its key does so within the hour, or somebody is told. */
function labelMoves(change: Change, evidence: WatcherFacts): Expectation {
  const { by, user, keyId, accountId, at } = change;
  const { aws, keys } = evidence;
  return {
    promise: 'P3',
    user: nameUser(accountId, user.name),
    due: later(at, hour),
    broken: (due) => {
      const key = keys.get(keyId);
      if (key === undefined || wasActive(key, due)) return undefined;
      if (nameOfGone(change, evidence) === undefined) return undefined;
      const asked = mailsBetween(
        delivered(aws),
        { from: at, to: due },
        { names: namesOf(by, user), says: /AWSCURRENT|failed|must act|decide now/i },
      );
      return asked.length > 0 ? undefined : `readers of the secret still get ${keyId}, which is inactive`;
    },
  };
}

/** A leaked key that is made active again, even by its owner, is the operators' concern. */
function alarmsEverybody({ by, user, keyId, accountId, at }: Change, { aws }: WatcherFacts): Expectation {
  return {
    promise: 'P11',
    user: nameUser(accountId, user.name),
    due: later(at, hour),
    broken: (due) => {
      const about = { names: namesOf(by, user), says: leak };
      const told = mailsBetween(delivered(aws), { from: at, to: due }, about);
      return told.some(({ subject, text }) => activity.test(`${subject}\n${text}`))
        ? undefined
        : `the leaked key ${keyId} was made active again, and nobody was told`;
    },
  };
}

/** The effect of a stopped execution's function is repaired within minutes. */
function putRight(change: Change, evidence: WatcherFacts): Expectation {
  return {
    promise: 'P3',
    user: nameUser(change.accountId, change.user.name),
    due: later(change.at, 15 * minute),
    broken: () => rulesOfState.map((rule) => rule(change, evidence)?.what).find((what) => what !== undefined),
  };
}

/**
 * P11: a key that an execution was told has leaked is inactive within the hour, or a mail says that it is not, if SES
 * accepts one.
 */
export function leakedKeyGoes(by: Watched, keyId: string, evidence: WatcherFacts): Expectation {
  const { accountId, userName } = by.request;
  const at = by.execution.startDate;
  const due = later(at, hour);
  // One that is started again tells nobody what the one that runs has just said.
  const from = evidence.leaked.has(keyId) ? later(at, -again) : at;
  return {
    promise: 'P11',
    user: nameUser(accountId, userName),
    due,
    broken: () => {
      const key = evidence.keys.get(keyId);
      if (key === undefined || !wasActive(key, due)) return undefined;
      return isSaidToBeActive(by, keyId, { from, to: due }, evidence)
        ? undefined
        : `the leaked key ${keyId} is still active after an hour, and no mail says so`;
    },
    next: () => leakIsSaidAgain(by, keyId, due, evidence),
  };
}

/**
 * P11: repeated until it is settled. As long as an emergency runs that never made its key inactive, a mail says so
 * daily.
 */
function leakIsSaidAgain(
  by: Watched,
  keyId: string,
  from: Date,
  evidence: WatcherFacts,
): Expectation | undefined {
  const { execution, request } = by;
  const due = later(from, again);
  const isOver = execution.stopDate !== undefined && execution.stopDate <= due;
  const key = evidence.keys.get(keyId);
  if (isOver || key === undefined || !isStillActive(key, execution.startDate)) return undefined;
  return {
    promise: 'P11',
    user: nameUser(request.accountId, request.userName),
    due,
    broken: () => {
      if (!isStillActive(key, execution.startDate, due)) return undefined;
      if (execution.stopDate !== undefined && execution.stopDate <= due) return undefined;
      return isSaidToBeActive(by, keyId, { from, to: due }, evidence)
        ? undefined
        : `the leaked key ${keyId} is still active, and no mail has said so for ${again / hour} hours`;
    },
    next: () => leakIsSaidAgain(by, keyId, due, evidence),
  };
}

/** Whether it has been active without a break from then until now, or until `to`. */
const isStillActive = ({ periods }: UserKey, from: Date, to?: Date): boolean =>
  periods.some((period) => {
    const lasts = period.until === undefined || (to !== undefined && period.until > to);
    return period.from <= from && lasts;
  });

/** Whether a mail says that it is active, or would have if SES had accepted it. */
function isSaidToBeActive(
  by: Watched,
  keyId: string,
  span: { readonly from: Date; readonly to: Date },
  { aws, refusedMails }: WatcherFacts,
): boolean {
  const about = { names: [keyId, ...namesOf(by, by.user)], says: leak };
  const told = mailsBetween([...delivered(aws), ...refusedMails], span, about);
  return told.some(({ subject, text }) => activity.test(`${subject}\n${text}`));
}

/** P7: an execution that succeeded and needs a person has told somebody. A failed one has its alarm. */
export function endIsTold(by: Watched, { aws }: WatcherFacts): Expectation | undefined {
  const { execution, request, user } = by;
  const outcome = outcomeOf(execution);
  if (outcome === undefined || !unfinished.has(outcome)) return undefined;
  const end = execution.stopDate ?? execution.startDate;
  return {
    promise: 'P7',
    user: nameUser(request.accountId, request.userName),
    due: later(end, minute),
    broken: (due) => {
      const about = { names: namesOf(by, user), says: /^/ };
      // What a sweep says is known was told by an earlier execution, and isn't repeated.
      const from = request.known === undefined ? execution.startDate : new Date(0);
      const told = mailsBetween(delivered(aws), { from, to: due }, about);
      return told.length > 0 ? undefined : `${execution.name} ended ${outcome}, and nobody was told`;
    },
  };
}

function outcomeOf({ status, output }: Execution): string | undefined {
  if (status !== 'SUCCEEDED' || output === undefined) return undefined;
  const { outcome }: { outcome?: unknown } = Object(JSON.parse(output));
  return typeof outcome === 'string' ? outcome : undefined;
}

/** Mails that arrive: those to suppressed addresses are accepted and never delivered. */
const delivered = ({ mails, sending }: InMemoryAws) =>
  sending.suppressed.size === 0
    ? mails
    : mails.filter(({ to }) => to.some((one) => !sending.suppressed.has(one)));
