import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import type { WireRequest } from './http.ts';
import type { Incoming } from './wire.ts';

/**
 * Whether a request was signed with this key: signing it again, over the same headers at the same time, must give the
 * same signature. A client of this process shows the secret itself.
 */
export async function signatureVerifies(
  request: WireRequest,
  incoming: Incoming,
  key: { readonly id: string; readonly secret: string },
): Promise<boolean> {
  if (request.secret !== undefined) return request.secret === key.secret;
  const { authorization } = incoming;
  const signingDate = readSigningDate(incoming.headers['x-amz-date']);
  if (signingDate === undefined) return false;
  const covered = authorization.signedHeaders.filter((name) => incoming.headers[name] !== undefined);
  const signer = new SignatureV4({
    service: authorization.service,
    region: authorization.region,
    credentials: { accessKeyId: key.id, secretAccessKey: key.secret },
    sha256: Sha256,
    applyChecksum: false,
    // S3 alone signs a path as it is sent.
    uriEscapePath: authorization.service !== 's3',
  });
  const again = await signer.sign(
    {
      method: request.method,
      protocol: 'https:',
      hostname: incoming.headers.host ?? '',
      path: request.path,
      query: copyQuery(request.query),
      headers: Object.fromEntries(covered.map((name) => [name, incoming.headers[name] ?? ''])),
      body: incoming.body,
    },
    { signingDate, signableHeaders: new Set(covered) },
  );
  return again.headers.authorization?.endsWith(`Signature=${authorization.signature}`) ?? false;
}

function copyQuery(query: WireRequest['query']): Record<string, string | string[] | null> {
  const entries = Object.entries(query ?? {});
  return Object.fromEntries(
    entries.map(([name, value]) => [name, value === null || typeof value === 'string' ? value : [...value]]),
  );
}

function readSigningDate(value: string | undefined): Date | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(value ?? '');
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second] = match;
  return new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}
