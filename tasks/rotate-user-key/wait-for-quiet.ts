import { drainWaitSchema } from '../domain/asking/standing.ts';
import { lambdaHandler } from '../lambda.ts';
import { task } from '../task.ts';

/**
 * State WaitForQuiet: does nothing. It is invoked so that the execution waits for a token, by which the owner can take
 * the answer back as long as the key is active. Its time-out is the next check of the key.
 */
export const waitForQuiet = task({
  name: 'WaitForQuiet',
  input: drainWaitSchema,
  run: async ({ rotation, round }, { log }) => {
    log.info('waits until the key could be quiet', { ...rotation, round });
    return {};
  },
});

export const handler = lambdaHandler(waitForQuiet);
