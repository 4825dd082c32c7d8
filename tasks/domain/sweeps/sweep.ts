import * as z from 'zod';
import { nameOf } from '../execution-name.ts';
import { accountIdSchema } from '../scope.ts';
import { isoDay } from '../time.ts';
import { lastMailSchema } from './news.ts';

/** The sweep that a task works for; passed from state to state. */
export const sweepSchema = z.object({
  id: z.string(),
  executionArn: z.string(),
  startedAt: z.coerce.date(),
  /** The prefix of all its objects in the bucket; ends in a slash. */
  prefix: z.string(),
});
export type Sweep = z.infer<typeof sweepSchema>;

/** A sweep has its execution's name, and its prefix contains the day on which that was started. */
export function sweepOf(executionArn: string, startedAt: Date): Sweep {
  const id = nameOf(executionArn);
  return { id, executionArn, startedAt, prefix: `sweeps/${isoDay(startedAt)}/${id}/` };
}

/** An account to be surveyed, as a line of the list that the Map reads. */
export const accountItemSchema = z.object({
  id: accountIdSchema,
  name: z.string(),
  email: z.string(),
  /** The organizational unit, or the root, that it is directly in. */
  unit: z.string().optional(),
  /** Why nothing may be started in it, if that is so. */
  notLive: z.string().optional(),
});
export type AccountItem = z.infer<typeof accountItemSchema>;

/** A survey's input besides the account. `users` is omitted if the input doesn't narrow by it. */
export const surveySchema = z.object({
  users: z.array(z.string()).optional(),
  inspectAllUsers: z.boolean(),
  /** Prefixes of the latest complete sweeps, newest first. */
  previous: z.array(z.string()).default([]),
  /** Whether secrets of users who are gone may be deleted. */
  deletesSecrets: z.boolean().default(false),
  /** The prefix of the sweep that the number of keys is compared with, if there is one. */
  base: z.string().optional(),
});

/** What the first state found, for the states at the end. */
export const scopeNoteSchema = z.object({
  problems: z.array(z.string()),
  skippedAccounts: z.number(),
  users: z.array(z.string()).optional(),
  /** Whether the input excluded some of the deployment's scope. */
  narrowed: z.boolean(),
  audit: z.boolean(),
  /** The input asked for an audit: whoever asked gets the mail. */
  auditAsked: z.boolean().default(false),
  tellOwners: z.boolean(),
  /** What the operators were last told. */
  told: lastMailSchema.optional(),
  /** Prefixes of the latest complete sweeps, newest first. */
  previous: z.array(z.string()).default([]),
  /** Prefixes of the first complete sweep of each month, oldest first; the numbers are compared with `base`. */
  milestones: z.array(z.string()).default([]),
  base: z.string().optional(),
});
export type ScopeNote = z.infer<typeof scopeNoteSchema>;

/** Names of a sweep's objects, below its prefix. */
export const objects = {
  accounts: 'accounts.jsonl',
  skipped: 'skipped.csv',
  scope: 'scope.json',
  overview: 'overview.json',
  accountLines: 'accounts.csv',
  unitLines: 'units.csv',
  controlLines: 'controls.csv',
  controlData: 'controls.json',
  wave: 'wave.json',
  /** The results of a round of starts, by its number. */
  startsOf: (round: number): string => `starts-${round}.json`,
  report: 'report.json',
  page: 'index.html',
  keysOf: (accountId: string, form: 'jsonl' | 'csv'): string => `keys/account=${accountId}/keys.${form}`,
  goneOf: (accountId: string): string => `keys/account=${accountId}/gone-users.jsonl`,
  summaryOf: (accountId: string): string => `keys/account=${accountId}/summary.json`,
} as const;
