import { createHmac, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';

/** What a link in an owner's mail points to, and its purpose. */
export interface LinkReference {
  readonly executionArn: string;
  readonly stage: 'ask' | 'window';
  readonly round: number;
  readonly decision: 'confirm' | 'notNeeded' | 'rollBack' | 'moreTime';
  /** To the second. After that, the page only states that the link has expired. */
  readonly expiresAt: Date;
}

export type ReadLink =
  | { readonly state: 'valid'; readonly reference: LinkReference }
  | { readonly state: 'expired'; readonly reference: LinkReference }
  | { readonly state: 'forged' };

/** Domain separation: from any other use of the same secret, and from future link formats. */
const purpose = 'keyturn link 1';

/** Longer than any valid link; longer text isn't parsed. */
const longestLink = 1024;

const fieldsSchema = z.tuple([
  z.string().regex(/^arn:\S+$/),
  z.enum(['ask', 'window']),
  z.string().regex(/^[1-9]\d{0,5}$/),
  z.enum(['confirm', 'notNeeded', 'rollBack', 'moreTime']),
  z.string().regex(/^\d{1,12}$/),
]);

/**
 * The link's last part: `payload.signature`, both base64url.
 *
 * The payload is canonical: every field, in a fixed order and spelling, one per line, and no field can contain a line
 * break. So two references never share a payload, and a reference has exactly one link, which `readLink` relies on.
 * It contains the execution's full ARN, so that the web app needs to know nothing else about the deployment. It
 * contains no token, no key ID and no secret: a link reveals only the user and the question.
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

/** The URL in the owner's web app. @param linkBase without a slash at the end */
export const answerUrl = (linkBase: string, link: string): string => `${linkBase}/answer/${link}`;

/**
 * Reads a link from a request. Anything that `signLink` did not create with one of `keys` is `forged`, including
 * another encoding of a valid link: the reference is signed again and must give the same text.
 * @param keys the accepted signing keys: the current and the previous one
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
  // Another spelling of the same value, such as a number with a leading zero, isn't what was signed.
  return payloadOf(reference) === payload ? reference : undefined;
}

/** Constant-time comparison. */
function isSame(text: string, expected: string): boolean {
  const [a, b] = [Buffer.from(text), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
