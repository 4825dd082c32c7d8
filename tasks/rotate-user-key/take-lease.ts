import * as z from 'zod';
import { readLease, writeLease } from '../aws/lease.ts';
import { ChangedElsewhere, SettingMissing } from '../domain/errors.ts';
import { strictInput } from '../domain/input.ts';
import { takeLease as decide } from '../domain/lease.ts';
import { overrideSchema } from '../domain/rotation.ts';
import { lambdaHandler } from '../lambda.ts';
import { task } from '../task.ts';

/**
 * State TakeLease: makes this region the one that changes keys, as an operator asked. Of two that ask simultaneously,
 * one gets it; the other is told. Asking again changes nothing.
 */
export const takeLease = task({
  name: 'TakeLease',
  input: z.object({ request: strictInput({ takeLease: overrideSchema }) }),
  run: async ({ request: { takeLease: who } }, { aws, settings, now, log }) => {
    const { lease: place, region } = settings;
    if (place === undefined)
      throw new SettingMissing('standby isn’t set: there is no other region, and no lease');
    const seen = await readLease(aws, place);
    const { act, because, lease } = decide(seen.lease, region, who, now());
    if (act === 'take' && (await writeLease(aws, place, lease, seen)) === 'changedMeanwhile') {
      const { lease: other } = await readLease(aws, place);
      // The response to our own write may have been lost.
      if (other?.region !== region)
        throw new ChangedElsewhere(`${other?.region ?? 'somebody'} changed the lease at this very moment`);
    }
    log.warn('took the lease', { region, because, ...who });
    return { act, because, region, from: lease.from.toISOString(), by: who.by };
  },
});

export const handler = lambdaHandler(takeLease);
