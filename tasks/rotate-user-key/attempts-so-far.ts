import type { HistoryEvent } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { type DescribedExecution, Executions } from '../aws/executions.ts';
import type { Dependencies } from '../dependencies.ts';
import { openToken } from '../domain/asking/find-question.ts';
import { AnotherKeyLeaked, AwsUnavailable, NoFreeName } from '../domain/errors.ts';
import { attemptOf, executionName, machineOf, nameOf, siblingArn } from '../domain/execution-name.ts';
import { fromJson } from '../domain/json.ts';
import type { Request, Rotation } from '../domain/rotation.ts';
import { markedSibling } from '../domain/rotation-mark.ts';
import { rotationTag } from '../domain/tags.ts';
import { later } from '../domain/time.ts';

/** A name becomes free again after 90 days; a user has far fewer attempts in that time. */
const mostAttempts = 100;

/** More than a user can have in decades: a tag with a higher number, of an unknown execution, was made up. */
const plausibleAttempts = 9_999;

/** A function that was running when its execution was stopped runs for at most three minutes. Milliseconds. */
const longestRun = 180_000;

/** The last known attempt. */
export interface LastAttempt {
  readonly attempt: number;
  readonly executionArn?: string;
  readonly running: boolean;
}

/** The execution that claims a user. */
export interface Claimant {
  readonly rotation: Rotation;
  readonly request: Request;
  /** The machine or alias that rotations are started by. */
  readonly stateMachineArn: string;
  /** When this execution started; executions that began under 0.1.0 don't say. */
  readonly since?: Date | undefined;
}

/** What an execution found when it claimed a user. */
export type Claimed =
  | { readonly act: 'proceed'; readonly takesOver: readonly string[]; readonly actFrom?: string }
  | { readonly act: 'handOn'; readonly to: string; readonly because: string };

/**
 * The last attempt according to the user's tag; if that is missing or invalid, the last one that is running. A tag
 * with an execution of another machine is invalid. If Step Functions doesn't know the execution any more (after 90
 * days), its number is still where counting continues, so that no record of an earlier rotation is overwritten by one
 * of the same name.
 * @param enteredAt when the search began, however often it was retried
 * @throws {AwsUnavailable} for half a minute if the marked execution isn't known: it may have just started
 */
export async function findLastAttempt(
  rotation: Rotation,
  tags: ReadonlyMap<string, string>,
  enteredAt: Date | undefined,
  dependencies: Dependencies,
): Promise<LastAttempt> {
  const executions = new Executions(dependencies);
  const marked = markedSibling(tags.get(rotationTag), rotation.executionArn);
  const attempt = marked === undefined ? undefined : attemptOf(rotation, nameOf(marked));
  if (marked !== undefined && attempt !== undefined) {
    const execution = await executions.describe(marked);
    if (execution !== undefined)
      return { attempt, executionArn: marked, running: execution.status === 'RUNNING' };
    if (attempt <= plausibleAttempts && enteredAt !== undefined && isRecent(enteredAt, dependencies))
      throw new AwsUnavailable(`${marked} isn't known yet, or not any more`);
  }
  const last = lastRunning(rotation, await executions.running(machineOf(rotation.executionArn)));
  const isForgotten = !last.running && attempt !== undefined && attempt <= plausibleAttempts;
  return isForgotten ? { attempt, running: false } : last;
}

/** Step Functions may not describe or list an execution for some seconds after its start. Milliseconds. */
const describedLate = 30_000;

const isRecent = (since: Date, { now }: Dependencies): boolean =>
  now().getTime() < later(since, describedLate).getTime();

/** Excludes this execution, which is running too but may not be the user's rotation. */
function lastRunning(rotation: Rotation, names: readonly string[]): LastAttempt {
  let last: LastAttempt = { attempt: 0, running: false };
  for (const name of names.filter((one) => one !== nameOf(rotation.executionArn))) {
    const attempt = attemptOf(rotation, name) ?? 0;
    if (attempt > last.attempt)
      last = { attempt, executionArn: siblingArn(rotation.executionArn, name), running: true };
  }
  return last;
}

/**
 * Goes through the attempts after the last, in order. This execution's own number comes up only if all earlier ones
 * have ended. Otherwise an earlier one is started, or already running, and is the user's rotation. So two can't run
 * simultaneously under two numbers. An emergency skips running rotations, and takes over from them later.
 * @throws {NoFreeName}
 */
export async function claimAfter(
  last: LastAttempt,
  claimant: Claimant,
  dependencies: Dependencies,
): Promise<Claimed> {
  const { rotation, request, stateMachineArn } = claimant;
  const executions = new Executions(dependencies);
  const takesOver: string[] = [];
  let actFrom: string | undefined;
  const meet = async (arn: string, known?: DescribedExecution): Promise<Claimed | undefined> => {
    const execution = known ?? (await executions.describe(arn));
    // If it isn't found, that may be Step Functions' lag: then it counts as running.
    if (execution !== undefined && execution.status !== 'RUNNING') {
      actFrom = lingeringUntil(execution) ?? actFrom;
      return undefined;
    }
    if (execution !== undefined && (await isBehind(arn, execution, claimant, executions)))
      throw new AwsUnavailable(`${arn} started later and hasn't claimed the user yet`);
    if (request.action !== 'emergency') return handOn(arn);
    if (await isTold(arn, execution, request, executions)) return handOn(arn);
    takesOver.push(arn);
    return undefined;
  };
  const proceed = (): Claimed => ({
    act: 'proceed',
    takesOver,
    ...(actFrom === undefined || request.action === 'emergency' ? {} : { actFrom }),
  });
  if (last.executionArn === rotation.executionArn) return proceed();
  if (last.executionArn !== undefined) {
    const met = await meet(last.executionArn);
    if (met !== undefined) return met;
  }
  const own = attemptOf(rotation, nameOf(rotation.executionArn));
  for (let attempt = last.attempt + 1; attempt <= last.attempt + mostAttempts; attempt += 1) {
    const name = executionName(rotation, attempt);
    if (attempt === own) return proceed();
    const started = await executions.start(stateMachineArn, name, request);
    if (started.state === 'started') return handOn(started.executionArn);
    const met = await meet(siblingArn(rotation.executionArn, name));
    if (met !== undefined) return met;
  }
  throw new NoFreeName(`no name is free for ${rotation.userName} after attempt ${last.attempt}`);
}

/**
 * Whether the other attempt delegates to this one as soon as it looks: it started later and hasn't claimed the user.
 * Otherwise two attempts that start at the same time would delegate to each other.
 */
async function isBehind(
  arn: string,
  { startedAt }: DescribedExecution,
  { rotation, since }: Claimant,
  executions: Executions,
): Promise<boolean> {
  const own = attemptOf(rotation, nameOf(rotation.executionArn));
  const other = attemptOf(rotation, nameOf(arn));
  if (own === undefined || other === undefined || since === undefined) return false;
  const lead = startedAt.getTime() - since.getTime();
  if (lead < 0 || (lead === 0 && other < own)) return false;
  const events = await executions.history(arn);
  return !events.some(({ stateEnteredEventDetails }) => stateEnteredEventDetails?.name === 'Assess');
}

/** Until when a function of a stopped execution may still be running; undefined if it wasn't stopped. */
function lingeringUntil({ status, stoppedAt }: DescribedExecution): string | undefined {
  const isStopped = status === 'ABORTED' || status === 'TIMED_OUT';
  return isStopped && stoppedAt !== undefined ? later(stoppedAt, longestRun).toISOString() : undefined;
}

const emergencySchema = z.object({
  action: z.literal('emergency'),
  keyId: z.string(),
  alsoLeaked: z.array(z.string()).default([]),
});

/**
 * Whether the running execution is an emergency that knows of this leak or is told of it now; an emergency never
 * stops another. One that waits for its next try then tries immediately.
 * @throws {AwsUnavailable} if it isn't known yet what is running, or it doesn't wait yet; retried within seconds
 */
async function isTold(
  executionArn: string,
  execution: DescribedExecution | undefined,
  request: Request,
  executions: Executions,
): Promise<boolean> {
  if (execution === undefined) throw new AwsUnavailable(`${executionArn} can't be described yet`);
  const running = emergencySchema.safeParse(fromJson(execution.input)).data;
  if (running === undefined) return false;
  const known = new Set([running.keyId, ...running.alsoLeaked]);
  const unknown = [request.keyId ?? '', ...(request.alsoLeaked ?? [])].filter((id) => !known.has(id));
  const events = await executions.history(executionArn);
  const told = new Set(events.flatMap(toldIn));
  const leaked = unknown.filter((id) => !told.has(id));
  const open = openToken(events);
  // It may wait a day before it tries again; whoever starts it again has removed the obstacle.
  const isAsking = open?.stateName === 'AskAboutLeak';
  if (leaked.length === 0 && !isAsking) return true;
  const news = new AnotherKeyLeaked(JSON.stringify({ keyIds: leaked }));
  const answer = open === undefined ? 'gone' : await executions.fail(open.token, news);
  if (answer === 'gone' && leaked.length > 0)
    throw new AwsUnavailable(`${executionArn} can't be told of another leaked key yet`);
  return true;
}

const newsSchema = z.object({ keyIds: z.array(z.string()) });

/** The leaked keys that an event reported to the emergency. */
function toldIn({ taskFailedEventDetails: failed }: HistoryEvent): readonly string[] {
  if (failed?.error !== 'AnotherKeyLeaked') return [];
  return newsSchema.safeParse(fromJson(failed.cause)).data?.keyIds ?? [];
}

const handOn = (to: string): Claimed => ({
  act: 'handOn',
  to,
  because: "the user's rotation is already running under that name",
});
