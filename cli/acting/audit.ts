import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { Executions } from '../../tasks/aws/executions.ts';
import { executionArnOf, starterOf } from '../../tasks/domain/execution-name.ts';
import { sections } from '../../tasks/domain/runbook.ts';
import { readSweepRequest } from '../../tasks/domain/sweeps/request.ts';
import { CannotRun } from '../cannot-run.ts';
import { type Asked, type CommandOutcome, commandSpec } from '../command.ts';
import { exitCodes } from '../terminal.ts';
import { isAgreed, text, wholeNumber } from './asking.ts';
import { endOf, inRunbook } from './starting.ts';

const shape = z.object({
  state: z
    .enum(['planned', 'started', 'done'])
    .describe('`planned`: only shown; `started`: it is under way; `done`: its report is written'),
  input: z.looseObject({}).describe('what the sweep is asked for'),
  sweep: z.string().optional().describe('the ARN of its execution'),
  report: z.string().optional().describe('where its report is, once it is done'),
});
type Result = z.infer<typeof shape>;

/** The command `audit`. */
export const auditCommand = commandSpec({
  name: 'audit',
  summary: 'look at every key, and start nothing',
  description: `Starts a sweep that only audits: it reports on every key and starts no rotation. You get one mail.
An organization can take an hour: --wait waits for the report.`,
  options: [
    ['--accounts <ids>', 'only these, separated by commas'],
    ['--units <ids>', 'only the accounts below these organizational units'],
    ['--users <names>', 'only users of these names'],
    ['--tell-owners', 'mail the owners of the keys that would be rotated, too'],
    ['--inspect-all', 'inspect every user with an active key'],
    ['--wait <minutes>', 'wait for the report for that long'],
  ],
  examples: ['audit', 'audit --accounts 222222222222 --inspect-all --wait 30'],
  changes: true,
  shape,
  run: audit,
});

async function audit(asked: Asked): Promise<CommandOutcome<Result>> {
  const { context } = asked;
  const input = inputFrom(asked);
  const minutes = wholeNumber(asked.options, 'wait', '--wait') ?? 0;
  const isAsked = { ...asked, options: { ...asked.options, yes: true } };
  if (!(await isAgreed(isAsked, `Starts a sweep that only audits: ${JSON.stringify(input)}`)))
    return { exitCode: exitCodes.ok, result: { state: 'planned', input }, text: '' };
  const starter = starterOf(executionArnOf(context.machines.sweep, 'any'));
  const name = `audit-${(await context.now()).toISOString().slice(0, 10)}-${randomBytes(4).toString('hex')}`;
  const started = await new Executions({ aws: context.aws }).start(starter, name, input);
  if (started.state !== 'started') throw new CannotRun('A sweep of that name exists already: run it again.');
  const { executionArn: sweep } = started;
  const end =
    minutes === 0
      ? undefined
      : await context.during('Waiting for the report', () => endOf(context, sweep, minutes * 60_000));
  if (end === undefined)
    return {
      exitCode: exitCodes.ok,
      result: { state: 'started', input, sweep },
      text: `started  ${sweep}\n`,
    };
  const { report } = end.output;
  if (typeof report !== 'string')
    throw new CannotRun(
      `The sweep ended with ${end.outcome}: ${end.because}. ${inRunbook(sections.sweepFailed)}`,
    );
  return {
    exitCode: exitCodes.ok,
    result: { state: 'done', input, sweep, report },
    text: `done  ${sweep}\n      ${report}\n`,
  };
}

/** @throws {CannotRun} for a name that no account, unit or user can have */
function inputFrom({ options }: Asked): Record<string, unknown> {
  const list = (name: string): string[] | undefined =>
    text(options, name)
      ?.split(/[\s,]+/)
      .filter(Boolean);
  const all = {
    audit: true,
    accounts: list('accounts'),
    organizationalUnits: list('units'),
    users: list('users'),
    tellOwners: options.tellOwners === true ? true : undefined,
    inspectAllUsers: options.inspectAll === true ? true : undefined,
  };
  const input = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  const { problems } = readSweepRequest(input);
  if (problems.length > 0) throw new CannotRun(`${problems.join('; ')}.`);
  return input;
}
