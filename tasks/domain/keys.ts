import { createHash } from 'node:crypto';
import * as z from 'zod';
import { isoDay, isoSecond } from './time.ts';

export const accessKeyIdSchema = z
  .string()
  .regex(/^[A-Z0-9]{16,128}$/, 'must be an access key ID, such as AKIA…');

/** An access key as IAM lists it. `Expired` (since 2025) can't sign, as `Inactive` can't. */
export interface AccessKey {
  readonly id: string;
  readonly status: 'Active' | 'Inactive' | 'Expired';
  readonly createdAt: Date;
}

/**
 * When a key last signed a request, as far as IAM tells. An error is `unknown`, and unknown is never "unused":
 * whoever decides treats it as in use.
 */
export type LastUse =
  | { readonly state: 'used'; readonly at: Date; readonly service: string; readonly region: string }
  | { readonly state: 'neverUsed' }
  | { readonly state: 'unknown'; readonly because: string };

/** A last use as it travels through states and mails. */
export const lastUseSchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('used'), at: z.coerce.date(), service: z.string(), region: z.string() }),
  z.object({ state: z.literal('neverUsed') }),
  z.object({ state: z.literal('unknown'), because: z.string() }),
]);

/**
 * The version of the user's secret that holds this key: known from the key's ID alone, so that anyone can tell
 * whether a key is stored without reading a secret, and storing it twice is storing it once.
 * @returns 64 hexadecimal digits, the form of a Secrets Manager ClientRequestToken (32 to 64 characters)
 */
export const versionIdOf = (accessKeyId: string): string =>
  createHash('sha256').update(`keyturn/${accessKeyId}`).digest('hex');

/**
 * The version that only names a key which was there before: the application alone has its secret access key. It has an
 * ID of its own, so that a version's ID says which of the two it is, and no value has to be read to know.
 * @returns 64 hexadecimal digits, as `versionIdOf`
 */
export const nameOnlyVersionIdOf = (accessKeyId: string): string =>
  createHash('sha256').update(`keyturn/name-only/${accessKeyId}`).digest('hex');

/**
 * What the console shows as the key's description: a tag on the user whose tag key is the access key ID.
 * @param rotation the execution's name
 * @param provedAt when we proved that the key signs, if we did
 * @returns at most 256 characters of those that a tag value may have
 */
export const describeNewKey = (
  oldKeyId: string,
  rotation: string,
  at: Date,
  provedAt: Date | undefined,
): string => {
  const proved = provedAt === undefined ? '' : ` proved ${isoSecond(provedAt)}`;
  return `Made by keyturn on ${isoDay(at)} to replace ${oldKeyId} in rotation ${rotation}${proved}`.slice(
    0,
    256,
  );
};

/** What a key's description says of where it comes from; undefined if the description isn't ours. */
export function originOf(
  description: string | undefined,
): { readonly oldKeyId: string; readonly rotation: string; readonly provedAt?: Date } | undefined {
  const pattern =
    /^Made by keyturn on \S+ to replace (?<oldKeyId>[A-Z0-9]+) in rotation (?<rotation>\S+)(?: proved (?<proved>\S+))?$/;
  const { oldKeyId, rotation, proved } = pattern.exec(description ?? '')?.groups ?? {};
  if (oldKeyId === undefined || rotation === undefined) return undefined;
  const provedAt = new Date(proved ?? Number.NaN);
  return Number.isNaN(provedAt.getTime()) ? { oldKeyId, rotation } : { oldKeyId, rotation, provedAt };
}

/** A key's ID as people may see it in mails and pages: enough to tell two apart, the last four left out. */
export const maskStart = (accessKeyId: string): string => `${accessKeyId.slice(0, 8)}…`;

/** A key's ID by its last four characters. */
export const maskEnd = (accessKeyId: string): string => `${accessKeyId.slice(0, 4)}…${accessKeyId.slice(-4)}`;
