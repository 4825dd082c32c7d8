import { createHmac, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';

/** What a link in an owner's mail points to, and what it is for. */
export interface LinkReference {
  readonly executionArn: string;
  readonly stage: 'ask' | 'window';
  readonly round: number;
  readonly decision: 'confirm' | 'rollBack' | 'moreTime';
  /** To the second; from then on the link only says that it has expired. */
  readonly expiresAt: Date;
}

export type ReadLink =
  | { readonly state: 'valid'; readonly reference: LinkReference }
  | { readonly state: 'expired'; readonly reference: LinkReference }
  | { readonly state: 'forged' };

/** Keeps these signatures apart from any other use of the same secret, and from a later form of link. */
const purpose = 'keyturn link 1';

/** Longer than any execution's ARN makes one; what is longer isn't looked at. */
const longestLink = 1024;

const fieldsSchema = z.tuple([
  z.string().regex(/^arn:\S+$/),
  z.enum(['ask', 'window']),
  z.string().regex(/^[1-9]\d{0,5}$/),
  z.enum(['confirm', 'rollBack', 'moreTime']),
  z.string().regex(/^\d{1,12}$/),
]);

/**
 * The link's last part: `payload.signature`, both base64url.
 *
 * The payload is canonical: every field, in one order, in one spelling, a line each, and no field can hold a line
 * break. So two references never share a payload, and one reference has exactly one link, which `readLink` relies
 * on. It names the execution by its whole ARN, because the web app then needs no other knowledge of what is
 * deployed. No token is in it, no key's ID and no secret: whoever reads a link learns which user and what it asks.
 *
 * @throws {RangeError} if the reference can't be read back, such as a round of 0
 */
export function signLink(reference: LinkReference, key: Buffer): string {
  const payload = payloadOf(reference);
  const link = write(payload, key);
  if (parse(payload) === undefined || link.length > longestLink) {
    throw new RangeError(`no link can hold ${JSON.stringify(reference)}`);
  }
  return link;
}

/** Where the owner's web app answers it. @param linkBase without a slash at the end */
export const answerUrl = (linkBase: string, link: string): string => `${linkBase}/answer/${link}`;

/**
 * Reads a link that somebody came with. Anything that `signLink` did not make with one of `keys` is `forged`, also
 * another encoding of a good link: what was read is signed again and must be the same text.
 * @param keys the signing keys in use: the current and the previous one
 */
export function readLink(text: string, keys: readonly Buffer[], now: Date): ReadLink {
  const reference = text.length <= longestLink ? parse(payloadIn(text)) : undefined;
  if (reference === undefined || !keys.some((key) => isSame(text, write(payloadOf(reference), key)))) {
    return { state: 'forged' };
  }
  return { state: now.getTime() < reference.expiresAt.getTime() ? 'valid' : 'expired', reference };
}

function payloadOf({ executionArn, stage, round, decision, expiresAt }: LinkReference): string {
  return [executionArn, stage, round, decision, Math.floor(expiresAt.getTime() / 1000)].join('\n');
}

function write(payload: string, key: Buffer): string {
  const signature = createHmac('sha256', key).update(`${purpose}\n${payload}`).digest('base64url');
  return `${Buffer.from(payload).toString('base64url')}.${signature}`;
}

const payloadIn = (text: string): string => Buffer.from(text.split('.', 1)[0] ?? '', 'base64url').toString();

function parse(payload: string): LinkReference | undefined {
  const fields = fieldsSchema.safeParse(payload.split('\n'));
  if (!fields.success) return undefined;
  const [executionArn, stage, round, decision, expiry] = fields.data;
  const reference = {
    executionArn,
    stage,
    round: Number(round),
    decision,
    expiresAt: new Date(Number(expiry) * 1000),
  };
  // Another spelling of the same, such as a number with a leading zero, isn't what was signed.
  return payloadOf(reference) === payload ? reference : undefined;
}

/** Constant-time comparison. */
function isSame(text: string, expected: string): boolean {
  const [a, b] = [Buffer.from(text), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
