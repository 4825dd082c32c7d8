import * as z from 'zod';
import { messageIn } from '../domain/failure.ts';
import { accountItemSchema, sweepSchema } from '../domain/sweeps/sweep.ts';
import { lambdaHandler } from '../lambda.ts';
import { task } from '../task.ts';
import { storeSummary } from './store-survey.ts';

const input = z.object({
  sweep: sweepSchema,
  account: accountItemSchema,
  failure: z.object({ Error: z.string(), Cause: z.string().default('') }),
});

/** State RecordFailure: an account that can't be surveyed becomes a line of the report, and doesn't end the sweep. */
export const recordFailure = task({
  name: 'RecordFailure',
  input,
  run: async ({ sweep, account, failure }, dependencies) => {
    const { Error: error, Cause } = failure;
    const cause = messageIn(Cause).slice(0, 500);
    await storeSummary(sweep, { state: 'failed', accountId: account.id, error, cause }, dependencies);
    dependencies.log.warn('an account was not surveyed', {
      sweep: sweep.id,
      accountId: account.id,
      error,
      cause,
    });
    return {};
  },
});

export const handler = lambdaHandler(recordFailure);
