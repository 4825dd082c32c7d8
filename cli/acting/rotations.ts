import { type ExecutionListItem, ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { Executions } from '../../tasks/aws/executions.ts';
import { attemptOf, executionArnOf, nameOf, starterOf } from '../../tasks/domain/execution-name.ts';
import { fromJson } from '../../tasks/domain/json.ts';
import type { Context } from '../context.ts';

/** Whose keys a command is about. */
export interface UserReference {
  readonly accountId: string;
  readonly userName: string;
}

/** An execution of the rotation's machine, as a list shows it. */
export interface ListedRotation {
  readonly executionArn: string;
  readonly name: string;
  readonly status: string;
  readonly startedAt: Date | undefined;
}

const listed = ({ executionArn = '', name = '', status, startDate }: ExecutionListItem): ListedRotation => ({
  ...{ executionArn, name, status: status ?? '' },
  startedAt: startDate,
});

/** The machine's executions, the newest first, page by page: whoever has found theirs stops reading. */
export async function* rotations(
  { stepFunctions, machines }: Pick<Context, 'stepFunctions' | 'machines'>,
  only?: 'RUNNING',
): AsyncGenerator<ListedRotation> {
  let nextToken: string | undefined;
  do {
    const page = await stepFunctions.send(
      new ListExecutionsCommand({
        stateMachineArn: machines.rotation,
        maxResults: 1000,
        ...(only === undefined ? {} : { statusFilter: only }),
        ...(nextToken === undefined ? {} : { nextToken }),
      }),
    );
    for (const one of page.executions ?? []) yield listed(one);
    ({ nextToken } = page);
  } while (nextToken !== undefined);
}

/** The user's rotation that runs, under whatever name; one that only delegates isn't one. */
export async function runningOf(context: Context, user: UserReference): Promise<ListedRotation | undefined> {
  for await (const one of rotations(context, 'RUNNING'))
    if (attemptOf(user, one.name) !== undefined) return one;
  return undefined;
}

/** The user's last rotation, running or not; undefined if it has none in the last ninety days. */
export async function lastOf(context: Context, user: UserReference): Promise<ListedRotation | undefined> {
  for await (const one of rotations(context)) if (attemptOf(user, one.name) !== undefined) return one;
  return undefined;
}

/** The ARN of a rotation by its name. */
export const arnOfRotation = ({ machines }: Pick<Context, 'machines'>, name: string): string =>
  executionArnOf(machines.rotation, name);

/** What an execution was asked for, as an object. */
export async function inputOf(context: Context, executionArn: string): Promise<Record<string, unknown>> {
  const execution = await new Executions({ aws: context.aws }).describe(executionArn);
  const input = fromJson(execution?.input);
  return typeof input === 'object' && input !== null ? { ...input } : {};
}

/** The alias by which rotations are started. */
export const rotationStarter = ({ machines }: Pick<Context, 'machines'>): string =>
  starterOf(executionArnOf(machines.rotation, 'any'));

export { nameOf };
