import { createHash } from 'node:crypto';
import * as z from 'zod';
import { isoDay, isoSecond } from './time.ts';

export const accessKeyIdSchema = z
  .string()
  .regex(/^[A-Z0-9]{16,128}$/, 'must be an access key ID, such as AKIA…');

/** An access key as IAM lists it. `Expired` (since 2025) can't sign, like `Inactive`. */
export interface AccessKey {
  readonly id: string;
  readonly status: 'Active' | 'Inactive' | 'Expired';
  readonly createdAt: Date;
}

/**
 * When a key last signed a request, according to IAM. Errors are `unknown`, which every decision treats as in use.
 */
export type LastUse =
  | { readonly state: 'used'; readonly at: Date; readonly service: string; readonly region: string }
  | { readonly state: 'neverUsed' }
  | { readonly state: 'unknown'; readonly because: string };

/** A last use, serialized for states and mails. */
export const lastUseSchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('used'), at: z.coerce.date(), service: z.string(), region: z.string() }),
  z.object({ state: z.literal('neverUsed') }),
  z.object({ state: z.literal('unknown'), because: z.string() }),
]);

/**
 * The ID of the version that holds this key. Derived from the key's ID alone, so whether a key is stored can be
 * checked without reading a secret, and storing it is idempotent.
 * @returns 64 hexadecimal digits, a valid Secrets Manager ClientRequestToken (32 to 64 characters)
 */
export const versionIdOf = (accessKeyId: string): string =>
  createHash('sha256').update(`keyturn/${accessKeyId}`).digest('hex');

/**
 * The ID of the version that only names an existing key, whose secret access key only the application has. The two
 * kinds have different IDs, so that no value has to be read to distinguish them.
 * @returns 64 hexadecimal digits, as `versionIdOf`
 */
export const nameOnlyVersionIdOf = (accessKeyId: string): string =>
  createHash('sha256').update(`keyturn/name-only/${accessKeyId}`).digest('hex');

/**
 * The key's description in the console: a tag on the user whose tag key is the access key ID.
 * @param rotation the execution's name
 * @param provedAt when we proved that the key signs, if we did
 * @returns at most 256 characters that are allowed in a tag value
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

/** The origin in a key's description; undefined if we didn't write it. */
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

/**
 * A key's ID as mails and pages show it: without the last four characters, which confirming asks for. The rest is
 * needed: the first twelve characters encode the account, so all keys of a user begin alike.
 */
export const shortKeyId = (accessKeyId: string): string => `${accessKeyId.slice(0, -4)}…`;
