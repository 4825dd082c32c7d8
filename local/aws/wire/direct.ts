import type { NormalizedSchema } from '@smithy/core/schema';
import { isoSecond } from '../../../tasks/domain/time.ts';
import { isNumber } from './query.ts';

type Protocol = 'query' | 'json';

/** By the SDK's namespace. The others have members in paths, headers and streams: they keep the wire. */
const SERVICES: Readonly<Record<string, Protocol>> = {
  'com.amazonaws.iam': 'query',
  'com.amazonaws.sts': 'query',
  'com.amazonaws.secretsmanager': 'json',
  'com.amazonaws.sfn': 'json',
  'com.amazonaws.organizations': 'json',
  'com.amazonaws.kms': 'json',
  'com.amazonaws.eventbridge': 'json',
  'com.amazonaws.sesv2': 'json',
};

/** How a service that needs no wire would write; undefined if it needs one. */
export const directProtocol = (namespace: string): Protocol | undefined =>
  Object.hasOwn(SERVICES, namespace) ? SERVICES[namespace] : undefined;

/** A command's input as it would arrive: a copy of the members that the service's schema has and that are given. */
export function writeInput(
  schema: NormalizedSchema,
  input: object,
  { protocol, newToken }: { readonly protocol: Protocol; readonly newToken: () => string },
): Record<string, unknown> {
  const given = new Map<string, unknown>(Object.entries(input));
  const written: Record<string, unknown> = {};
  for (const [name, member] of schema.structIterator()) {
    const value = given.get(name) ?? (member.isIdempotencyToken() ? newToken() : undefined);
    if (value !== undefined && value !== null) written[name] = write(member, value, { protocol, name });
  }
  return written;
}

function write(
  schema: NormalizedSchema,
  value: unknown,
  at: { readonly protocol: Protocol; readonly name: string },
): unknown {
  if (Array.isArray(value)) return value.map((item) => write(schema.getValueSchema(), item, at));
  if (value instanceof Date) return at.protocol === 'json' ? value.getTime() / 1000 : value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (typeof value === 'object' && value !== null) {
    const none = (): string => '';
    if (schema.isStructSchema()) return writeInput(schema, value, { protocol: at.protocol, newToken: none });
    return Object.fromEntries(Object.entries(value));
  }
  // A form has only text.
  if (at.protocol === 'query' && !isNumber(at.name)) return String(value);
  return value;
}

/** A service's output as it would be read: a copy of the members that the service's schema has and that are there. */
export function readOutput(
  schema: NormalizedSchema,
  output: unknown,
  protocol: Protocol,
): Record<string, unknown> {
  const there = new Map<string, unknown>(Object.entries(Object(output)));
  const members: Record<string, unknown> = {};
  for (const [name, member] of schema.structIterator()) {
    const value = there.get(name);
    if (value !== undefined && value !== null) members[name] = read(member, value, protocol);
  }
  return members;
}

function read(schema: NormalizedSchema, value: unknown, protocol: Protocol): unknown {
  if (Array.isArray(value)) return value.map((item) => read(schema.getValueSchema(), item, protocol));
  if (value instanceof Date) return new Date(protocol === 'query' ? isoSecond(value) : value);
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (typeof value === 'object' && value !== null) {
    if (schema.isStructSchema()) return readOutput(schema, value, protocol);
    const items = schema.getValueSchema();
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, read(items, item, protocol)]));
  }
  if (protocol === 'query' && schema.isStringSchema()) return String(value);
  return value;
}
