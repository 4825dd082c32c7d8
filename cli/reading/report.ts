import pMap from 'p-map';
import * as z from 'zod';
import { fromJson } from '../../tasks/domain/json.ts';
import { type KeyRow, keyRowSchema } from '../../tasks/domain/sweeps/row.ts';
import { type Surveyed, summarySchema } from '../../tasks/domain/sweeps/summary.ts';
import { objects } from '../../tasks/domain/sweeps/sweep.ts';
import type { Context } from '../context.ts';
import { type ReportedSweep, readReported, wholeSweeps } from './sweeps.ts';

/** How many objects are read simultaneously. */
const atATime = 24;

export interface ReportedAccount {
  readonly id: string;
  readonly name: string;
}
const accountSchema = z.object({ id: z.string(), name: z.string() });

/** The report of a sweep, read piece by piece: an organization's keys can be many. */
export class Report {
  #accounts: Promise<readonly ReportedAccount[]> | undefined;

  constructor(
    private readonly context: Context,
    readonly sweep: ReportedSweep,
  ) {}

  /** The last sweep's; undefined if none of the whole scope has completed. */
  static async latest(context: Context): Promise<Report | undefined> {
    const [latest] = await Report.several(context, 1);
    return latest;
  }

  /** The last few sweeps' reports, the newest first. */
  static async several(context: Context, most: number): Promise<Report[]> {
    const reports: Report[] = [];
    for await (const sweep of wholeSweeps(context.aws, context.machines.sweep)) {
      reports.push(new Report(context, sweep));
      if (reports.length >= most) break;
    }
    return reports;
  }

  /** Every account that the sweep looked at. */
  accounts(): Promise<readonly ReportedAccount[]> {
    this.#accounts ??= this.#lines(objects.accounts, accountSchema);
    return this.#accounts;
  }

  /** Every key of an account; none if the sweep couldn't read it. */
  rows(accountId: string): Promise<KeyRow[]> {
    return this.#lines(objects.keysOf(accountId, 'jsonl'), keyRowSchema);
  }

  /** What the sweep found in an account; undefined if it couldn't read it. */
  async summary(accountId: string): Promise<Surveyed | undefined> {
    const read = summarySchema.safeParse(fromJson(await this.text(objects.summaryOf(accountId)))).data;
    return read?.state === 'surveyed' ? read : undefined;
  }

  /** Every key that passes, of the accounts that pass. */
  async search(
    what: string,
    passes: (row: KeyRow) => boolean,
    accounts?: readonly ReportedAccount[],
  ): Promise<KeyRow[]> {
    const all = accounts ?? (await this.accounts());
    return this.context.during(what, async (report) => {
      let done = 0;
      const found = await pMap(
        all,
        async ({ id }) => {
          const rows = (await this.rows(id)).filter(passes);
          done += 1;
          report(`${done} of ${all.length} accounts`);
          return rows;
        },
        { concurrency: atATime },
      );
      return found.flat();
    });
  }

  /** An object of the report, as text. */
  text(name: string): Promise<string | undefined> {
    const { aws, deployment } = this.context;
    return readReported(aws, deployment.account, this.sweep, name);
  }

  async #lines<Schema extends z.ZodType>(name: string, schema: Schema): Promise<z.output<Schema>[]> {
    const text = (await this.text(name)) ?? '';
    return text.split('\n').flatMap((line) => {
      const read = line === '' ? undefined : schema.safeParse(fromJson(line));
      return read?.success === true ? [read.data] : [];
    });
  }
}
