import * as z from 'zod';
import { keysOfCanary, pairOfCanary } from '../aws/canary.ts';
import { signsAs } from '../aws/proof.ts';
import type { Dependencies } from '../dependencies.ts';
import { type Canary, type CanaryHealth, healthOf } from '../domain/canary.ts';
import { SettingMissing } from '../domain/errors.ts';
import { accountIn } from '../domain/execution-name.ts';
import { lambdaHandler } from '../lambda.ts';
import { needed } from '../settings.ts';
import { task } from '../task.ts';

/**
 * Not the task of a state: a schedule invokes it. It is the canary's application: it reads the secret and uses the key
 * in it, as docs/self-updating.md describes. It also counts whether the canary's rotations complete, for an alarm.
 */
export const useCanaryKey = task({
  name: 'UseCanaryKey',
  input: z.unknown(),
  run: async (_, dependencies): Promise<CanaryHealth> => {
    const { settings, now, metrics, log } = dependencies;
    const { canary } = settings;
    if (canary === undefined) throw new SettingMissing('the setting canary is missing');
    const keys = await keysOfCanary(canary, dependencies);
    const health = healthOf(keys, await useOf(canary, dependencies), canary.mostDays, now());
    metrics.record({ CanaryHealthy: health.healthy ? 1 : 0 });
    if (health.healthy) log.info('used the key of the canary', { ...health });
    else log.error('the canary is stuck', { ...health });
    return health;
  },
});

async function useOf(canary: Canary, dependencies: Dependencies): Promise<'signs' | 'noSecret' | 'refused'> {
  const executionArn = needed(dependencies.settings, 'rotationMachine');
  const user = { accountId: accountIn(executionArn), userName: canary.userName, executionArn };
  const pair = await pairOfCanary(user, dependencies);
  if (pair === undefined) return 'noSecret';
  return (await signsAs(dependencies, user, pair)) ? 'signs' : 'refused';
}

export const handler = lambdaHandler(useCanaryKey);
