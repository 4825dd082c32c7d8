import * as z from 'zod';
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
