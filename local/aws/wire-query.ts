import { AwsError, type ServiceName } from './types.ts';
import type { WireResponse } from './wire.ts';

const NAMESPACES: Readonly<Partial<Record<ServiceName, string>>> = {
  iam: 'https://iam.amazonaws.com/doc/2010-05-08/',
  sts: 'https://sts.amazonaws.com/doc/2011-06-15/',
};

/** A form is text only: which members are numbers, lists and maps is the service's to know. */
const NUMBERS: ReadonlySet<string> = new Set(['MaxItems', 'DurationSeconds']);
const LISTS: ReadonlySet<string> = new Set(['Tags', 'TagKeys']);
const MAPS: ReadonlySet<string> = new Set(['SummaryMap']);

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
  if (!NUMBERS.has(member)) return value;
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

/** An answer in XML; dates are ISO 8601, lists of `member`, maps of `entry`. */
export function encodeXml(
  service: ServiceName,
  operation: string,
  output: unknown,
  requestId: string,
): WireResponse {
  const result = `<${operation}Result>${members(output)}</${operation}Result>`;
  const metadata = `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;
  const body = `<${operation}Response xmlns="${NAMESPACES[service]}">${result}${metadata}</${operation}Response>`;
  return response(200, body, requestId);
}

/** An error in XML. */
export function encodeXmlError(service: ServiceName, error: AwsError, requestId: string): WireResponse {
  const type = error.status < 500 ? 'Sender' : 'Receiver';
  const detail = `<Type>${type}</Type><Code>${escapeXml(error.code)}</Code><Message>${escapeXml(error.message)}</Message>`;
  const body = `<ErrorResponse xmlns="${NAMESPACES[service]}"><Error>${detail}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`;
  return response(error.status, body, requestId);
}

function response(statusCode: number, body: string, requestId: string): WireResponse {
  return { statusCode, headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId }, body };
}

function members(value: unknown): string {
  if (typeof value !== 'object' || value === null) return '';
  let xml = '';
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined) continue;
    xml += `<${name}>${MAPS.has(name) ? entries(member) : content(member)}</${name}>`;
  }
  return xml;
}

function content(value: unknown): string {
  // As AWS does: whole seconds.
  if (value instanceof Date) return `${value.toISOString().slice(0, 19)}Z`;
  if (Array.isArray(value)) return value.map((item) => `<member>${content(item)}</member>`).join('');
  if (typeof value === 'object') return members(value);
  return escapeXml(String(value));
}

function entries(map: object): string {
  return Object.entries(map)
    .map(([key, value]) => `<entry><key>${escapeXml(key)}</key><value>${content(value)}</value></entry>`)
    .join('');
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#xD;',
  '\n': '&#xA;',
};

function escapeXml(text: string): string {
  return text.replace(/[&<>"\r\n]/g, (character) => ESCAPES[character] ?? character);
}
