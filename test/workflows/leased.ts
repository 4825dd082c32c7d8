import { leaseBucketName } from '../../infra/names.ts';
import { PackedText } from '../../local/aws/packed-text.ts';
import { centralAccountId } from '../../local/world/organization.ts';
import type { World } from '../../local/world/world.ts';
import { leaseKey } from '../../tasks/domain/lease.ts';
import { standbyRegion } from '../infra/deployed.ts';

/** Where two regions keep their lease: worlds are in the one that isn't on standby. */
export const leasePlace = {
  region: standbyRegion,
  bucket: leaseBucketName(centralAccountId, standbyRegion),
  account: centralAccountId,
};

const objectsOf = ({ aws }: World) => aws.buckets.get(leasePlace.bucket)?.objects;

/** A region holds the lease from now on, as if it had taken it. */
export function holdLease(world: World, region: string): void {
  const at = world.clock.now().toISOString();
  const lease = { region, from: at, takenAt: at, by: 'Joe', reason: 'drill' };
  objectsOf(world)?.set(leaseKey, {
    body: new PackedText(JSON.stringify(lease)),
    ...{ contentType: 'application/json', etag: `"${region} ${at}"`, modifiedAt: world.clock.now() },
  });
}

/** Nobody holds it. */
export const loseLease = (world: World): void => void objectsOf(world)?.delete(leaseKey);

/** The lease as it is kept. */
export const leaseIn = (world: World): { region?: string } =>
  JSON.parse(objectsOf(world)?.get(leaseKey)?.body.text ?? '{}');
