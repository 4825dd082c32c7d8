import { GetObjectCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import { attemptOf } from '../../tasks/domain/execution-name.ts';
import {
  placeOfRecord,
  type RecordPlace,
  recordBeginning,
  recordBeginnings,
} from '../../tasks/domain/record/places.ts';
import { type RotationRecord, recordIn } from '../../tasks/domain/record/record.ts';
import type { Context } from '../context.ts';
import { explain } from '../explain.ts';
import type { PlacedPage } from './pages.ts';
import { reportBucket } from './sweeps.ts';

interface User {
  readonly accountId: string;
  readonly userName: string;
}

/** A record in the report bucket, not read yet. */
export interface KeptRecord extends PlacedPage, RecordPlace {
  readonly writtenAt: Date;
}

/** The records of a user's ended rotations, the newest first. */
export async function recordsOf(context: Context, user: User): Promise<readonly KeptRecord[]> {
  const records = await listRecords(context, recordBeginnings(user));
  return records.filter(({ rotation }) => attemptOf(user, rotation) !== undefined);
}

/** The records of one rotation, the newest first: more than one only if it was redriven. */
export const recordsOfRotation = (context: Context, rotation: string): Promise<readonly KeptRecord[]> =>
  listRecords(context, [recordBeginning(rotation)]);

async function listRecords(context: Context, prefixes: readonly string[]): Promise<readonly KeptRecord[]> {
  const { aws, machines, deployment } = context;
  const bucket = await reportBucket(aws, machines.sweep);
  if (bucket === undefined) return [];
  const client = new S3Client(aws);
  const found: KeptRecord[] = [];
  for (const Prefix of prefixes) {
    const asked = { Bucket: bucket, Prefix, ExpectedBucketOwner: deployment.account };
    for await (const { Contents = [] } of paginateListObjectsV2({ client }, asked)) {
      for (const { Key = '', LastModified: writtenAt = new Date(0) } of Contents) {
        const place = placeOfRecord(Key);
        if (place !== undefined) found.push({ ...place, bucket, writtenAt });
      }
    }
  }
  return found.toSorted((a, b) => b.writtenAt.getTime() - a.writtenAt.getTime() || b.redrives - a.redrives);
}

/** Undefined if the object is gone, or isn't a record that this version reads. */
export async function readRecord(
  { aws, deployment }: Context,
  { bucket: Bucket, key: Key }: PlacedPage,
): Promise<RotationRecord | undefined> {
  const object = { Bucket, Key, ExpectedBucketOwner: deployment.account };
  const { Body } = await new S3Client(aws).send(new GetObjectCommand(object));
  return recordIn((await Body?.transformToString()) ?? '');
}

/** What the records say of a user's last rotation. */
export type LastRecord =
  | { readonly state: 'found'; readonly kept: KeptRecord; readonly record: RotationRecord }
  | { readonly state: 'none' }
  /** `because`: one sentence. */
  | { readonly state: 'notSeen'; readonly because: string };

/** @param rotation that was asked about; the user's last one if omitted */
export async function lastRecord(context: Context, user: User, rotation?: string): Promise<LastRecord> {
  try {
    const [kept] = await (rotation === undefined
      ? recordsOf(context, user)
      : recordsOfRotation(context, rotation));
    const record = kept && (await readRecord(context, kept));
    return kept === undefined || record === undefined ? { state: 'none' } : { state: 'found', kept, record };
  } catch (error) {
    const { kind, sentence } = explain(error);
    if (kind !== 'denied') throw error;
    return { state: 'notSeen', because: sentence };
  }
}
