import * as z from 'zod';
import { leasePlaceOf } from '../../infra/environment.ts';
import type { Deployment } from '../../infra/settings.ts';
import { readLease } from '../../tasks/aws/lease.ts';
import { showTime } from '../../tasks/messages/words.ts';
import type { Access } from '../access.ts';
import { explain } from '../explain.ts';

/** Which region changes keys, in JSON. */
export const leaseShape = z.object({
  state: z
    .enum(['held', 'free', 'unknown'])
    .describe(
      '`held` by a region; `free`: nobody has taken it, so nobody changes a key; `unknown`: not readable',
    ),
  region: z.string().optional().describe('the region that holds it'),
  since: z.iso.datetime().optional().describe('when it was taken'),
  from: z.iso.datetime().optional().describe('from when on that region changes keys'),
  by: z.string().optional().describe('who took it'),
  reason: z.string().optional().describe('why'),
  because: z.string().optional().describe('why it is unknown'),
});
export type LeaseSeen = z.infer<typeof leaseShape>;

/** The lease as it is now; `unknown` if it can't be read. Only for a deployment with a second region. */
export async function leaseNow({
  deployment,
  aws,
}: {
  readonly deployment: Pick<Deployment, 'account' | 'standby'>;
  readonly aws: Access;
}): Promise<LeaseSeen> {
  const place = leasePlaceOf(deployment);
  if (place === undefined) return { state: 'unknown', because: 'there is no second region' };
  try {
    const { lease } = await readLease(aws, place);
    if (lease === undefined) return { state: 'free' };
    const { region, takenAt, from, by, reason } = lease;
    return { state: 'held', region, since: takenAt.toISOString(), from: from.toISOString(), by, reason };
  } catch (error) {
    const { kind, sentence } = explain(error);
    // Whoever may not list the bucket is told so about an object that isn't there.
    return {
      state: 'unknown',
      because: kind === 'denied' ? `${sentence} Or nobody has taken it yet.` : sentence,
    };
  }
}

/** In one sentence, without a full stop. */
export function leaseWords({ state, region, since, by, reason, because }: LeaseSeen): string {
  switch (state) {
    case 'held':
      return `${region} holds the lease, since ${showTime(new Date(since ?? 0))}, by ${by} (${reason})`;
    case 'free':
      return 'No region holds the lease, so none changes a key';
    case 'unknown':
      return `Which region holds the lease isn’t known: ${because?.replace(/\.$/, '')}`;
  }
}
