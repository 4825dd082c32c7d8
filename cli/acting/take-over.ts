import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { Executions } from '../../tasks/aws/executions.ts';
import { settleSeconds } from '../../tasks/domain/lease.ts';
import { CannotRun } from '../cannot-run.ts';
import { type Asked, type CommandOutcome, commandSpec } from '../command.ts';
import { leaseNow, leaseShape, leaseWords } from '../reading/lease.ts';
import { exitCodes } from '../terminal.ts';
import { byAndReason, byAndReasonOptions, isAgreed } from './asking.ts';
import { rotationStarter } from './rotations.ts';
import { endOf, refusalOf } from './starting.ts';

const shape = z.object({
  state: z.enum(['planned', 'taken']).describe('`planned`: only shown'),
  lease: leaseShape.describe('who had the lease before'),
  execution: z.string().optional().describe('the ARN of the execution that took it, and records for whom'),
  from: z.iso.datetime().optional().describe('from when on this region changes keys'),
});
type Result = z.infer<typeof shape>;

/** The command `take-over`. */
export const takeOverCommand = commandSpec({
  name: 'take-over',
  summary: 'make this region the one that changes keys',
  description: `Takes the lease for the region of these settings, so that it changes keys and the other one doesn't. Run it
in the clone of the region that is to take over; it needs nothing of the other region. Nothing is
changed before everything that the other one had begun must have ended: ${settleSeconds / 60} minutes.

The way back is the same command, in the clone of the other region. Taking it again changes nothing.`,
  options: [...byAndReasonOptions],
  examples: ['take-over --dry-run', 'take-over --by "Jane Doe" --reason "INC-4711: eu-west-1 is down"'],
  changes: true,
  shape,
  run: takeOver,
});

async function takeOver(asked: Asked): Promise<CommandOutcome<Result>> {
  const { context, options } = asked;
  const { deployment, aws } = context;
  if (deployment.standby === undefined)
    throw new CannotRun('The settings have no standby: this is the only region, and there is no lease.');
  const lease = await leaseNow(context);
  const plan = [
    `${leaseWords(lease)}.`,
    `Gives it to ${deployment.region}, which changes keys ${settleSeconds / 60} minutes later; the other region stops before its next change.`,
  ].join('\n');
  const who = context.isDryRun ? undefined : byAndReason(options);
  if (!(await isAgreed(asked, plan)) || who === undefined)
    return { exitCode: exitCodes.ok, result: { state: 'planned', lease }, text: '' };
  const input = { takeLease: who };
  const name = `lease-${deployment.region}-${randomBytes(4).toString('hex')}`;
  const started = await new Executions({ aws }).start(rotationStarter(context), name, input);
  if (started.state !== 'started')
    throw new CannotRun('An execution of that name exists already: run it again.');
  const { executionArn: execution } = started;
  const end = await context.during('Taking the lease', () => endOf(context, execution));
  if (end === undefined)
    throw new CannotRun(`${execution} was started and hasn’t ended yet: look at it again.`);
  if (end.outcome !== 'leaseTaken') throw refusalOf(end);
  const from = z.iso.datetime().parse(end.output.from);
  return {
    exitCode: exitCodes.ok,
    result: { state: 'taken', lease, execution, from },
    text: `${deployment.region} holds the lease, and changes keys from ${from} on.\n`,
  };
}
