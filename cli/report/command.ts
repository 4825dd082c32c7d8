import * as z from 'zod';
import { commandSpec } from '../command.ts';
import { userShape } from '../shapes.ts';

const time = z.iso.datetime();

/** A sweep, in the JSON of both commands. */
const sweepShape = z.object({
  executionArn: z.string().describe('the sweep’s execution'),
  startedAt: time.describe('when it began: the report is of that time'),
  endedAt: time.describe('when it ended'),
  page: z.string().describe('the report’s first page: `s3://…`'),
});

const totalsShape = z
  .object({
    accounts: z.number().describe('accounts that it looked at'),
    failedAccounts: z.number().describe('accounts that it could not read'),
    users: z.number().describe('users in them'),
    keys: z.number().describe('access keys'),
    overdue: z.number().describe('keys that are overdue'),
  })
  .describe('the report’s totals');

/** The JSON of `report open`. */
export const openShape = z.object({
  sweep: sweepShape.describe('the sweep'),
  totals: totalsShape,
  url: z.string().describe('where a browser finds the report’s first page'),
});

/** The command `report open`. */
export const openCommand = commandSpec({
  name: 'report open',
  summary: 'open the last sweep’s report',
  description: `Opens the last sweep's report in a browser, and shows its totals. On anything but a terminal it only prints
the address. The page is in a private bucket: the address leads through AWS's console, signed in to
keyturn's account.

Exit code: 0, or 1 if the sweep could not read every account.`,
  examples: ['report open', 'report open --json'],
  shape: openShape,
  run: async (asked) => (await import('./report.ts')).openReport(asked),
});

const keysShape = z.object({
  user: userShape.describe('the user'),
  before: z.array(z.string()).describe('the decisions about its keys in the earlier report'),
  after: z.array(z.string()).describe('and in the later one'),
});

/** The JSON of `report diff`. */
export const diffShape = z.object({
  before: sweepShape.extend({ totals: totalsShape }).describe('the earlier sweep'),
  after: sweepShape.extend({ totals: totalsShape }).describe('the later sweep'),
  appeared: z.array(keysShape).describe('users that had no key before'),
  gone: z.array(keysShape).describe('users that have none any more'),
  changed: z.array(keysShape).describe('users about whom something else is decided now'),
});

/** The command `report diff`. */
export const diffCommand = commandSpec({
  name: 'report diff',
  summary: 'say what has changed from one sweep’s report to the next',
  description: `Compares the last two sweeps' reports: the totals, users whose keys appeared or are gone, and users about
whose keys a sweep decides otherwise than before.

Exit code: 0.`,
  options: [['--with <number>', 'compare with the sweep that many before the last: 1 to 10 (1 if omitted)']],
  examples: ['report diff', 'report diff --with 7'],
  shape: diffShape,
  run: async (asked) => (await import('./diff.ts')).diffReports(asked),
});
