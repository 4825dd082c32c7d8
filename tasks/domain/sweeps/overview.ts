import * as z from 'zod';
import { notSurveyed, resultsInAll } from '../controls/judge.ts';
import { controlCountsSchema } from '../controls/result.ts';
import { defined } from '../defined.ts';
import { NameSet } from '../letter-case.ts';
import { type GoneUsers, goneUsersSchema, noneGone } from './gone-users.ts';
import {
  type AccountLine,
  accountLineSchema,
  changeInAll,
  changeInAllSchema,
  mostKeysFirst,
  unitLineSchema,
  unitLinesOf,
} from './lines.ts';
import { mergeQuestions, noQuestions, type OpenQuestions, openQuestionsSchema } from './open-question.ts';
import { type Candidate, decisionSchema, keyRowSchema } from './row.ts';
import { addRunning, noneRunning, type RunningRotations, runningSchema } from './running.ts';
import { noCounts, noneUnneeded, type Summary, type Unneeded, unneededSchema } from './summary.ts';
import type { AccountItem } from './sweep.ts';
import { oldestFirst } from './wave.ts';

/** The most that a page shows. */
const most = 500;
/** The same for lists that have a file of their own. */
const mostLines = 100;

export const totalsSchema = z.object({
  accounts: z.number(),
  surveyed: z.number(),
  failedAccounts: z.number(),
  skippedAccounts: z.number(),
  users: z.number(),
  keys: z.number(),
  byDecision: z.record(decisionSchema, z.number()),
  overdue: z.number(),
  exemptionsExpired: z.number(),
});
export type Totals = z.infer<typeof totalsSchema>;

/** The whole organization in a few numbers and bounded lists. */
export const overviewSchema = z.object({
  totals: totalsSchema,
  failed: z.array(z.object({ accountId: z.string(), name: z.string(), because: z.string() })),
  problems: z.array(z.string()),
  oldest: z.array(keyRowSchema),
  open: openQuestionsSchema.default(noQuestions),
  /** The accounts and the units with the most keys. */
  accounts: z.array(accountLineSchema).default([]),
  units: z.array(unitLineSchema).default([]),
  change: changeInAllSchema.optional(),
  /** The results of the controls in all accounts. */
  controls: controlCountsSchema.optional(),
  unneeded: unneededSchema.default(noneUnneeded),
  gone: goneUsersSchema.default(noneGone),
  /** The running rotations. */
  rotations: runningSchema.default(noneRunning),
});
export type Overview = z.infer<typeof overviewSchema>;

type AccountOfLine = Pick<AccountItem, 'id' | 'name' | 'unit'>;

/** Aggregates summaries one by one, in bounded memory. */
export class Gathering {
  readonly candidates: Candidate[] = [];
  /** Replacements for candidates that can't be started. */
  readonly spares: Candidate[] = [];
  readonly lines: AccountLine[] = [];
  /** Users that could be started if waves were unlimited. */
  ready = 0;
  readonly #totals = {
    accounts: 0,
    surveyed: 0,
    failedAccounts: 0,
    users: 0,
    keys: 0,
    overdue: 0,
    exemptionsExpired: 0,
  };
  readonly #byDecision = noCounts();
  readonly #failed: Overview['failed'] = [];
  readonly #problems: string[];
  readonly #named: string[] = [];
  #oldest: Overview['oldest'] = [];
  #open: OpenQuestions[] = [];
  #rotations: RunningRotations = noneRunning;
  readonly #unneeded: Unneeded = { count: 0, first: [] };
  readonly #gone: GoneUsers = { count: 0, first: [] };
  /** What is wrong with accounts' owners, with the accounts' number and the first of them. */
  readonly #ofOwners = new Map<string, { count: number; readonly first: string }>();

  constructor(problems: readonly string[]) {
    this.#problems = [...problems];
  }

  /** @param summary undefined if the survey left none, which is then reported as the failure */
  add(account: AccountOfLine, summary: Summary | undefined): void {
    this.#totals.accounts += 1;
    if (summary?.state !== 'surveyed') {
      this.#addFailure(
        account,
        summary === undefined ? 'its survey left no result' : `${summary.error}: ${summary.cause}`,
      );
      return;
    }
    const { counts, users, overdue, exemptionsExpired, hold, notLive } = summary;
    const keys = Object.values(counts).reduce((sum, count) => sum + count, 0);
    this.#totals.surveyed += 1;
    this.#totals.users += users;
    this.#totals.keys += keys;
    this.#totals.overdue += overdue;
    this.#totals.exemptionsExpired += exemptionsExpired;
    for (const decision of decisionSchema.options) this.#byDecision[decision] += counts[decision];
    this.candidates.push(...summary.candidates);
    this.spares.push(...summary.spares);
    this.ready += summary.ready;
    this.#named.push(...summary.named);
    const problems = hold === undefined ? summary.problems : [hold, ...summary.problems];
    for (const problem of problems) this.#problems.push(`${account.id}: ${problem}`);
    for (const problem of summary.ofOwners) this.#addOwners(account.id, problem);
    this.#keepOldest(summary.oldest);
    this.#open.push(summary.open);
    this.#rotations = addRunning(this.#rotations, summary.rotations);
    this.#unneeded.count += summary.unneeded.count;
    this.#unneeded.first.push(...summary.unneeded.first.slice(0, most - this.#unneeded.first.length));
    this.#gone.count += summary.gone.count;
    this.#gone.first.push(...summary.gone.first.slice(0, most - this.#gone.first.length));
    const why = notLive ?? hold;
    const result = why === undefined ? 'surveyed' : `surveyed; nothing is started: ${why}`;
    const oldestDays = summary.oldest[0]?.ageDays;
    const { change, controls } = summary;
    this.#addLine(account, {
      ...{ result, users, keys, due: counts.due, overdue },
      ...defined({ oldestDays, change, controls }),
    });
  }

  /** @param named the users that the input narrows the sweep to */
  overview(skippedAccounts: number, named: readonly string[]): Overview {
    const there = new NameSet(this.#named);
    const unknown = named.filter((name) => !there.has(name));
    const problems = [
      ...this.#problems,
      ...unknown.map((name) => `user ${name} is in none of the accounts`),
      ...[...this.#ofOwners].map(([problem, { count, first }]) =>
        count === 1 ? `${first}: ${problem}` : `${count} accounts, the first ${first}: ${problem}`,
      ),
    ];
    return {
      totals: { ...this.#totals, skippedAccounts, byDecision: this.#byDecision },
      failed: this.#failed.slice(0, most),
      problems: problems.slice(0, most),
      oldest: this.#oldest.toSorted(oldestFirst).slice(0, most),
      open: mergeQuestions(this.#open, most),
      accounts: mostKeysFirst(this.lines).slice(0, mostLines),
      units: unitLinesOf(this.lines).slice(0, mostLines),
      change: changeInAll(this.lines),
      controls: resultsInAll(this.lines),
      unneeded: this.#unneeded,
      gone: this.#gone,
      rotations: this.#rotations,
    };
  }

  /** Often the same for every account, and then one sentence. */
  #addOwners(accountId: string, problem: string): void {
    const same = this.#ofOwners.get(problem) ?? { count: 0, first: accountId };
    same.count += 1;
    this.#ofOwners.set(problem, same);
  }

  #addFailure(account: AccountOfLine, because: string): void {
    this.#totals.failedAccounts += 1;
    this.#failed.push({ accountId: account.id, name: account.name, because });
    const nothing = { users: 0, keys: 0, due: 0, overdue: 0 };
    this.#addLine(account, { result: `failed: ${because}`, ...nothing, controls: notSurveyed() });
  }

  #addLine({ id, name, unit }: AccountOfLine, line: Omit<AccountLine, 'accountId' | 'name' | 'unit'>): void {
    this.lines.push({ accountId: id, name, ...defined({ unit }), ...line });
  }

  #keepOldest(rows: Overview['oldest']): void {
    this.#oldest.push(...rows);
    // Not after every account, because sorting costs more than keeping some extra rows.
    if (this.#oldest.length > 10 * most) this.#oldest = this.#oldest.toSorted(oldestFirst).slice(0, most);
  }
}
