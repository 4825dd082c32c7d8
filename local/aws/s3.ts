import { createHash } from 'node:crypto';
import type {
  GetObjectRequest,
  HeadObjectRequest,
  ListObjectsV2Request,
  ObjectLockMode,
  PutObjectRequest,
} from '@aws-sdk/client-s3';
import { defined } from '../../tasks/domain/defined.ts';
import { refusal } from './errors.ts';
import type { Model } from './iam/account.ts';
import { PackedText } from './packed-text.ts';
import { AwsError, type Caller, type Operations } from './types.ts';
import { operation, page, service } from './wire/operation.ts';
import type { S3Answer } from './wire/s3.ts';

/** An object of text. */
interface StoredObject {
  readonly body: PackedText;
  readonly contentType: string;
  readonly etag: string;
  readonly modifiedAt: Date;
  readonly lock?: ObjectLockMode;
}

interface Bucket {
  readonly name: string;
  readonly accountId: string;
  readonly region: string;
  readonly allowsLocks: boolean;
  /** By key. */
  readonly objects: Map<string, StoredObject>;
}

export type Buckets = Map<string, Bucket>;

interface Request {
  readonly Bucket: string;
  readonly SigningRegion?: string | undefined;
  readonly ExpectedBucketOwner?: string | undefined;
}

/** Adds the region that a request was signed for, which S3 checks. */
type Signed<T> = T & { SigningRegion?: string };

/** S3's operations to put, read and list texts, without versions, bucket policies and multipart uploads. */
export function s3Operations(model: Model, buckets: Buckets): Operations {
  const open = (request: Request, caller: Caller): Bucket => openBucket(buckets, request, caller);
  return service('s3', {
    PutObject: operation<Signed<Omit<PutObjectRequest, 'Body'> & { Body?: string }>, S3Answer>()(
      ['Bucket', 'Key', 'Body'],
      [
        ...(['SigningRegion', 'ExpectedBucketOwner', 'ContentType', 'IfNoneMatch', 'IfMatch'] as const),
        ...(['ObjectLockMode', 'ObjectLockRetainUntilDate'] as const),
      ],
      (input, caller) => {
        const { Key, Body, ContentType = 'application/octet-stream', IfNoneMatch, ObjectLockMode } = input;
        const { objects, allowsLocks } = open(input, caller);
        checkMatch(input, objects);
        if (ObjectLockMode !== undefined && !allowsLocks)
          throw refusal('s3', 'invalid', 'Bucket is missing Object Lock Configuration');
        if (IfNoneMatch !== undefined && objects.has(Key)) {
          const why = 'At least one of the pre-conditions you specified did not hold';
          throw new AwsError('PreconditionFailed', why, 412);
        }
        const etag = `"${createHash('md5').update(Body).digest('hex')}"`;
        objects.set(Key, {
          body: new PackedText(Body),
          contentType: ContentType,
          etag,
          modifiedAt: model.now(),
          ...defined({ lock: ObjectLockMode }),
        });
        return { headers: { etag } };
      },
    ),
    GetObject: operation<Signed<GetObjectRequest>, S3Answer>()(
      ['Bucket', 'Key'],
      ['SigningRegion', 'ExpectedBucketOwner'],
      (input, caller) => {
        const found = objectOf(open(input, caller), input.Key);
        return { headers: headersOf(found), body: found.body.text };
      },
    ),
    HeadObject: operation<Signed<HeadObjectRequest>, S3Answer>()(
      ['Bucket', 'Key'],
      ['SigningRegion', 'ExpectedBucketOwner'],
      (input, caller) => ({ headers: headersOf(objectOf(open(input, caller), input.Key)) }),
    ),
    ListObjectsV2: operation<Signed<ListObjectsV2Request>, S3Answer>()(
      ['Bucket'],
      ['SigningRegion', 'ExpectedBucketOwner', 'Prefix', 'MaxKeys', 'ContinuationToken', 'EncodingType'],
      (input, caller) => ({ list: listObjects(open(input, caller), input) }),
    ),
  });
}

/** A write that replaces a version that was seen. */
function checkMatch(
  { Key = '', IfMatch }: Pick<PutObjectRequest, 'Key' | 'IfMatch'>,
  objects: Bucket['objects'],
): void {
  if (IfMatch === undefined) return;
  const found = objects.get(Key);
  if (found === undefined) throw new AwsError('NoSuchKey', 'The specified key does not exist.', 404);
  if (found.etag !== IfMatch) {
    const why = 'At least one of the pre-conditions you specified did not hold';
    throw new AwsError('PreconditionFailed', why, 412);
  }
}

/** Only a bucket's own account can use it here: bucket policies aren't modelled. */
function openBucket(
  buckets: Buckets,
  { Bucket: name, SigningRegion, ExpectedBucketOwner }: Request,
  caller: Caller,
): Bucket {
  const bucket = buckets.get(name);
  if (bucket === undefined) throw new AwsError('NoSuchBucket', 'The specified bucket does not exist', 404);
  if (SigningRegion !== bucket.region) {
    const why = `The authorization header is malformed; the region '${SigningRegion}' is wrong; expecting '${bucket.region}'`;
    throw new AwsError('AuthorizationHeaderMalformed', why);
  }
  const isOwners = ExpectedBucketOwner === undefined || ExpectedBucketOwner === bucket.accountId;
  if (caller.accountId !== bucket.accountId || !isOwners) throw refusal('s3', 'denied', 'Access Denied');
  return bucket;
}

function objectOf({ objects }: Bucket, key: string): StoredObject {
  const found = objects.get(key);
  if (found === undefined) throw new AwsError('NoSuchKey', 'The specified key does not exist.', 404);
  return found;
}

const headersOf = ({ body, contentType, etag, modifiedAt }: StoredObject): Record<string, string> => ({
  'content-type': contentType,
  'content-length': String(body.bytes),
  etag,
  'last-modified': modifiedAt.toUTCString(),
});

function listObjects(
  { name, objects }: Bucket,
  {
    Prefix = '',
    MaxKeys = 1000,
    ContinuationToken,
    EncodingType,
  }: Pick<ListObjectsV2Request, 'Prefix' | 'MaxKeys' | 'ContinuationToken' | 'EncodingType'>,
): object {
  const all = [...objects].filter(([key]) => key.startsWith(Prefix)).sort(([a], [b]) => (a < b ? -1 : 1));
  const bad = (): AwsError => refusal('s3', 'invalid', 'The continuation token provided is incorrect');
  const { items, next } = page(all, Math.min(MaxKeys, 1000), ContinuationToken, bad);
  const shown = (key: string): string => (EncodingType === 'url' ? encodeURIComponent(key) : key);
  return {
    Name: name,
    Prefix: shown(Prefix),
    MaxKeys,
    KeyCount: items.length,
    IsTruncated: next !== undefined,
    ...defined({ EncodingType, NextContinuationToken: next }),
    Contents: items.map(([key, { body, etag, modifiedAt }]) => ({
      Key: shown(key),
      LastModified: modifiedAt.toISOString(),
      ETag: etag,
      Size: body.bytes,
      StorageClass: 'STANDARD',
    })),
  };
}
