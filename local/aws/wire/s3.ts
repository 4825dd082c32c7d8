import { XMLBuilder } from 'fast-xml-parser';
import type { AwsError } from '../types.ts';
import type { WireRequest, WireResponse } from './http.ts';

/** S3's operations by method, on an object and on a bucket. */
const ON_OBJECT: Readonly<Record<string, string>> = {
  PUT: 'PutObject',
  GET: 'GetObject',
  HEAD: 'HeadObject',
};
const ON_BUCKET: Readonly<Record<string, string>> = { GET: 'ListObjectsV2' };

/** The members that headers and query parameters carry. */
const MEMBERS: Readonly<Record<string, string>> = {
  'content-type': 'ContentType',
  'if-none-match': 'IfNoneMatch',
  'if-match': 'IfMatch',
  'x-amz-expected-bucket-owner': 'ExpectedBucketOwner',
  'x-amz-object-lock-mode': 'ObjectLockMode',
  'x-amz-object-lock-retain-until-date': 'ObjectLockRetainUntilDate',
  prefix: 'Prefix',
  'max-keys': 'MaxKeys',
  'continuation-token': 'ContinuationToken',
  'encoding-type': 'EncodingType',
};

/** What every request carries: who signs, how the body is checked, which form of list. */
const CARRIED =
  /^(?:x-amz-(?:date|content-sha256|security-token|user-agent|checksum-.*|sdk-checksum-algorithm)|x-id|list-type)$/;

/** A REST request as operation and input; any `x-amz-` header that isn't known becomes a member of its name. */
export function decodeS3(
  request: WireRequest,
  about: {
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
    readonly region: string;
  },
): { operation: string; input: Readonly<Record<string, unknown>> } {
  const { headers, body, region } = about;
  const { bucket, key } = addressOf(request.path, headers.host ?? '');
  const route = key === '' ? ON_BUCKET : ON_OBJECT;
  const operation = route[request.method] ?? `${request.method} ${request.path}`;
  const input: Record<string, unknown> = { Bucket: bucket, SigningRegion: region };
  if (key !== '') input.Key = key;
  if (request.method === 'PUT') input.Body = body;
  for (const [name, value] of [...Object.entries(headers), ...Object.entries(request.query ?? {})]) {
    const member = MEMBERS[name];
    const isOfPut = member !== 'ContentType' || request.method === 'PUT';
    const text = typeof value === 'string' || value === null ? (value ?? '') : value.join(',');
    if (member !== undefined && isOfPut) input[member] = member === 'MaxKeys' ? Number(text) : text;
    else if (name.startsWith('x-amz-') && !CARRIED.test(name)) input[name] = text;
  }
  return { operation, input };
}

/** The bucket is in the host, or first in the path if the host is one of its own. */
function addressOf(path: string, host: string): { bucket: string; key: string } {
  const decoded = decodeURIComponent(path.replace(/^\//, ''));
  const virtual = /^(.+)\.s3[.-][a-z0-9.-]+$/.exec(host)?.[1];
  if (virtual !== undefined) return { bucket: virtual, key: decoded };
  const slash = decoded.indexOf('/');
  if (slash === -1) return { bucket: decoded, key: '' };
  return { bucket: decoded.slice(0, slash), key: decoded.slice(slash + 1) };
}

const builder = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: '@' });
const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** What an S3 operation answers: headers, and a body or a list. */
export interface S3Answer {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly list?: object;
}

/** An answer as S3 sends it; what is declared in an answer's headers goes as it is. */
export function encodeS3(operation: string, output: unknown, requestId: string): WireResponse {
  // Only the operations in s3.ts make it.
  const { headers = {}, body = '', list } = output as S3Answer;
  const all = { 'x-amz-request-id': requestId, ...headers };
  if (list === undefined) {
    return { statusCode: 200, headers: all, body, ...(operation === 'GetObject' ? { streamed: true } : {}) };
  }
  const text = builder.build({ ListBucketResult: { '@xmlns': NAMESPACE, ...list } });
  return { statusCode: 200, headers: { ...all, 'content-type': 'application/xml' }, body: text };
}

/** An error as S3 sends it. */
export function encodeS3Error(error: AwsError, requestId: string): WireResponse {
  const body = builder.build({
    Error: { Code: error.code, Message: error.message, RequestId: requestId },
  });
  const headers = { 'content-type': 'application/xml', 'x-amz-request-id': requestId };
  return { statusCode: error.status, headers, body };
}
