import * as z from 'zod';
import { evidenceSchema } from '../asking/evidence.ts';
import { decisionSchema } from '../asking/question.ts';
import { accountInName, nameOf } from '../execution-name.ts';
import { accessKeyIdSchema, lastUseSchema } from '../keys.ts';
import { planSchema } from '../rotation.ts';
import { isoDay } from '../time.ts';

/** The version of a record's schema. A field that is added leaves it as it is; any other change is a new version. */
export const recordVersion = '1';

/** The result of a step, as far as a record keeps it. No other field of a task's result gets into a record. */
export const resultSchema = z
  .object({
    act: z.string(),
    because: z.string(),
    at: z.coerce.date(),
    use: lastUseSchema,
    evidence: evidenceSchema,
    to: z.array(z.string()),
  })
  .partial();

/**
 * A stay in a state that did something or waited.
 * - `tries`: how often its task was called.
 * - `error`, `cause`: what it ended with, or recovered from, last.
 */
export const stepSchema = z.object({
  state: z.string(),
  from: z.coerce.date(),
  until: z.coerce.date().optional(),
  tries: z.number().int().nonnegative(),
  result: resultSchema.optional(),
  error: z.string().optional(),
  cause: z.string().optional(),
});
export type RecordedStep = z.output<typeof stepSchema>;

/** An answer, with the state in which it was awaited. */
const recordedDecisionSchema = decisionSchema
  .pick({ decision: true, by: true, reason: true, days: true, keyId: true, from: true, at: true })
  .extend({ state: z.string() });
export type RecordedDecision = z.output<typeof recordedDecisionSchema>;

/**
 * What was decided in one rotation, by whom, when and why, with the evidence. Written once, when the rotation ends.
 * No secret and no task token.
 * - `request`: the execution's input, as it was given.
 * - `redrives`: how often the execution had been redriven before this end.
 * - `ended.error`, `ended.cause`: only if it didn't succeed.
 */
export const recordSchema = z.object({
  version: z.literal(recordVersion),
  executionArn: z.string(),
  redrives: z.number().int().nonnegative(),
  accountId: z.string().optional(),
  userName: z.string().optional(),
  startedAt: z.coerce.date(),
  endedAt: z.coerce.date(),
  request: z.unknown(),
  ended: z.object({
    status: z.enum(['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED']),
    outcome: z.string().optional(),
    because: z.string().optional(),
    error: z.string().optional(),
    cause: z.string().optional(),
  }),
  plan: planSchema.optional(),
  newKeyId: accessKeyIdSchema.optional(),
  secretArn: z.string().optional(),
  decisions: z.array(recordedDecisionSchema),
  steps: z.array(stepSchema),
});
export type RotationRecord = z.output<typeof recordSchema>;

/** Where records are kept in the report bucket. */
export const recordPrefix = 'rotations/';

/**
 * A record's object, below `recordPrefix`. The name of a rotation's execution begins with the account and the user,
 * so one user's records have a common prefix.
 */
export function recordName({
  executionArn,
  redrives,
}: Pick<RotationRecord, 'executionArn' | 'redrives'>): string {
  return `${folderOf(executionArn)}${redrives}.html`;
}

/**
 * The same for an execution whose name was free again: Step Functions forgets a name after 90 days, and the record of
 * its first bearer stays.
 */
export const recordNameAgain = ({ executionArn, redrives, startedAt }: RotationRecord): string =>
  `${folderOf(executionArn)}${isoDay(startedAt)}-${redrives}.html`;

function folderOf(executionArn: string): string {
  const name = nameOf(executionArn);
  return `${accountInName(name) ?? 'others'}/${name}/`;
}

const scriptId = 'record';
const scriptPattern = new RegExp(
  `<script type="application/json" id="${scriptId}">(?<json>.*?)</script>`,
  's',
);

/** A record as a page contains it, besides showing it. */
export const asData = (record: RotationRecord): { readonly id: string; readonly value: unknown } => ({
  id: scriptId,
  value: record,
});

/** The record in its page; undefined if there is none. */
export function recordIn(page: string): RotationRecord | undefined {
  const json = scriptPattern.exec(page)?.groups?.json;
  return json === undefined ? undefined : recordSchema.safeParse(JSON.parse(json)).data;
}
