import type { Dependencies } from './dependencies.ts';
import { AuditOnly, FormerRunMayLinger } from './domain/errors.ts';
import { type LeaseStanding, standingOfLease } from './domain/lease.ts';
import type { Work } from './domain/rotation.ts';

type Needs = Pick<Dependencies, 'aws' | 'settings' | 'now'>;

/** Without permission to list the bucket, S3 answers so about an object that isn't there. */
const denied = ['AccessDenied', 'Forbidden'];

/**
 * Whether this region may change keys; always, if there is no other.
 * @throws if the lease can't be read: then nothing is certain
 */
export async function holding({ aws, settings, now }: Needs): Promise<LeaseStanding> {
  const { lease: place, region } = settings;
  if (place === undefined) return { state: 'ours' };
  // Loaded only if there is a second region: most functions need S3 for nothing else.
  const { readLease } = await import('./aws/lease.ts');
  try {
    return standingOfLease((await readLease(aws, place)).lease, region, now());
  } catch (error) {
    if (!(error instanceof Error && denied.includes(error.name))) throw error;
    const because = `no region holds the lease, or ${place.bucket} refuses to show it (npx keyturn take-over)`;
    return { state: 'free', because };
  }
}

/**
 * Why this region may change nothing; undefined if it may.
 * @throws {FormerRunMayLinger} if it may soon
 */
export async function whyNoLease(dependencies: Needs): Promise<string | undefined> {
  const standing = await holding(dependencies);
  switch (standing.state) {
    case 'ours':
      return undefined;
    case 'soon':
      throw new FormerRunMayLinger(standing.because);
    case 'elsewhere':
    case 'free':
      return standing.because;
  }
}

/**
 * Only the region that holds the lease creates, deactivates or deletes a key. A leaked key doesn't wait for that.
 * @throws {AuditOnly} if another holds it, or none
 */
export async function stopUnlessHolder(dependencies: Needs, { plan }: Pick<Work, 'plan'>): Promise<void> {
  if (plan.act === 'emergency') return;
  const why = await whyNoLease(dependencies);
  if (why !== undefined) throw new AuditOnly(`${why}: no key is created, deactivated or deleted here`);
}
