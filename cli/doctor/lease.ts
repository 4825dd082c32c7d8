import { leaseNow, leaseWords } from '../reading/lease.ts';
import { type Check, ok, unknown, warn } from './finding.ts';

/** Of two regions, one holds the lease. */
export const lease: Check = {
  name: 'lease',
  applies: ({ standby }) => standby !== undefined,
  look: async ({ deployment, access }) => {
    const seen = await leaseNow({ deployment, aws: access(deployment.region) });
    const words = leaseWords(seen);
    if (seen.state === 'unknown')
      return unknown(`${words}.`, 'See docs/standby.md: while it can’t be read, no key is changed.');
    if (seen.state === 'free')
      return warn(`${words}.`, 'Run npx keyturn take-over in the clone of the region that is to rotate.');
    return ok(seen.region === deployment.region ? words : `${words}; this region is on standby`);
  },
};
