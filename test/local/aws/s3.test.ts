import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { ConfiguredRetryStrategy } from '@smithy/core/retry';
import { expect, it } from 'vitest';
import { CENTRAL, DUMMY, MEMBER, makeWorld } from './fixture.ts';

type Credentials = { accessKeyId: string; secretAccessKey: string; sessionToken?: string };

interface About {
  readonly credentials?: Credentials;
  readonly region?: string;
  readonly forcePathStyle?: boolean;
  readonly attempts?: number;
}

function given(more: About = {}) {
  const world = makeWorld({ buckets: ['reports'] });
  const client = ({ attempts = 1, ...about }: About = more) =>
    new S3Client({
      region: 'eu-west-1',
      credentials: DUMMY,
      requestHandler: world.aws.requestHandler,
      retryStrategy: new ConfiguredRetryStrategy(attempts, 0),
      ...about,
    });
  return { world, client, s3: client() };
}

const Bucket = 'reports';
const Key = 'sweeps/2026-11-25 08:00/account=1/ü.jsonl';
const Body = '{"user":"ü"}\n';

it.each([false, true])(
  'keeps an object as it was put, by either form of address (path style %s)',
  async (forcePathStyle) => {
    const { s3 } = given({ forcePathStyle });
    await s3.send(new PutObjectCommand({ Bucket, Key, Body, ContentType: 'application/jsonl' }));
    const got = await s3.send(new GetObjectCommand({ Bucket, Key }));
    expect(await got.Body?.transformToString()).toBe(Body);
    expect(got).toMatchObject({ ContentType: 'application/jsonl', ContentLength: 14 });
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key }));
    expect(head).toMatchObject({ ContentLength: 14, ETag: got.ETag });
  },
);

it('overwrites an object, unless the call forbids it', async () => {
  const { s3 } = given();
  const put = (text: string, IfNoneMatch?: string) =>
    s3.send(new PutObjectCommand({ Bucket, Key, Body: text, ...(IfNoneMatch ? { IfNoneMatch } : {}) }));
  await put('first', '*');
  await expect(put('second', '*')).rejects.toMatchObject({ name: 'PreconditionFailed' });
  await put('third');
  const { Body: body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  expect(await body?.transformToString()).toBe('third');
});

it('lists keys in order, below a prefix, in pages', async () => {
  const { s3 } = given();
  for (const name of ['b/2', 'a/1', 'b/1', 'b/3'])
    await s3.send(new PutObjectCommand({ Bucket, Key: name, Body: name }));
  const keys: (string | undefined)[] = [];
  for await (const { Contents = [] } of paginateListObjectsV2(
    { client: s3, pageSize: 2 },
    { Bucket, Prefix: 'b/' },
  ))
    keys.push(...Contents.map((object) => object.Key));
  expect(keys).toEqual(['b/1', 'b/2', 'b/3']);
});

it('names what doesn’t exist', async () => {
  const { s3 } = given();
  await expect(s3.send(new GetObjectCommand({ Bucket, Key }))).rejects.toMatchObject({ name: 'NoSuchKey' });
  await expect(s3.send(new ListObjectsV2Command({ Bucket: 'others' }))).rejects.toMatchObject({
    name: 'NoSuchBucket',
  });
});

it('admits only its own account, in its own region, and only as the expected owner', async () => {
  const { world, client, s3 } = given();
  const denied = expect.objectContaining({ name: 'AccessDenied' });
  const list = (given: S3Client, owner?: string) =>
    given.send(new ListObjectsV2Command({ Bucket, ...(owner ? { ExpectedBucketOwner: owner } : {}) }));
  await expect(list(s3, CENTRAL)).resolves.toMatchObject({ KeyCount: 0 });
  await expect(list(s3, MEMBER)).rejects.toEqual(denied);
  const { Credentials: member } = await world.clients.sts.send(
    new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${MEMBER}:role/any`, RoleSessionName: 'me' }),
  );
  const credentials = {
    accessKeyId: member?.AccessKeyId ?? '',
    secretAccessKey: member?.SecretAccessKey ?? '',
    sessionToken: member?.SessionToken ?? '',
  };
  await expect(list(client({ credentials }))).rejects.toEqual(denied);
  await expect(list(client({ region: 'us-east-1' }))).rejects.toMatchObject({
    name: 'AuthorizationHeaderMalformed',
  });
});

it('refuses by name what it would otherwise ignore', async () => {
  const { s3 } = given();
  const put = s3.send(new PutObjectCommand({ Bucket, Key, Body, ACL: 'public-read' }));
  await expect(put).rejects.toThrow('without x-amz-acl');
});

it('is throttled as S3 is, and the SDK retries', async () => {
  const { world, client } = given();
  let calls = 0;
  world.aws.inject(() => {
    calls += 1;
    return calls === 1 ? 'throttle' : undefined;
  });
  await client({ attempts: 3 }).send(new PutObjectCommand({ Bucket, Key, Body }));
  expect(calls).toBe(2);
});
