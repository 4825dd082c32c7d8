import type { HistoryEvent } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { deletedAt } from '../asking/deadlines.ts';
import { type Decision, decisionSchema, fixed } from '../asking/question.ts';
import { messageIn } from '../failure.ts';
import { fromJson } from '../json.ts';
import { leavingOf } from '../rotation.ts';
import { later } from '../time.ts';
import {
  type PayloadFacts,
  payloadSchema,
  type Variables,
  variablesSchema,
  type WorkFacts,
} from './facts.ts';
import { type Stage, stageOf } from './stages.ts';

/** A stay in one stage, in one round and for one key. */
export interface StagePart {
  readonly stage: Stage;
  readonly since: Date;
  /** Absent as long as it lasts. */
  until?: Date;
  readonly round: number;
  /** The key that is created or removed: absent while the user is assessed and while its owner is asked. */
  keyId?: string;
}

/** One call of a task. `endsBy`: when its wait times out. */
export interface TaskCall {
  readonly state: string;
  readonly at: Date;
  readonly payload: PayloadFacts;
  readonly endsBy: Date | undefined;
}

/** A mail that a task has sent; `call` is the task's. */
export interface Sent {
  readonly at: Date;
  readonly to: readonly string[];
  readonly call: TaskCall;
}

/** An answer, and the state that it ended. */
export interface AnsweredState {
  readonly state: string;
  readonly decision: Decision;
}

/** The latest error of a state that is still being tried. */
export interface Trouble {
  readonly error: string;
  readonly because: string;
  readonly times: number;
  readonly since: Date;
}

/** What an execution's history says. */
export interface Reading {
  state: string | undefined;
  call: TaskCall | undefined;
  variables: Variables;
  work: WorkFacts;
  readonly path: StagePart[];
  readonly sent: Sent[];
  readonly given: AnsweredState[];
  trouble: Trouble | undefined;
  /** When the latest window is over. */
  windowEnds: Date | undefined;
}

/** @param events of the whole history, or its end, oldest first, with their data (`GetExecutionHistory`) */
export function readHistory(events: readonly HistoryEvent[]): Reading {
  const reading: Reading = {
    ...{ state: undefined, call: undefined, variables: {}, path: [], sent: [], given: [] },
    ...{ trouble: undefined, windowEnds: undefined },
    work: { plan: undefined, newKeyId: undefined, leaving: undefined },
  };
  for (const event of events) note(reading, event, event.timestamp ?? new Date(0));
  return reading;
}

function note(reading: Reading, event: HistoryEvent, at: Date): void {
  const { stateEnteredEventDetails: entered, stateExitedEventDetails: exited } = event;
  if (entered !== undefined) enter(reading, entered.name ?? '', at);
  else if (exited !== undefined) assign(reading, exited.assignedVariables ?? {});
  else if (event.type === 'TaskScheduled') schedule(reading, event, at);
  else if (event.type === 'TaskSubmitted') tell(reading, event.taskSubmittedEventDetails?.output, at);
  else if (event.type === 'TaskSucceeded') succeed(reading, event.taskSucceededEventDetails?.output, at);
  else fail(reading, event, at);
}

function enter(reading: Reading, state: string, at: Date): void {
  reading.state = state;
  reading.call = undefined;
  reading.trouble = undefined;
  const stage = stageOf(state);
  if (stage !== undefined && stage !== 'inactive' && stage !== 'delete') reading.windowEnds = undefined;
  // As long as the window is open, the task that will delete the key only looks at it.
  const looks = stage === 'delete' && reading.windowEnds !== undefined && at < reading.windowEnds;
  if (stage !== undefined && !looks) proceed(reading, stage, at);
}

function proceed(reading: Reading, stage: Stage, at: Date): void {
  const round = reading.variables.round ?? 1;
  const keyId = keyOf(reading, stage);
  const last = reading.path.at(-1);
  if (last?.stage === stage && last.round === round && last.keyId === keyId) return;
  if (last !== undefined) last.until = at;
  reading.path.push({ stage, since: at, round, ...(keyId === undefined ? {} : { keyId }) });
}

function keyOf({ work: { plan, newKeyId, leaving } }: Reading, stage: Stage): string | undefined {
  if (stage === 'create') return newKeyId;
  if (plan === undefined || stage === 'assess' || stage === 'ask' || stage === 'done') return undefined;
  return leavingOf({ plan, newKeyId, leaving }).leavingId;
}

function assign(reading: Reading, assigned: Readonly<Record<string, string>>): void {
  const values = Object.entries(assigned).map(([name, text]) => [name, fromJson(text)] as const);
  const set = variablesSchema.parse(Object.fromEntries(values));
  const known = Object.entries(set).filter(([name]) => Object.hasOwn(assigned, name));
  reading.variables = { ...reading.variables, ...Object.fromEntries(known) };
  if (set.work) know(reading, set.work);
}

/** What was known of the part before its key was, such as while a key is created. */
function know(reading: Reading, work: WorkFacts): void {
  reading.work = work;
  const last = reading.path.at(-1);
  if (last === undefined || last.keyId !== undefined) return;
  const keyId = keyOf(reading, last.stage);
  if (keyId !== undefined) last.keyId = keyId;
}

const parametersSchema = z.object({ Payload: payloadSchema });

function schedule(reading: Reading, { taskScheduledEventDetails: scheduled }: HistoryEvent, at: Date): void {
  const payload = parametersSchema.safeParse(fromJson(scheduled?.parameters)).data?.Payload;
  if (payload === undefined) return;
  const { state = '' } = reading;
  const seconds = scheduled?.timeoutInSeconds;
  const endsBy = seconds === undefined ? undefined : later(at, seconds * 1000);
  reading.call = { state, at, payload, endsBy };
  const { plan, newKeyId, leaving, round, reminder, asking, since } = payload;
  if (plan === undefined) return;
  know(reading, { plan, newKeyId, leaving });
  if (typeof round === 'number') reading.variables = { ...reading.variables, round, reminder, asking };
  if (state === 'OfferRollback' && since) reading.windowEnds = deletedAt(plan, since, asking ?? fixed);
}

const toldSchema = z.object({ Payload: z.object({ to: z.array(z.string()).min(1) }) });

function tell(reading: Reading, output: string | undefined, at: Date): void {
  const to = toldSchema.safeParse(fromJson(output)).data?.Payload.to;
  if (to !== undefined && reading.call !== undefined) reading.sent.push({ at, to, call: reading.call });
}

function succeed(reading: Reading, output: string | undefined, at: Date): void {
  tell(reading, output, at);
  const decision = decisionSchema.safeParse(fromJson(output)).data;
  if (decision !== undefined) reading.given.push({ state: reading.state ?? '', decision });
}

function fail(reading: Reading, event: HistoryEvent, at: Date): void {
  const failed =
    event.taskFailedEventDetails ?? event.taskSubmitFailedEventDetails ?? event.taskStartFailedEventDetails;
  if (failed === undefined) return;
  const { times = 0, since = at } = reading.trouble ?? {};
  const because = messageIn(failed.cause ?? '');
  reading.trouble = { error: failed.error ?? 'States.TaskFailed', because, times: times + 1, since };
}
