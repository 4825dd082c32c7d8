import * as z from 'zod';
import { countResults } from '../controls/judge.ts';
import { controlCountsSchema } from '../controls/result.ts';
import { defined } from '../defined.ts';
import { isUnreadable, type Owners } from '../owners.ts';
import { accountIdSchema } from '../scope.ts';
import { changeSchema, type KeysChange } from './change.ts';
import { type GoneUser, type GoneUsers, goneUsersSchema, noneGone } from './gone-users.ts';
import {
  gatherQuestions,
  noQuestions,
  type OpenQuestion,
  openQuestionsSchema,
  ownerQuestion,
} from './open-question.ts';
import {
  candidateSchema,
  decisionSchema,
  type KeyDecision,
  type KeyRow,
  keyRowSchema,
  unneededUserSchema,
} from './row.ts';
import { countRunning, noneRunning, runningSchema } from './running.ts';
import type { Triaged } from './triage.ts';
import { inWaveOrder, oldestFirst } from './wave.ts';

/** The lists are short because a sweep reads up to ten thousand summaries; the account's own rows are complete. */
export const oldestOfAccount = 20;
const problemsOfAccount = 20;
const mostQuestions = 20;
const unneededOfAccount = 20;
const goneOfAccount = 20;
/** Candidates beyond an account's share of a wave, as replacements for those that can't be started. */
export const sparesOfAccount = 5;

const decisions = decisionSchema.options;
const countsSchema = z.record(decisionSchema, z.number());

/** Users that could be deleted: how many there are, and the first of them. */
export const unneededSchema = z.object({ count: z.number(), first: z.array(unneededUserSchema) });
export type Unneeded = z.infer<typeof unneededSchema>;
export const noneUnneeded: Unneeded = { count: 0, first: [] };

/** The final result of a sweep for one account. */
export const summarySchema = z.discriminatedUnion('state', [
  z.object({
    state: z.literal('surveyed'),
    accountId: accountIdSchema,
    /** When the credential report was generated. */
    asOf: z.coerce.date(),
    users: z.number(),
    /** Keys by decision, including root and inactive keys. */
    counts: countsSchema,
    overdue: z.number(),
    exemptionsExpired: z.number(),
    /** The first users that may be started, in the wave's order; at most an account's share of a wave. */
    candidates: z.array(candidateSchema),
    /** Some of those that follow. */
    spares: z.array(candidateSchema).default([]),
    /** Users that may be started, including those beyond the share. */
    ready: z.number(),
    /** Why nothing may be started in this account now, although it is live. */
    hold: z.string().optional(),
    /** Why this account isn't live. */
    notLive: z.string().optional(),
    oldest: z.array(keyRowSchema),
    problems: z.array(z.string()),
    /** What keyturn waits for. */
    open: openQuestionsSchema.default(noQuestions),
    /** How the keys changed since the sweep that this one is compared with, if that surveyed this account. */
    change: changeSchema.optional(),
    /** Whether every user of the credential report, and the root user, could be read. */
    complete: z.boolean().default(false),
    /** The results of the controls; undefined before 1.0. */
    controls: controlCountsSchema.optional(),
    /** What was wrong with the account's own owners, if they were looked for. */
    ofOwners: z.array(z.string()).default([]),
    /** Secrets of users who are gone. */
    gone: goneUsersSchema.default(noneGone),
    /** Users that could be deleted. */
    unneeded: unneededSchema.default(noneUnneeded),
    /** Its running rotations. */
    rotations: runningSchema.default(noneRunning),
    /** Those of the users named in the input that exist here. */
    named: z.array(z.string()),
  }),
  z.object({
    state: z.literal('failed'),
    accountId: accountIdSchema,
    error: z.string(),
    cause: z.string(),
  }),
]);
export type Summary = z.infer<typeof summarySchema>;
export type Surveyed = Extract<Summary, { state: 'surveyed' }>;

/** Summarizes an account's triaged users. */
export function summarize(
  triaged: readonly Triaged[],
  about: {
    readonly accountId: string;
    readonly asOf: Date;
    readonly users: number;
    readonly perAccount: number;
    readonly hold?: string | undefined;
    readonly notLive?: string | undefined;
    readonly problems: readonly string[];
    readonly named: readonly string[];
    readonly change?: KeysChange | undefined;
    /** Whether the credential report had the root user, and how many users of it could not be read. */
    readonly rootRead: boolean;
    readonly unread: number;
    readonly owners?: Owners | undefined;
  },
): Surveyed {
  const { accountId, asOf, users, perAccount, hold, notLive, named } = about;
  const rows = triaged.flatMap((one) => one.rows);
  const candidates = triaged.flatMap(({ candidate }) => (candidate === undefined ? [] : [candidate]));
  const ordered = hold === undefined ? inWaveOrder(candidates) : [];
  const problems = [...about.problems, ...triaged.flatMap(({ problem }) => problem ?? [])];
  return {
    state: 'surveyed',
    accountId,
    asOf,
    users,
    counts: countByDecision(rows),
    overdue: rows.filter(({ overdue }) => overdue).length,
    exemptionsExpired: triaged.filter(({ exemptionExpired }) => exemptionExpired).length,
    candidates: ordered.slice(0, perAccount),
    spares: ordered.slice(perAccount, perAccount + sparesOfAccount),
    ready: hold === undefined ? candidates.length : 0,
    ...defined({ hold, notLive, change: about.change }),
    oldest: oldestActive(rows),
    open: gatherQuestions(
      [...triaged.flatMap(({ open }) => open ?? []), ...questionsOfAccount(accountId, about.owners)],
      mostQuestions,
    ),
    problems: shorten(problems, problemsOfAccount),
    complete: about.rootRead && about.unread === 0,
    controls: countResults(rows, about),
    ofOwners: [...(about.owners?.passedOver ?? [])],
    gone: noneGone,
    unneeded: unneededAmong(triaged),
    rotations: countRunning(triaged.flatMap(({ rotation }) => rotation ?? [])),
    named: [...named],
  };
}

/** A contact that can't be read is no question: the same is often true of every account. */
const questionsOfAccount = (accountId: string, owners: Owners | undefined): OpenQuestion[] =>
  (owners?.passedOver ?? [])
    .filter((problem) => !isUnreadable(problem))
    .flatMap((problem) => ownerQuestion({ accountId }, problem) ?? []);

/** Those that somebody may have to do something about come first. */
export function goneInSummary(gone: readonly GoneUser[]): GoneUsers {
  const urgency = ['restore', 'delete', 'keep', 'inUse', 'wait', 'scheduled'] as const;
  const sorted = gone.toSorted((a, b) => urgency.indexOf(a.act) - urgency.indexOf(b.act));
  return { count: gone.length, first: sorted.slice(0, goneOfAccount) };
}

function unneededAmong(triaged: readonly Triaged[]): Unneeded {
  const all = triaged.flatMap(({ unneeded }) => unneeded ?? []);
  return { count: all.length, first: all.slice(0, unneededOfAccount) };
}

export function countByDecision(rows: readonly Pick<KeyRow, 'decision'>[]): Record<KeyDecision, number> {
  const counts = noCounts();
  for (const { decision } of rows) counts[decision] += 1;
  return counts;
}

/** Zero for every decision. */
export const noCounts = (): Record<KeyDecision, number> =>
  // Built from the list of all decisions, so every key is present.
  Object.fromEntries(decisions.map((decision) => [decision, 0])) as Record<KeyDecision, number>;

const oldestActive = (rows: readonly KeyRow[]): KeyRow[] =>
  rows
    .filter(({ status }) => status === 'Active')
    .toSorted(oldestFirst)
    .slice(0, oldestOfAccount);

/** At most that many sentences, and how many more there are. */
export function shorten(sentences: readonly string[], most: number): string[] {
  const more = sentences.length - most;
  return more <= 0 ? [...sentences] : [...sentences.slice(0, most), `and ${more} more`];
}
