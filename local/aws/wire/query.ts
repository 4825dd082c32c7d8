import { XMLBuilder } from 'fast-xml-parser';
import { isoSecond } from '../../../tasks/domain/time.ts';
import { AwsError, type ServiceName } from '../types.ts';
import type { WireResponse } from './http.ts';

const NAMESPACES: Readonly<Partial<Record<ServiceName, string>>> = {
  iam: 'https://iam.amazonaws.com/doc/2010-05-08/',
  sts: 'https://sts.amazonaws.com/doc/2011-06-15/',
};

/** The members that are numbers: a form has only text. */
const NUMBERS: ReadonlySet<string> = new Set(['MaxItems', 'DurationSeconds']);
const LISTS: ReadonlySet<string> = new Set(['Tags', 'TagKeys']);
const MAPS: ReadonlySet<string> = new Set(['SummaryMap']);

/** Whether a member of that name is read from a form as a number. */
export const isNumber = (member: string): boolean => NUMBERS.has(member);

/** A query-protocol form as operation and input: `Tags.member.1.Key=a` is `{ Tags: [{ Key: 'a' }] }`. */
export function decodeForm(body: string): { operation: string; input: Readonly<Record<string, unknown>> } {
  const input: Record<string, unknown> = {};
  const lists = new Map<string, Map<number, string | Record<string, string>>>();
  let operation = '';
  for (const [name, value] of new URLSearchParams(body)) {
    const [member = '', , position, field] = name.split('.');
    if (name === 'Action') operation = value;
    else if (name === 'Version') continue;
    else if (position !== undefined) addToList(lists, member, { position: Number(position), field, value });
    else input[member] = readMember(member, value);
  }
  for (const [member, items] of lists) {
    input[member] = [...items].sort(([a], [b]) => a - b).map(([, item]) => item);
  }
  return { operation, input };
}

function readMember(member: string, value: string): unknown {
  // An empty list is sent as the bare name.
  if (LISTS.has(member) && value === '') return [];
  if (!isNumber(member)) return value;
  if (!/^\d+$/.test(value)) throw new AwsError('MalformedInput', `${member} is not a number.`);
  return Number(value);
}

function addToList(
  lists: Map<string, Map<number, string | Record<string, string>>>,
  member: string,
  item: { position: number; field: string | undefined; value: string },
): void {
  const items = lists.get(member) ?? new Map<number, string | Record<string, string>>();
  lists.set(member, items);
  const before = items.get(item.position);
  if (item.field === undefined) items.set(item.position, item.value);
  else items.set(item.position, { ...(typeof before === 'object' ? before : {}), [item.field]: item.value });
}

const builder = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: '@' });

/** An answer in XML; dates are ISO 8601, lists of `member`, maps of `entry`. */
export function encodeXml(
  service: ServiceName,
  operation: string,
  output: unknown,
  requestId: string,
): WireResponse {
  const document = {
    [`${operation}Response`]: {
      '@xmlns': NAMESPACES[service],
      [`${operation}Result`]: members(output),
      ResponseMetadata: { RequestId: requestId },
    },
  };
  return response(200, document, requestId);
}

/** An error in XML. */
export function encodeXmlError(service: ServiceName, error: AwsError, requestId: string): WireResponse {
  const Type = error.status < 500 ? 'Sender' : 'Receiver';
  const document = {
    ErrorResponse: {
      '@xmlns': NAMESPACES[service],
      Error: { Type, Code: error.code, Message: error.message },
      RequestId: requestId,
    },
  };
  return response(error.status, document, requestId);
}

function response(statusCode: number, document: object, requestId: string): WireResponse {
  const headers = { 'content-type': 'text/xml', 'x-amzn-requestid': requestId };
  return { statusCode, headers, body: builder.build(document) };
}

/** A structure's members as the query protocol nests them. */
function members(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return {};
  const present = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(
    present.map(([name, member]) => [name, MAPS.has(name) ? entries(member) : content(member)]),
  );
}

function content(value: unknown): unknown {
  // As AWS does: whole seconds.
  if (value instanceof Date) return isoSecond(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return { member: value.map(content) };
  return typeof value === 'object' ? members(value) : String(value);
}

const entries = (map: object): { entry: unknown[] } => ({
  entry: Object.entries(map).map(([key, value]) => ({ key, value: content(value) })),
});
