import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { type DescribedExecution, Executions } from '../../tasks/aws/executions.ts';
import { attemptOf, nameOf } from '../../tasks/domain/execution-name.ts';
import { messageIn } from '../../tasks/domain/failure.ts';
import { fromJson } from '../../tasks/domain/json.ts';
import { sectionOf, sections } from '../../tasks/domain/runbook.ts';
import { CannotRun } from '../cannot-run.ts';
import type { Context } from '../context.ts';
import { rotationStarter, runningOf, type UserReference } from './rotations.ts';

/** Milliseconds between two looks at an execution. */
const rhythm = 500;
/** Milliseconds that a person waits for what takes seconds. */
const patience = 90_000;

/** How an execution ended, or that it hasn't yet. */
export interface ExecutionEnd {
  readonly executionArn: string;
  readonly outcome: string;
  readonly output: Record<string, unknown>;
  /** Why, in a sentence, if it says. */
  readonly because?: string | undefined;
  /** The section of the runbook, if it failed. */
  readonly section?: string;
}

const outputSchema = z.looseObject({ outcome: z.string(), because: z.string().optional() });

/** The name of an execution that isn't the user's rotation itself, as a reader of the list understands it. */
export function nameFor(what: string, { accountId, userName }: UserReference): string {
  const readable = userName.replaceAll(/[^\w-]/g, '-').slice(0, 36);
  return `${what}-${accountId}-${readable}-${randomBytes(4).toString('hex')}`;
}

/**
 * Starts an execution of the rotation's machine by its alias.
 * @param input if omitted, `about` is all of it
 * @returns its ARN
 */
export async function startFor(
  context: Context,
  what: string,
  about: UserReference & Readonly<Record<string, unknown>>,
  input: Readonly<Record<string, unknown>> = about,
): Promise<string> {
  const started = await new Executions({ aws: context.aws }).start(
    rotationStarter(context),
    nameFor(what, about),
    input,
  );
  if (started.state === 'started') return started.executionArn;
  throw new CannotRun('An execution of that name exists already: run it again.');
}

/** Looks until `found` returns something; undefined if that takes too long. */
export async function waitFor<T>(
  { sleep }: Pick<Context, 'sleep'>,
  found: () => Promise<T | undefined>,
  milliseconds = patience,
): Promise<T | undefined> {
  for (let waited = 0; waited <= milliseconds; waited += rhythm) {
    const result = await found();
    if (result !== undefined) return result;
    await sleep(rhythm);
  }
  return undefined;
}

/** Waits for the end of an execution; undefined if it hasn't ended in time. */
export async function endOf(
  context: Context,
  executionArn: string,
  milliseconds?: number,
): Promise<ExecutionEnd | undefined> {
  const executions = new Executions({ aws: context.aws });
  return waitFor(
    context,
    async () => {
      const execution = await executions.describe(executionArn);
      return execution === undefined || execution.status === 'RUNNING'
        ? undefined
        : ended(executionArn, execution);
    },
    milliseconds,
  );
}

function ended(
  executionArn: string,
  { status, output, error = status, cause = '' }: DescribedExecution,
): ExecutionEnd {
  const said = outputSchema.safeParse(fromJson(output)).data;
  if (status === 'SUCCEEDED' && said !== undefined) {
    return { executionArn, outcome: said.outcome, output: said, because: said.because };
  }
  const because = messageIn(cause.slice(Math.max(0, cause.indexOf('{'))));
  return { executionArn, outcome: error, output: {}, because, section: sectionOf(error) };
}

/** The user's rotation that an execution leads to: started by it, or running before. */
export interface LedTo {
  readonly rotation: string;
  readonly state: 'started' | 'running';
}

/**
 * Starts an execution for a user, and waits for the rotation that it leads to: the delegating one ends within seconds.
 * @throws {CannotRun} if it failed, or doesn't get there in time
 */
export async function startRotation(
  context: Context,
  what: string,
  input: UserReference & Readonly<Record<string, unknown>>,
): Promise<LedTo> {
  const before = await runningOf(context, input);
  const executionArn = await startFor(context, what, input);
  const end = await context.during(`Starting ${input.userName}’s rotation`, () =>
    endOf(context, executionArn),
  );
  if (end === undefined)
    throw new CannotRun(
      `${nameOf(executionArn)} was started and hasn’t found its rotation yet: look at it again.`,
    );
  const { rotation } = end.output;
  if (end.outcome !== 'handedOn' || typeof rotation !== 'string') throw refusalOf(end);
  return { rotation, state: rotation === before?.executionArn ? 'running' : 'started' };
}

/** The sentence for an execution that did not do what was asked. */
export const refusalOf = ({ outcome, because, section }: ExecutionEnd): CannotRun =>
  new CannotRun(
    `${outcome}${because === undefined ? '' : `: ${because.replace(/\.$/, '')}`}. ${inRunbook(section ?? sections.startAgain)}`,
  );

/** Where the runbook says more. */
export const inRunbook = (section: string): string => `Runbook: “${section}”.`;

/** Whether an execution's name is that of the user's rotation itself. */
export const isRotationOf = (user: UserReference, executionArn: string): boolean =>
  attemptOf(user, nameOf(executionArn)) !== undefined;
