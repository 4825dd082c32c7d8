import * as z from 'zod';

/** The lease's object in its bucket. */
export const leaseKey = 'lease.json';

/**
 * After this many seconds, everything that the former holder had begun has ended: no function runs longer than three
 * minutes after it has looked at the lease. Measured by one region's clock alone, so clocks may differ.
 */
export const settleSeconds = 300;

/**
 * Which region may change keys.
 * - `region`: the holder's.
 * - `from`: the holder acts from then on.
 * - `before`: the region that held it until then.
 */
export const leaseSchema = z.object({
  region: z.string(),
  from: z.coerce.date(),
  takenAt: z.coerce.date(),
  by: z.string(),
  reason: z.string(),
  before: z.string().optional(),
});
export type Lease = z.infer<typeof leaseSchema>;

/** Whether a region may change keys, with the reason if it may not. */
export type LeaseStanding =
  | { readonly state: 'ours' }
  /** It was taken moments ago, and a function of the former holder may still run. */
  | { readonly state: 'soon'; readonly because: string }
  | { readonly state: 'elsewhere'; readonly because: string; readonly region: string }
  | { readonly state: 'free'; readonly because: string };

/** @param own the region that asks */
export function standingOfLease(lease: Lease | undefined, own: string, now: Date): LeaseStanding {
  if (lease === undefined)
    return { state: 'free', because: 'no region holds the lease (npx keyturn take-over)' };
  const { region, from, takenAt } = lease;
  if (region !== own) {
    const because = `${region} holds the lease since ${takenAt.toISOString()}`;
    return { state: 'elsewhere', because, region };
  }
  return now.getTime() < from.getTime()
    ? { state: 'soon', because: `the lease was taken just now, and holds from ${from.toISOString()}` }
    : { state: 'ours' };
}

/** What becomes of the lease if a region asks for it. */
export type Taking = { readonly because: string; readonly lease: Lease } & (
  | { readonly act: 'take' }
  /** The region has it already, so that asking again changes nothing. */
  | { readonly act: 'kept' }
);

/** A person decides which region holds it, so whoever asks gets it, and waits until the former holder is done. */
export function takeLease(
  lease: Lease | undefined,
  own: string,
  { by, reason }: Pick<Lease, 'by' | 'reason'>,
  now: Date,
): Taking {
  if (lease?.region === own)
    return { act: 'kept', because: `${own} holds the lease since ${lease.takenAt.toISOString()}`, lease };
  const from = new Date(now.getTime() + settleSeconds * 1000);
  const before = lease === undefined ? {} : { before: lease.region };
  return {
    act: 'take',
    because: `${own} takes the lease from ${lease?.region ?? 'nobody'}, and acts from ${from.toISOString()}`,
    lease: { region: own, from, takenAt: now, by, reason, ...before },
  };
}
