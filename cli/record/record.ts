import type * as z from 'zod';
import { clean } from '../../tasks/domain/clean.ts';
import { nameOf } from '../../tasks/domain/execution-name.ts';
import type { RotationRecord } from '../../tasks/domain/record/record.ts';
import { answersInRecord, endInWords } from '../../tasks/messages/record-page.ts';
import { showTime } from '../../tasks/messages/words.ts';
import { CannotRun } from '../cannot-run.ts';
import type { Asked, CommandOutcome } from '../command.ts';
import type { Context } from '../context.ts';
import { columns, labelled, textOf } from '../layout.ts';
import { type FoundUser, findUser } from '../reading/find-user.ts';
import { pageUrl, showInBrowser } from '../reading/pages.ts';
import { type KeptRecord, readRecord, recordsOf } from '../reading/records.ts';
import { exitCodes } from '../terminal.ts';
import type { recordShape } from './shape.ts';

type Opened = z.input<typeof recordShape>;

/** How many other records people are shown; JSON has all. */
const mostOthers = 10;

/** Opens the record of a rotation. @throws {CannotRun} if there is none */
export async function openRecord({
  context,
  args: [subject = ''],
  say,
}: Asked): Promise<CommandOutcome<Opened>> {
  const { user, kept, others, record } = await context.during('Looking for its records', () =>
    find(context, subject),
  );
  const url = pageUrl(context, kept);
  showInBrowser(url, context, say);
  const { accountId, accountName, userName } = user;
  return {
    exitCode: exitCodes.ok,
    result: {
      user: { accountId, accountName, userName },
      record: { ...record },
      page: placeOf(kept),
      url,
      others: others.map((other) => ({
        ...{ rotation: other.rotation, page: placeOf(other) },
        writtenAt: other.writtenAt.toISOString(),
      })),
    },
    text: textOf([...linesOf(record), ...labelled('Record', url), ...otherLines(others)]),
  };
}

interface Found {
  readonly user: FoundUser;
  readonly kept: KeptRecord;
  readonly record: RotationRecord;
  readonly others: readonly KeptRecord[];
}

async function find(context: Context, subject: string): Promise<Found> {
  const user = await findUser(context, subject);
  const all = await recordsOf(context, user);
  const kept = all.find(({ rotation }) => user.rotation === undefined || rotation === user.rotation);
  const record = kept && (await readRecord(context, kept));
  if (kept === undefined || record === undefined)
    throw new CannotRun(
      `There is no record of ${user.rotation ?? `a rotation of ${user.userName}`}: one is written when a rotation ends, and kept for ${context.deployment.records.keepDays} days.`,
    );
  return { user, kept, record, others: all.filter((one) => one !== kept) };
}

const placeOf = ({ bucket, key }: KeptRecord): string => `s3://${bucket}/${key}`;

function linesOf(record: RotationRecord): string[] {
  const { executionArn, startedAt, endedAt, ended, plan, newKeyId, decisions } = record;
  return [
    ...labelled('Rotation', nameOf(executionArn)),
    ...labelled('Outcome', `${endInWords(record)}, ${showTime(endedAt)}`),
    ...labelled('', ended.because && clean(ended.because)),
    ...labelled('Started', showTime(startedAt)),
    ...labelled('Because', plan && clean(plan.because)),
    ...labelled('Old key', plan?.oldKeyId),
    ...labelled('New key', newKeyId),
    ...labelled('Owner', plan?.owner.join(', ')),
    ...decisions.flatMap(({ at, by, decision, reason }) =>
      labelled(
        'Answer',
        `${answersInRecord[decision]} by ${clean(by)}, ${showTime(new Date(at))}${reason === undefined ? '' : `: “${clean(reason)}”`}`,
      ),
    ),
    ...labelled('Error', [ended.error, ended.cause].filter((part) => part !== undefined).join(': ')),
  ];
}

function otherLines(others: readonly KeptRecord[]): string[] {
  if (others.length === 0) return [];
  const shown = others
    .slice(0, mostOthers)
    .map(({ rotation, redrives, writtenAt }) => [
      rotation,
      `ended ${showTime(writtenAt)}${redrives === 0 ? '' : `, redriven ${redrives} times before`}`,
    ]);
  const more = others.length - mostOthers;
  return [
    '',
    `Other records: ${others.length}`,
    ...columns(shown, '  '),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
}
