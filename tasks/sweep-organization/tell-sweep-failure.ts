import * as z from 'zod';
import { messageIn } from '../domain/failure.ts';
import { lambdaHandler } from '../lambda.ts';
import { sweepFailed } from '../messages/sweep-failed.ts';
import { speakerOf } from '../presentation/speaker.ts';
import { task } from '../task.ts';
import { tell } from '../tell.ts';

const input = z.object({
  executionArn: z.string(),
  failure: z.object({ Error: z.string(), Cause: z.string().default('') }),
  failedAt: z.string(),
});

/** State TellSweepFailure: reports a sweep that ends with an error, before the alarm about its absence does. */
export const tellSweepFailure = task({
  name: 'TellSweepFailure',
  input,
  run: async ({ executionArn, failure, failedAt }, dependencies) => {
    const cause = messageIn(failure.Cause);
    const message = sweepFailed({
      executionArn,
      error: failure.Error,
      cause,
      stage: failedAt,
      speaker: speakerOf(dependencies.settings),
    });
    const to = await tell(dependencies, [dependencies.settings.operators], message);
    dependencies.log.error('a sweep failed', { executionArn, error: failure.Error, cause, failedAt });
    return { to };
  },
});

export const handler = lambdaHandler(tellSweepFailure);
