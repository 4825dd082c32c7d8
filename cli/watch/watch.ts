import type * as z from 'zod';
import { isOverdue, type Progress } from '../../tasks/domain/following/progress.ts';
import { badgeWords, showDeadline } from '../../tasks/messages/following.ts';
import { showTime } from '../../tasks/messages/words.ts';
import { CannotRun } from '../cannot-run.ts';
import type { Asked, CommandOutcome } from '../command.ts';
import type { Context } from '../context.ts';
import { findUser } from '../reading/find-user.ts';
import { progressOfUser } from '../reading/look-up.ts';
import { glance, listed } from '../reading/rotations.ts';
import { rotationResult } from '../shapes.ts';
import { exitCodes } from '../terminal.ts';
import type { watchShape } from './shape.ts';

type Watched = z.input<typeof watchShape>;

/** Seconds between two looks, unless the caller chooses. */
const usually = 5;

/** Follows rotations until they end. */
export async function watch({
  context,
  args: [subject],
  options,
  say,
}: Asked): Promise<CommandOutcome<Watched>> {
  const every = secondsIn(options.every) * 1000;
  if (subject === undefined) return watchAll(context, every, say);
  const user = await findUser(context, subject);
  const begun = await progressOfUser(context, user);
  if (begun === undefined)
    throw new CannotRun(`No rotation of ${user.userName} is known: nothing to follow.`);
  const [last] = await follow(context, [begun.name], every, say);
  const { accountId, accountName, userName } = user;
  return outcomeOf(last === undefined ? [] : [last], {
    user: { accountId, accountName, userName },
    rotation: last && rotationResult(last, isOverdue(last, await context.now())),
  });
}

function secondsIn(every: Asked['options'][string]): number {
  if (every === undefined) return usually;
  const seconds = typeof every === 'string' && /^\d{1,4}$/.test(every) ? Number(every) : 0;
  if (seconds >= 1 && seconds <= 3600) return seconds;
  throw new CannotRun(`--every takes seconds, a whole number from 1 to 3600; "${String(every)}" isn’t one.`);
}

async function watchAll(
  context: Context,
  every: number,
  say: Asked['say'],
): Promise<CommandOutcome<Watched>> {
  const names: string[] = [];
  for await (const { name } of listed(context, 'RUNNING')) if (name !== undefined) names.push(name);
  if (names.length === 0) say('No rotation is running.\n');
  return outcomeOf(await follow(context, names, every, say), {});
}

/** @returns how each of them ended */
async function follow(
  context: Context,
  names: readonly string[],
  every: number,
  say: Asked['say'],
): Promise<Progress[]> {
  const last = new Map<string, string>();
  const ended: Progress[] = [];
  let open = [...names];
  while (open.length > 0) {
    const now = await context.now();
    const still: string[] = [];
    for (const name of open) {
      const progress = await glance(context, name);
      if (progress === undefined) continue;
      const line = lineOf(progress, now);
      if (last.get(name) !== line) say(`${showTime(now)}  ${name}  ${line}\n`);
      last.set(name, line);
      if (progress.endedAt === undefined) still.push(name);
      else ended.push(progress);
    }
    open = still;
    if (open.length > 0) await context.sleep(every);
  }
  return ended;
}

/** What is worth a new line when it changes: never how long something lasts. */
function lineOf(progress: Progress, now: Date): string {
  const { badge, stage, round, reminder, problem, deadline } = progress;
  const asked = stage === 'ask' && reminder > 0 ? `, reminder ${reminder}` : '';
  const again = round > 1 ? `, round ${round}` : '';
  const until =
    deadline === undefined ? '' : `, ${(showDeadline(progress, now) ?? '').replace(/, in .*$/, '')}`;
  return `${badgeWords[badge]}: ${problem?.says ?? `${stage}${again}${asked}${until}`}`;
}

function outcomeOf(ended: readonly Progress[], about: Omit<Watched, 'ended'>): CommandOutcome<Watched> {
  const result = { ...about, ended: ended.map(({ name, badge }) => ({ name, badge })) };
  const isProblem = ended.some(({ next }) => next.whose === 'operator');
  return { exitCode: isProblem ? exitCodes.problem : exitCodes.ok, result, text: '' };
}
