import { AwsError, type ServiceName } from '../types.ts';
import type { WireRequest, WireResponse } from './http.ts';
import { decodeJson, encodeJson } from './json.ts';
import { decodeLambda, encodeLambda } from './lambda.ts';
import { decodeForm, encodeXml, encodeXmlError } from './query.ts';
import { decodeS3, encodeS3, encodeS3Error } from './s3.ts';

/** A signature's scope and what it covers. */
interface Authorization {
  readonly accessKeyId: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

/** A request, understood. */
export interface Incoming {
  readonly service: ServiceName;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly authorization: Authorization;
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const SERVICES: ReadonlySet<string> = new Set<ServiceName>([
  'iam',
  'sts',
  'secretsmanager',
  'kms',
  'states',
  'ses',
  'organizations',
  's3',
  'events',
  'lambda',
  'securityhub',
  'cloudtrail',
  'account',
]);

/** SES v2, Security Hub and Account Management are REST: their operations are methods and paths. */
const ROUTES: Readonly<Record<string, string>> = {
  'POST /v2/email/outbound-emails': 'SendEmail',
  'GET /v2/email/account': 'GetAccount',
  'POST /findings/import': 'BatchImportFindings',
  'POST /getAlternateContact': 'GetAlternateContact',
};

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 +Credential=(.+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request, *SignedHeaders=([^,]+), *Signature=([0-9a-f]+)$/;

/** Whether a request is signed, and so an API call. Header names in any case. */
export function isSigned(headers: WireRequest['headers']): boolean {
  const value = headers.authorization ?? lowerCase(headers).authorization;
  return typeof value === 'string' && value.startsWith('AWS4-HMAC-SHA256 ');
}

/**
 * Reads a signed request.
 * @throws AwsError if it isn't signed, not for a modelled service, or not readable.
 */
export function decode(request: WireRequest): Incoming {
  const headers = lowerCase(request.headers);
  const authorization = readAuthorization(headers.authorization);
  if (!isService(authorization.service)) {
    const modelled = [...SERVICES].join(', ');
    throw new AwsError(
      'UnknownService',
      `${authorization.service} is not modelled here. Modelled are: ${modelled}.`,
    );
  }
  const { service } = authorization;
  if (request.direct !== undefined) {
    const { operation, input } = request.direct;
    return { service, operation, input, authorization, headers, body: '' };
  }
  const body = readBody(request.body);
  const read = readOperation(authorization, request, headers, body);
  return { ...read, service: authorization.service, authorization, headers, body };
}

function readOperation(
  { service, region }: Authorization,
  request: WireRequest,
  headers: Readonly<Record<string, string>>,
  body: string,
): { operation: string; input: Readonly<Record<string, unknown>> } {
  if (service === 'iam' || service === 'sts') return decodeForm(body);
  if (service === 's3') return decodeS3(request, { headers, body, region });
  if (service === 'lambda') return decodeLambda(request, body);
  if (service === 'ses' || service === 'securityhub' || service === 'account') {
    const route = `${request.method} ${request.path.replace(/\/$/, '')}`;
    return { operation: ROUTES[route] ?? route, input: decodeJson(body) };
  }
  const target = headers['x-amz-target'] ?? '';
  const input = decodeJson(body);
  // CloudTrail answers for the region that it is asked in.
  const of = service === 'cloudtrail' ? { ...input, SigningRegion: region } : input;
  return { operation: target.slice(target.lastIndexOf('.') + 1), input: of };
}

/** A service's answer as HTTP, in its protocol; or as it is read, if the call was a direct one. */
export function encodeOutput(
  { service, operation }: Pick<Incoming, 'service' | 'operation'>,
  output: unknown,
  requestId: string,
  { direct }: Pick<WireRequest, 'direct'>,
): WireResponse {
  if (direct !== undefined)
    return {
      statusCode: 200,
      headers: { 'x-amzn-requestid': requestId },
      body: '',
      direct: direct.read(output),
    };
  if (service === 'iam' || service === 'sts') return encodeXml(service, operation, output, requestId);
  if (service === 's3') return encodeS3(operation, output, requestId);
  if (service === 'lambda') return encodeLambda(output, requestId);
  return encodeJson(service, 200, output, requestId);
}

/** A service's error as HTTP, in its protocol. An unknown service is answered in JSON. */
export function encodeError(
  service: ServiceName | undefined,
  error: AwsError,
  requestId: string,
): WireResponse {
  if (service === 'iam' || service === 'sts') return encodeXmlError(service, error, requestId);
  if (service === 's3') return encodeS3Error(error, requestId);
  const body = { __type: error.code, message: error.message };
  const response = encodeJson(service, error.status, body, requestId);
  // REST JSON names its error in a header, the other protocols in the body.
  return { ...response, headers: { ...response.headers, 'x-amzn-errortype': error.code } };
}

function readAuthorization(value: string | undefined): Authorization {
  const match = AUTHORIZATION.exec(value ?? '');
  const [, accessKeyId, region, service, signedHeaders, signature] = match ?? [];
  if (!accessKeyId || !region || !service || !signedHeaders || !signature) {
    throw new AwsError('MissingAuthenticationToken', 'The request is not signed by AWS4-HMAC-SHA256.', 403);
  }
  return { accessKeyId, region, service, signedHeaders: signedHeaders.split(';'), signature };
}

function isService(name: string): name is ServiceName {
  return SERVICES.has(name);
}

function readBody(body: unknown): string {
  if (body === undefined || body === null) return '';
  if (typeof body === 'string') return body;
  if (body instanceof Uint8Array)
    return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
  throw new AwsError('SerializationException', 'The body is neither text nor bytes.');
}

function lowerCase(headers: WireRequest['headers']): Record<string, string> {
  const lower: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) lower[name.toLowerCase()] = typeof value === 'string' ? value : value.join(',');
  }
  return lower;
}
