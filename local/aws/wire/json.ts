import { AwsError, type ServiceName } from '../types.ts';
import type { WireResponse } from './http.ts';

const CONTENT_TYPES: Readonly<Partial<Record<ServiceName, string>>> = {
  secretsmanager: 'application/x-amz-json-1.1',
  kms: 'application/x-amz-json-1.1',
  organizations: 'application/x-amz-json-1.1',
  events: 'application/x-amz-json-1.1',
  cloudtrail: 'application/x-amz-json-1.1',
  states: 'application/x-amz-json-1.0',
};

/** A JSON body as an operation's input. Empty means no members. */
export function decodeJson(body: string): Readonly<Record<string, unknown>> {
  if (body === '') return {};
  let input: unknown;
  try {
    input = JSON.parse(body);
  } catch {
    throw new AwsError('SerializationException', 'The body is not JSON.');
  }
  if (!isRecord(input)) throw new AwsError('SerializationException', 'The body is not a JSON object.');
  return input;
}

/** An answer in JSON; dates are epoch seconds. */
export function encodeJson(
  service: ServiceName | undefined,
  statusCode: number,
  output: unknown,
  requestId: string,
): WireResponse {
  const type = (service === undefined ? undefined : CONTENT_TYPES[service]) ?? 'application/json';
  return {
    statusCode,
    headers: { 'content-type': type, 'x-amzn-requestid': requestId },
    body: JSON.stringify(plain(output ?? {})),
  };
}

function plain(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1000;
  if (Array.isArray(value)) return value.map(plain);
  if (!isRecord(value)) return value;
  const copy: Record<string, unknown> = {};
  for (const member of Object.keys(value)) copy[member] = plain(value[member]);
  return copy;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
