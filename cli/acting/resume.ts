import { DescribeExecutionCommand } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { nameOf } from '../../tasks/domain/execution-name.ts';
import { inputToGoOn } from '../../tasks/domain/restart.ts';
import { CannotRun } from '../cannot-run.ts';
import { type Asked, type CommandOutcome, commandSpec } from '../command.ts';
import type { Context } from '../context.ts';
import { exitCodes } from '../terminal.ts';
import { isAgreed } from './asking.ts';
import { startRotation } from './starting.ts';
import { readList, type Stopped, type StoppedList } from './stopping.ts';

const shape = z.object({
  state: z.enum(['planned', 'started']).describe('`planned`: only shown'),
  rotations: z
    .array(
      z.object({
        stopped: z.string().describe('the name of the rotation that was stopped'),
        rotation: z.string().optional().describe('the ARN of the user’s rotation now'),
        because: z.string().optional().describe('why none was started'),
      }),
    )
    .describe('the rotations of the list'),
});
type Result = z.infer<typeof shape>;

/** The command `resume`. */
export const resumeCommand = commandSpec({
  name: 'resume',
  summary: 'start again what stop --all has stopped',
  description: `Starts every rotation of a list that stop --all kept, with what it was asked for. Each continues with
the new key that the stopped one left. Run it again if it was interrupted: a user whose rotation runs
already isn't started twice.`,
  args: [['<file>', 'the list']],
  examples: ['resume keyturn-stopped-2027-03-01T09-00-00.json'],
  changes: true,
  shape,
  run: resume,
});

async function resume(asked: Asked): Promise<CommandOutcome<Result>> {
  const { context, args } = asked;
  const list = await stoppedOf(context, readList(args[0] ?? ''));
  const plan = [`Starts ${list.length} rotations again:`, ...list.map(({ name }) => `  ${name}`)].join('\n');
  if (!(await isAgreed(asked, plan)))
    return outcome({ state: 'planned', rotations: list.map(({ name }) => ({ stopped: name })) });
  const rotations: Result['rotations'] = [];
  for (const { name, input } of list) {
    const { accountId, userName, ...rest } = inputToGoOn(input, '') ?? {};
    if (accountId === undefined || userName === undefined) {
      rotations.push({ stopped: name, because: 'its input names no user' });
      continue;
    }
    try {
      const { rotation } = await startRotation(context, 'start', { accountId, userName, ...rest });
      rotations.push({ stopped: name, rotation });
      asked.say(`${name} → ${nameOf(rotation)}\n`);
    } catch (error) {
      if (!(error instanceof CannotRun)) throw error;
      rotations.push({ stopped: name, because: error.message });
      asked.say(`${name}: ${error.message}\n`);
    }
  }
  return outcome({ state: 'started', rotations });
}

/** Also what was stopped just before the command was interrupted, and could not be noted any more. */
async function stoppedOf({ stepFunctions }: Context, { rotations }: StoppedList): Promise<Stopped[]> {
  const stopped: Stopped[] = [];
  for (const one of rotations) {
    const { executionArn } = one;
    const isStopped =
      one.stopped ||
      (await stepFunctions.send(new DescribeExecutionCommand({ executionArn }))).status === 'ABORTED';
    if (isStopped) stopped.push(one);
  }
  return stopped;
}

const outcome = (result: Result): CommandOutcome<Result> => ({
  exitCode: result.rotations.some(({ because }) => because !== undefined) ? exitCodes.problem : exitCodes.ok,
  result,
  text: '',
});
