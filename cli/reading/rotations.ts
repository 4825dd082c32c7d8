import {
  DescribeExecutionCommand,
  ExecutionDoesNotExist,
  type ExecutionListItem,
  type ExecutionStatus,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  paginateGetExecutionHistory,
  paginateListExecutions,
} from '@aws-sdk/client-sfn';
import pMap from 'p-map';
import { attemptOf, executionArnOf, executionName, nameOf } from '../../tasks/domain/execution-name.ts';
import { type Followed, type Progress, progressOf } from '../../tasks/domain/following/progress.ts';
import type { Context } from '../context.ts';

interface User {
  readonly accountId: string;
  readonly userName: string;
}

/** How many calls run simultaneously: more would only be throttled. */
const atATime = 12;
/** Numbers of attempts that are tried at a time, and at most in all. */
const attemptsAtATime = 12;
const mostAttempts = 96;
/** The events at the end of a history that show where it stands. */
const enoughEvents = 40;

/** @returns undefined if Step Functions doesn't know it, or has forgotten it */
export async function describe(
  { stepFunctions }: Context,
  executionArn: string,
): Promise<Followed | undefined> {
  try {
    return await stepFunctions.send(new DescribeExecutionCommand({ executionArn }));
  } catch (error) {
    if (error instanceof ExecutionDoesNotExist) return undefined;
    throw error;
  }
}

/** How far a rotation is, by its whole history; undefined if Step Functions has forgotten it. */
export async function follow(context: Context, name: string): Promise<Progress | undefined> {
  const executionArn = executionArnOf(context.machines.rotation, name);
  const execution = await describe(context, executionArn);
  if (execution === undefined) return undefined;
  const events: HistoryEvent[] = [];
  const asked = { executionArn, includeExecutionData: true };
  for await (const page of paginateGetExecutionHistory(
    { client: context.stepFunctions, pageSize: 1000 },
    asked,
  ))
    events.push(...(page.events ?? []));
  return progressOf(execution, events);
}

/** The same by the end of its history: two calls, however long it has run. For lists. */
export async function glance(context: Context, name: string): Promise<Progress | undefined> {
  const executionArn = executionArnOf(context.machines.rotation, name);
  const execution = await describe(context, executionArn);
  if (execution === undefined) return undefined;
  const { events = [] } = await context.stepFunctions.send(
    new GetExecutionHistoryCommand({
      ...{ executionArn, includeExecutionData: true, reverseOrder: true, maxResults: enoughEvents },
    }),
  );
  return progressOf(execution, events.toReversed());
}

/** The progress of many rotations, in their order. */
export const glanceAll = (context: Context, names: readonly string[]): Promise<Progress[]> =>
  context.during('Looking at rotations', async (report) => {
    let done = 0;
    const all = await pMap(
      names,
      async (name) => {
        const progress = await glance(context, name);
        done += 1;
        report(`${done} of ${names.length}`);
        return progress;
      },
      { concurrency: atATime },
    );
    return all.filter((progress) => progress !== undefined);
  });

/** Executions in these states, the latest first. Under any name: some only delegate. */
export async function* listed(
  { stepFunctions: client, machines }: Context,
  statusFilter: ExecutionStatus,
): AsyncGenerator<ExecutionListItem> {
  const asked = { stateMachineArn: machines.rotation, statusFilter };
  for await (const { executions = [] } of paginateListExecutions({ client, pageSize: 1000 }, asked))
    yield* executions;
}

/**
 * A user's latest rotation that Step Functions knows; undefined if there is none. A name is free again once its
 * execution is forgotten, so attempts are tried by their numbers, with gaps.
 * @param hint the name of one of the user's rotations
 */
export async function latestOf(context: Context, user: User, hint?: string): Promise<string | undefined> {
  const from = Math.max(1, (hint === undefined ? undefined : attemptOf(user, hint)) ?? 1);
  let latest: Followed | undefined;
  for (let first = from; first < from + mostAttempts; first += attemptsAtATime) {
    const attempts = Array.from({ length: attemptsAtATime }, (_, index) => first + index);
    const found = await pMap(
      attempts,
      (attempt) => describe(context, executionArnOf(context.machines.rotation, executionName(user, attempt))),
      { concurrency: attemptsAtATime },
    );
    for (const one of found) if (one !== undefined && isLater(one, latest)) latest = one;
    if (found.every((one) => one === undefined)) break;
  }
  return latest === undefined ? undefined : nameOf(latest.executionArn ?? '');
}

/** An execution that only delegated shows nothing of the user's rotation. */
function isLater(one: Followed, other: Followed | undefined): boolean {
  if (one.output?.includes('"handedOn"') === true) return false;
  if (other === undefined || one.status === 'RUNNING') return true;
  return other.status !== 'RUNNING' && (one.startDate ?? 0) > (other.startDate ?? 0);
}
