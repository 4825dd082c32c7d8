import { existsSync } from 'node:fs';
import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { attemptOf } from '../../tasks/domain/execution-name.ts';
import { sections } from '../../tasks/domain/runbook.ts';
import { CannotRun } from '../cannot-run.ts';
import { type Asked, type CommandOutcome, commandSpec } from '../command.ts';
import { readSubject } from '../subject.ts';
import { exitCodes } from '../terminal.ts';
import { byAndReason, byAndReasonOptions, isAgreed, text } from './asking.ts';
import { nameUser } from './rotate.ts';
import { arnOfRotation, type ListedRotation, rotations, runningOf } from './rotations.ts';
import { inRunbook } from './starting.ts';
import { keepList, listSchema, lookBeforeStop, type Stopped } from './stopping.ts';
import { findTarget } from './user.ts';

const shape = z.object({
  state: z.enum(['planned', 'stopped']).describe('`planned`: only shown'),
  list: z.string().optional().describe('with `--all`, the file that keeps the list'),
  rotations: listSchema.shape.rotations,
});
type Result = z.infer<typeof shape>;

/** The command `stop`. */
export const stopCommand = commandSpec({
  name: 'stop',
  summary: 'stop one rotation, or all of them',
  description: `Stops a rotation. Every key stays as it is at that moment, and the plan says what that leaves.

--all stops every running rotation and keeps the list in a file before it stops the first:
npx keyturn resume <file> starts them again.`,
  args: [['[rotation]', 'account/user, or a rotation; none with --all']],
  options: [
    ...byAndReasonOptions,
    ['--all', 'every running rotation'],
    ['--list <file>', 'where --all keeps its list (keyturn-stopped-<time>.json if omitted)'],
  ],
  examples: [
    'stop 222222222222/deploy-bot --by "Jane Doe" --reason "wrong user"',
    'stop --all --by "Jane Doe" --reason INC-4711',
  ],
  changes: true,
  shape,
  run: stop,
});

async function stop(asked: Asked): Promise<CommandOutcome<Result>> {
  const { context, options, args } = asked;
  const isAll = options.all === true;
  if (isAll === (args[0] !== undefined))
    throw new CannotRun(`Name one rotation, or give --all alone. ${inRunbook(sections.stop)}`);
  const who = byAndReason(options);
  const list = isAll ? await listFile(asked) : undefined;
  const chosen = isAll ? await everyRotation(asked) : [await oneRotation(asked)];
  const plan: Stopped[] = [];
  await context.during('Looking at them', async (report) => {
    for (const one of chosen) {
      plan.push(await lookBeforeStop(context, one));
      report(`${plan.length} of ${chosen.length}`);
    }
  });
  if (plan.length === 0) return outcome({ state: 'planned', rotations: [] }, 'No rotation is running.\n');
  if (!(await isAgreed(asked, tableOf(plan)))) return outcome({ state: 'planned', rotations: plan }, '');
  const rest = [...plan];
  const keep = (): void => {
    if (list !== undefined) keepList(list, { ...who, rotations: rest });
  };
  keep();
  await context.during('Stopping', async (report) => {
    for (const [index, { executionArn }] of plan.entries()) {
      const cause = `${who.by}: ${who.reason}`;
      const command = new StopExecutionCommand({ executionArn, error: 'StoppedByOperator', cause });
      await context.stepFunctions.send(command);
      rest[index] = { ...plan[index], stopped: true } as Stopped;
      keep();
      report(`${index + 1} of ${plan.length}`);
    }
  });
  const where = list === undefined ? {} : { list };
  const again =
    list === undefined ? '' : `Kept in ${list}; to start them again: npx keyturn resume ${list}\n`;
  return outcome({ state: 'stopped', ...where, rotations: rest }, `Stopped ${rest.length}.\n${again}`);
}

const outcome = (result: Result, said: string): CommandOutcome<Result> => ({
  exitCode: exitCodes.ok,
  result,
  text: said,
});

/** @throws {CannotRun} if the file is there: it may be all that is known of what was stopped before */
async function listFile({ options, context }: Asked): Promise<string> {
  const file =
    text(options, 'list') ??
    `keyturn-stopped-${(await context.now()).toISOString().slice(0, 19).replaceAll(':', '-')}.json`;
  if (existsSync(file))
    throw new CannotRun(`${file} exists already: give another --list. ${inRunbook(sections.stop)}`);
  return file;
}

/** Also one under a name of its own, such as an emergency's that delegates: it ends by itself within seconds. */
async function everyRotation({ context }: Asked): Promise<ListedRotation[]> {
  const all: ListedRotation[] = [];
  await context.during('Listing', async (report) => {
    for await (const one of rotations(context, 'RUNNING')) {
      all.push(one);
      report(String(all.length));
    }
  });
  return all;
}

async function oneRotation({ context, args }: Asked): Promise<Pick<ListedRotation, 'executionArn' | 'name'>> {
  const subject = readSubject(args[0] ?? '');
  const { user } = await findTarget(context, args[0]);
  const running = await runningOf(context, user);
  if (running === undefined)
    throw new CannotRun(`No rotation of ${nameUser(user)} is running: there is nothing to stop.`);
  if (
    subject.kind === 'rotation' &&
    attemptOf(user, subject.name) !== undefined &&
    subject.name !== running.name
  )
    throw new CannotRun(`${subject.name} has ended; ${running.name} is running for ${nameUser(user)}.`);
  return { executionArn: arnOfRotation(context, running.name), name: running.name };
}

/** What each leaves, grouped so that a thousand rotations fit on a screen. */
function tableOf(plan: readonly Stopped[]): string {
  if (plan.length === 1)
    return plan
      .map(
        ({ name, state, leaves, afterwards }) =>
          `Stops ${name} in ${state}.\nIt leaves ${leaves}.\nThen: ${afterwards}.`,
      )
      .join('');
  const groups = new Map<string, Stopped[]>();
  for (const one of plan) {
    const { state = 'an unknown state' } = one;
    groups.set(state, [...(groups.get(state) ?? []), one]);
  }
  const lines = [...groups].map(
    ([state, of]) =>
      `${String(of.length).padStart(5)} in ${state}: leaves ${of[0]?.leaves}; then ${of[0]?.afterwards}`,
  );
  return [`Stops ${plan.length} rotations:`, ...lines].join('\n');
}
