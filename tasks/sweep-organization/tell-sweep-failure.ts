import * as z from 'zod';
import { mailTo } from '../aws/mailer.ts';
import { messageIn } from '../failure.ts';
import { lambdaHandler } from '../lambda.ts';
import { sweepFailed } from '../mails/sweep-failed.ts';
import { task } from '../task.ts';

const input = z.object({
  executionArn: z.string(),
  failure: z.object({ Error: z.string(), Cause: z.string().default('') }),
  failedAt: z.string(),
});

/** State TellSweepFailure: a sweep that ends with an error says so, before its absence does. */
export const tellSweepFailure = task({
  name: 'TellSweepFailure',
  input,
  run: async ({ executionArn, failure, failedAt }, dependencies) => {
    const cause = messageIn(failure.Cause);
    const mail = sweepFailed({
      executionArn,
      error: failure.Error,
      cause,
      stage: failedAt,
      settings: dependencies.settings,
    });
    const to = await mailTo(dependencies, [dependencies.settings.operators], mail);
    dependencies.log.error('a sweep failed', { executionArn, error: failure.Error, cause, failedAt });
    return { to };
  },
});

export const handler = lambdaHandler(tellSweepFailure);
