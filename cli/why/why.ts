import type * as z from 'zod';
import type { Progress } from '../../tasks/domain/following/progress.ts';
import { byAddress } from '../../tasks/domain/owners.ts';
import { whyClosed } from '../../tasks/domain/sweeps/calendar.ts';
import type { ReportedUser } from '../../tasks/domain/sweeps/credential-report.ts';
import { Memory } from '../../tasks/domain/sweeps/memory.ts';
import type { LastRotation } from '../../tasks/domain/sweeps/rest.ts';
import type { KeyRow } from '../../tasks/domain/sweeps/row.ts';
import type { Surveyed } from '../../tasks/domain/sweeps/summary.ts';
import { objects } from '../../tasks/domain/sweeps/sweep.ts';
import { triage } from '../../tasks/domain/sweeps/triage.ts';
import { exemptionOfGroup } from '../../tasks/domain/tags.ts';
import { days, showTime } from '../../tasks/messages/words.ts';
import { CannotRun } from '../cannot-run.ts';
import type { Asked, CommandOutcome } from '../command.ts';
import type { Context } from '../context.ts';
import { columns, labelled, textOf } from '../layout.ts';
import { type FoundUser, findUser } from '../reading/find-user.ts';
import { type LiveUser, readLiveGroup, readLiveUser } from '../reading/live.ts';
import { progressOfUser } from '../reading/look-up.ts';
import { exitCodes } from '../terminal.ts';
import type { whyShape } from './shape.ts';

type Why = z.input<typeof whyShape>;
type Facts = Parameters<typeof triage>[2];

/** What a sweep decides about a user, and why. */
export async function why({ context, args: [subject = ''] }: Asked): Promise<CommandOutcome<Why>> {
  const user = await context.during('Looking it up', () => findUser(context, subject));
  const now = await context.now();
  const live = await readLiveUser(context, user);
  const { rows, asOf, candidate, held } =
    live.state === 'seen' ? await judgedNow(context, user, live, now) : await judgedBySweep(user, live);
  held.unshift(...heldBy(context, now));
  const { accountId, accountName, userName } = user;
  const result: Why = {
    user: { accountId, accountName, userName },
    asOf,
    wouldStart: candidate && held.length === 0,
    keys: rows.map(({ keyId, status, ageDays, decision, because }) => ({
      ...{ keyId, status, ageDays, decision, because },
    })),
    held,
  };
  return { exitCode: exitCodes.ok, result, text: textFor(result) };
}

interface Judged {
  readonly rows: readonly KeyRow[];
  readonly asOf: Why['asOf'];
  /** A rotation of it may be started. */
  readonly candidate: boolean;
  /** What keeps a sweep from starting anything in the account. */
  readonly held: string[];
}

async function judgedBySweep(
  { accountId, userName, rows, report }: FoundUser,
  live: LiveUser,
): Promise<Judged> {
  if (report === undefined)
    throw new CannotRun(`No sweep has completed, so nothing is known about ${userName}: start one.`);
  const because = live.state === 'notSeen' ? live.because : 'There is no such user any more.';
  const at = report.sweep.startedAt.toISOString();
  return {
    rows,
    asOf: { at, by: 'sweep', because },
    candidate: rows.some(({ decision }) => decision === 'due'),
    held: heldInAccount(await report.summary(accountId), at),
  };
}

async function judgedNow(
  context: Context,
  user: FoundUser,
  { keys, tags }: Extract<LiveUser, { state: 'seen' }>,
  now: Date,
): Promise<Judged> {
  const progress = await progressOfUser(context, user);
  const memory = new Memory((await user.report?.text(objects.keysOf(user.accountId, 'jsonl'))) ?? '');
  const reported: ReportedUser = {
    ...{ name: user.userName, isRoot: false },
    keys: keys.map(({ status, createdAt, lastUse }, index) => ({
      ...{ slot: index === 0 ? 1 : 2, active: status === 'Active', since: wholeSecond(createdAt), lastUse },
    })),
  };
  const look = { state: 'seen', keys, tags, lastRotation: progress && lastOf(progress) } as const;
  const summary = await user.report?.summary(user.accountId);
  const group = context.deployment.sweep.exemptGroup;
  const members = group && (await readLiveGroup(context, user.accountId, group.name));
  const facts = {
    ...factsOf(context, user, memory, now),
    notLive: summary?.notLive,
    exempt: group && members && { members, exemption: exemptionOfGroup(group) },
  };
  const { rows, candidate } = triage(reported, look, facts);
  const held = heldInAccount(
    summary && { notLive: summary.notLive },
    user.report?.sweep.startedAt.toISOString(),
  );
  if (group !== undefined && members === undefined)
    held.push(`The exempt group ${group.name} can't be read here, so a sweep would start nothing.`);
  return { rows, asOf: { at: now.toISOString(), by: 'now' }, candidate: candidate !== undefined, held };
}

/** As IAM's credential report has it. */
const wholeSecond = (at: Date): Date => new Date(Math.floor(at.getTime() / 1000) * 1000);

function lastOf({ executionArn, endedAt, badge, problem, because }: Progress): LastRotation {
  return {
    executionArn,
    running: endedAt === undefined,
    stoppedAt: endedAt,
    outcome: badge === 'needsAPerson' ? 'escalated' : badge,
    because: problem?.says ?? because,
    isSilence: problem?.error === 'silence',
  };
}

function factsOf({ deployment }: Context, { accountId }: FoundUser, memory: Memory, now: Date): Facts {
  const { mail, policy, storage, sweep } = deployment;
  return {
    ...{ now, accountId, ownerTag: mail.ownerTag, policy, memory },
    owners: byAddress('', 'whoever answers for the account'),
    secrets: {
      ...{ storage: storage.where, secretReaders: storage.readers, secretExclusive: storage.exclusive },
    },
    ...{
      overdueAfterDays: sweep.survey.overdueAfterDays,
      codeTags: sweep.survey.codeTags,
      restDays: sweep.survey.restDays,
    },
    silentRestDays: sweep.survey.silentRestDays,
  };
}

function heldBy({ deployment: { mode, sweep } }: Context, now: Date): string[] {
  const closed = whyClosed(sweep.calendar, now);
  return [
    ...(mode === 'live' ? [] : ['The setting mode is audit: sweeps report, and start nothing.']),
    ...(closed === undefined ? [] : [`The calendar in sweep.calendar is closed: ${closed}.`]),
  ];
}

/** @param at when the sweep began that found it so */
function heldInAccount(summary: Pick<Surveyed, 'notLive' | 'hold'> | undefined, at = ''): string[] {
  const reasons = [summary?.notLive, summary?.hold].filter((reason) => reason !== undefined);
  return reasons.map(
    (reason) => `Nothing starts in the account, as of the sweep of ${showTime(new Date(at))}: ${reason}.`,
  );
}

function textFor({ user, asOf, wouldStart, keys, held }: Why): string {
  const when = showTime(new Date(asOf.at));
  const rows = keys.map(({ keyId, status, ageDays, decision, because }) => [
    ...[keyId ?? '(ID not known)', status, days(Math.floor(ageDays)), decision, because],
  ]);
  const answer = wouldStart
    ? 'Yes: the next sweep would start a rotation, as soon as its wave has room.'
    : 'No: a sweep would start nothing now.';
  return textOf([
    `${user.accountId}/${user.userName}, ${asOf.by === 'now' ? `now, ${when}` : `as of the sweep of ${when}`}`,
    answer,
    '',
    ...(rows.length === 0 ? ['  no access key'] : columns(rows, '  ')),
    ...held.map((line) => `  ${line}`),
    ...labelled('', asOf.because),
  ]);
}
