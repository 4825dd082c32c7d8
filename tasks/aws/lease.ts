import { GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { ClientDefaults } from '../dependencies.ts';
import { fromJson } from '../domain/json.ts';
import { type Lease, leaseKey, leaseSchema } from '../domain/lease.ts';

/** Where the lease is: one object, in the bucket of one of the two regions. S3 reads and writes it consistently. */
export interface LeasePlace {
  readonly region: string;
  readonly bucket: string;
  /** The account that must own the bucket. */
  readonly account: string;
}

/** The lease as it is now; `etag` names this very version. */
export interface SeenLease {
  readonly lease: Lease | undefined;
  readonly etag: string | undefined;
}

const objectOf = ({ bucket, account }: LeasePlace) => ({
  Bucket: bucket,
  Key: leaseKey,
  ExpectedBucketOwner: account,
});

const clientOf = (aws: ClientDefaults, { region }: LeasePlace): S3Client => new S3Client({ ...aws, region });

/** @throws if it can't be read, or isn't one; without permission to list the bucket, a missing one is denied */
export async function readLease(aws: ClientDefaults, place: LeasePlace): Promise<SeenLease> {
  try {
    const { Body, ETag } = await clientOf(aws, place).send(new GetObjectCommand(objectOf(place)));
    return { lease: leaseSchema.parse(fromJson(await Body?.transformToString())), etag: ETag };
  } catch (error) {
    if (error instanceof NoSuchKey) return { lease: undefined, etag: undefined };
    throw error;
  }
}

/** Replaces the lease that was seen, and no other. */
export async function writeLease(
  aws: ClientDefaults,
  place: LeasePlace,
  lease: Lease,
  { etag }: Pick<SeenLease, 'etag'>,
): Promise<'written' | 'changedMeanwhile'> {
  const condition = etag === undefined ? { IfNoneMatch: '*' } : { IfMatch: etag };
  const body = { Body: JSON.stringify(lease), ContentType: 'application/json' };
  try {
    await clientOf(aws, place).send(new PutObjectCommand({ ...objectOf(place), ...body, ...condition }));
    return 'written';
  } catch (error) {
    const lost = ['PreconditionFailed', 'ConditionalRequestConflict', 'NoSuchKey'];
    if (error instanceof Error && lost.includes(error.name)) return 'changedMeanwhile';
    throw error;
  }
}
