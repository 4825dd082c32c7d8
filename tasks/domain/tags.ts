import { UnreadableTag } from './errors.ts';

/** What the keys of all tags begin with that only keyturn reads. */
export const ownPrefix = 'keyturn:';

/**
 * The user's running (or last) rotation: an execution's ARN. A rotation that finds another running one there must
 * stop.
 */
export const rotationTag = 'keyturn:rotation';

/** When the rotation was about to create a key. Removed once the key has its description. */
export const intentTag = 'keyturn:intent';

/** `2027-03-31 why`: not to be rotated until the end of that day (UTC). */
export const exemptTag = 'keyturn:exempt';

/** `true`: the application reads new keys from the secret by itself; using the new key counts as confirmation. */
export const selfUpdatingTag = 'keyturn:self-updating';

/** The ARN of a secret that existed before and is this user's. Only AdoptSecrets sets it. */
export const secretTag = 'keyturn:secret';

/** The user's adopted secret, for a plan. */
export function adoptedIn(tags: ReadonlyMap<string, string>): { readonly adoptedSecret?: string } {
  const arn = tags.get(secretTag)?.trim();
  return arn === undefined || arn === '' ? {} : { adoptedSecret: arn };
}

export interface Exemption {
  readonly until: Date;
  readonly reason: string;
}

/** The last moment of a day. */
const endOf = (date: string): Date => new Date(`${date}T23:59:59.999Z`);

/** The exemption that every member of the settings' exempt group has. */
export const exemptionOfGroup = (group: { readonly until: string; readonly reason: string }): Exemption => ({
  until: endOf(group.until),
  reason: group.reason,
});

/** @throws {UnreadableTag} if the end date or the reason is missing: an exemption must have both */
export function exemptionOf(tags: ReadonlyMap<string, string>): Exemption | undefined {
  const value = tags.get(exemptTag);
  if (value === undefined) return undefined;
  const [, date, reason] = /^(\d{4}-\d{2}-\d{2})\s+(\S.*)$/.exec(value.trim()) ?? [];
  const until = endOf(date ?? '');
  // JavaScript would turn an invalid day, such as 31 February, into another one.
  const isDay = !Number.isNaN(until.getTime()) && until.toISOString().startsWith(date ?? '');
  if (reason !== undefined && isDay) return { until, reason };
  throw new UnreadableTag(
    `tag ${exemptTag} is "${value}"; it must be an end date and a reason, such as "2027-03-31 waits for the vendor"`,
  );
}

/** @throws {UnreadableTag} if the tag is neither true nor false */
export function isSelfUpdating(tags: ReadonlyMap<string, string>): boolean {
  const value = tags.get(selfUpdatingTag)?.trim().toLowerCase();
  if (value === undefined || value === 'false') return false;
  if (value === 'true') return true;
  throw new UnreadableTag(`tag ${selfUpdatingTag} is "${value}"; it must be "true" or "false"`);
}
