import { AwsError } from '../../aws/types.ts';

export interface PageRequest {
  readonly maxResults?: number;
  readonly nextToken?: string;
}

/**
 * One page of `all`. `position` grows along the list and is what a token remembers.
 * Throws ValidationException for more than 1,000 results, InvalidToken for a token that was never issued.
 */
export function page<T>(
  all: readonly T[],
  { maxResults = 0, nextToken }: PageRequest,
  position: (item: T, index: number) => number,
): { items: readonly T[]; nextToken: { nextToken?: string } } {
  if (!Number.isInteger(maxResults) || maxResults < 0 || maxResults > 1000) {
    throw invalid('maxResults', 'Member must have value from 0 to 1000');
  }
  const after = nextToken === undefined ? Number.NEGATIVE_INFINITY : readToken(nextToken);
  const start = all.findIndex((item, index) => position(item, index) > after);
  const size = maxResults === 0 ? 100 : maxResults;
  const items = start === -1 ? [] : all.slice(start, start + size);
  const last = items.at(-1);
  if (last === undefined || start + size >= all.length) return { items, nextToken: {} };
  return { items, nextToken: { nextToken: writeToken(position(last, start + items.length - 1)) } };
}

function writeToken(position: number): string {
  return Buffer.from(`position ${position}`).toString('base64');
}

function readToken(token: string): number {
  const position = /^position (-?\d+)$/.exec(Buffer.from(token, 'base64').toString())?.[1];
  if (position === undefined) throw new AwsError('InvalidToken', "Invalid Token: 'Invalid token'");
  return Number(position);
}

export function required<K extends string>(input: Readonly<Record<K, string>>, member: K): string {
  const value: unknown = input[member];
  if (typeof value !== 'string' || value === '') throw invalid(member, 'Member must not be null');
  return value;
}

function invalid(member: string, constraint: string): AwsError {
  return new AwsError(
    'ValidationException',
    `1 validation error detected: Value at '${member}' failed to satisfy constraint: ${constraint}`,
  );
}
