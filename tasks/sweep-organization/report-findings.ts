import { pMapIterable } from 'p-map';
import * as z from 'zod';
import { ReportStore } from '../aws/report-store.ts';
import { SecurityHub, type StandingFinding } from '../aws/security-hub.ts';
import type { Dependencies } from '../dependencies.ts';
import {
  type ControlFinding,
  type FindingsPlan,
  findingId,
  planFindings,
  type SentFindings,
  sentAfter,
  sentSchema,
} from '../domain/controls/findings.ts';
import { keyRowSchema } from '../domain/sweeps/row.ts';
import { summarySchema } from '../domain/sweeps/summary.ts';
import { objects, type Sweep, sweepSchema } from '../domain/sweeps/sweep.ts';
import { minute } from '../domain/time.ts';
import { lambdaHandler } from '../lambda.ts';
import { task } from '../task.ts';
import { readAccounts, readScopeNote } from './stored.ts';

const readsAtOnce = 10;
/** A call takes this many findings; accounts are collected until they fill one, and no more of them than that. */
const enough = 100;
/** Well below the function's time-out. What is left is sent by the next sweep. */
const longest = 12 * minute;

/**
 * State ReportFindings: tells Security Hub which users fail a control, if the settings ask for it, and archives what
 * no longer holds. It never fails the sweep: what could not be sent raises an alarm, and the next sweep sends it.
 */
export const reportFindings = task({
  name: 'ReportFindings',
  input: z.object({ sweep: sweepSchema }),
  run: async ({ sweep }, dependencies) => {
    const { settings, log, metrics } = dependencies;
    if (!settings.securityHub) return { act: 'off' as const };
    const sending = new Sending(sweep, dependencies);
    let why: string | undefined;
    try {
      const { narrowed } = await readScopeNote(new ReportStore(dependencies, sweep));
      // It knows only some of the users.
      if (narrowed) return { act: 'narrowed' as const };
      await sending.all();
    } catch (error) {
      why = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    }
    const { sent, refused, left } = sending;
    const notSent = refused.size + left + (why === undefined ? 0 : 1);
    metrics.record({ FindingsSent: sent, FindingsNotSent: notSent });
    if (notSent > 0) {
      const first = [...refused].slice(0, 5).map(([id, because]) => `${id}: ${because}`);
      log.error('not all findings were sent', { sweep: sweep.id, notSent, why, first, left });
    }
    return { act: 'reported' as const, sent, notSent };
  },
});

/** An account's findings, before they are sent. */
interface Planned {
  readonly accountId: string;
  readonly before: SentFindings;
  readonly plan: FindingsPlan;
}

/** Sends account by account: however many there are, only a call's worth of them is in memory. */
class Sending {
  sent = 0;
  /** Accounts for which there was no time. */
  left = 0;
  readonly refused = new Map<string, string>();
  readonly #hub: SecurityHub;
  readonly #report: ReportStore;
  readonly #remembered: ReportStore;

  constructor(
    sweep: Sweep,
    private readonly dependencies: Dependencies,
  ) {
    const { executionArn } = sweep;
    this.#hub = new SecurityHub(dependencies, executionArn);
    this.#report = new ReportStore(dependencies, sweep);
    this.#remembered = new ReportStore(dependencies, { executionArn, prefix: 'sweeps/security-hub/' });
  }

  async all(): Promise<void> {
    const { now } = this.dependencies;
    const until = now().getTime() + longest;
    const accounts = await readAccounts(this.#report);
    const plans = pMapIterable(accounts, ({ id }) => this.#plan(id), { concurrency: readsAtOnce });
    let batch: Planned[] = [];
    let seen = 0;
    for await (const planned of plans) {
      if (now().getTime() >= until) {
        this.left = accounts.length - seen;
        break;
      }
      seen += 1;
      if (planned !== undefined) batch.push(planned);
      const findings = batch.reduce((sum, { plan }) => sum + sizeOf(plan), 0);
      if (Math.max(findings, batch.length) < enough) continue;
      await this.#send(batch);
      batch = [];
    }
    await this.#send(batch);
  }

  /** Undefined if there is nothing to send, or the account could not be surveyed: then nothing is known of it. */
  async #plan(accountId: string): Promise<Planned | undefined> {
    const text = await this.#report.read(objects.summaryOf(accountId));
    const summary = text === undefined ? undefined : summarySchema.parse(JSON.parse(text));
    if (summary?.state !== 'surveyed') return undefined;
    const known = await this.#remembered.read(nameOf(accountId));
    const before = known === undefined ? [] : sentSchema.parse(JSON.parse(known));
    const fails = Object.values(summary.controls ?? {}).some(({ fail }) => fail > 0);
    if (!fails && before.length === 0) return undefined;
    const lines = ((await this.#report.read(objects.keysOf(accountId, 'jsonl'))) ?? '').split('\n');
    const rows = lines.filter((line) => line !== '').map((line) => keyRowSchema.parse(JSON.parse(line)));
    const plan = planFindings({ rows, complete: summary.complete }, before, this.dependencies.now());
    return { accountId, before, plan };
  }

  async #send(batch: readonly Planned[]): Promise<void> {
    const as = (state: StandingFinding['state']) => (finding: ControlFinding) => ({ finding, state });
    const findings = batch.flatMap(({ plan: { open, archive } }) => [
      ...open.map(as('ACTIVE')),
      ...archive.map(as('ARCHIVED')),
    ]);
    const refused = await this.#hub.import(findings);
    for (const [id, because] of refused) this.refused.set(id, because);
    this.sent += findings.filter(({ finding }) => !refused.has(findingId(finding))).length;
    // Written even if nothing was sent, because the bucket's objects expire.
    for (const { accountId, before, plan } of batch) {
      const after = sentAfter(before, plan, new Set(refused.keys()), this.dependencies.now());
      await this.#remembered.put(nameOf(accountId), JSON.stringify(after), 'application/json');
    }
  }
}

const sizeOf = ({ open, archive }: FindingsPlan): number => open.length + archive.length;

const nameOf = (accountId: string): string => `account=${accountId}/sent.json`;

export const handler = lambdaHandler(reportFindings);
