import { secretNameOf } from '../rotation.ts';
import { ownLabelPrefix } from '../secret-versions.ts';
import type { Adoption } from './request.ts';

/** A secret as its list shows it; never a value. */
export interface FoundSecret {
  readonly arn: string;
  readonly name: string;
  /** The account that it is in. */
  readonly accountId: string;
  readonly tags: ReadonlyMap<string, string>;
  /** Version IDs with their labels. */
  readonly labels: Readonly<Record<string, readonly string[]>>;
  /** A KMS key of the customer's. */
  readonly kmsKeyId?: string;
  readonly isBeingDeleted: boolean;
  /** Secrets Manager rotates it by a function of its own. */
  readonly isRotated: boolean;
  /** The region of the secret that it is a copy of, if that is another. */
  readonly copyOf?: string;
}

/** Says whose access key a secret holds. Whoever may tag a secret decides that it may be adopted. */
export const userOfSecretTag = 'keyturn:user';
/** On every secret that keyturn created, so on none that it may adopt. */
export const accountOfSecretTag = 'keyturn:account';

/** The name that the AWS sample gives a user's secret. */
export const sampleSecretName = (accountId: string, userName: string): string =>
  `Account_${accountId}_User_${userName}_AccessKey`;
const sampleRule = /^Account_(\d{12})_User_(.+)_AccessKey$/;

/** Whether one of its versions says which key it holds, which only an adoption does. */
export const isAdoptedAlready = ({ labels }: Pick<FoundSecret, 'labels'>): boolean =>
  Object.values(labels).some((each) => each.some((label) => label.startsWith(ownLabelPrefix)));

export const isSamples = (name: string): boolean => sampleRule.test(name);

/** A tag's value can't contain a comma, and a user's name can't contain a colon. */
const userInTag = (value: string): string => value.trim().replaceAll(':', ',');

export interface SecretClaim {
  readonly secret: FoundSecret;
  readonly userName: string;
}

/**
 * Which of the listed secrets say that they hold an access key of a user of this account, and which of those can't be
 * adopted whatever is in them. Others are nobody's business here.
 */
export function candidatesAmong(
  listed: readonly FoundSecret[],
  { accountId, secretPrefix }: { readonly accountId: string; readonly secretPrefix: string },
): { readonly candidates: SecretClaim[]; readonly left: Adoption[] } {
  const claims = listed
    .filter(({ name }) => !name.startsWith(secretPrefix))
    .flatMap((secret) => {
      const userName = claimOf(secret, accountId);
      return userName === undefined ? [] : [{ secret, userName }];
    });
  const own = new Set(listed.map(({ name }) => name).filter((name) => name.startsWith(secretPrefix)));
  const left: Adoption[] = [];
  const candidates = claims.filter((claim) => {
    const because = whyNot(claim, claims, { accountId, own, secretPrefix });
    if (because !== undefined)
      left.push({ secret: claim.secret.name, userName: claim.userName, act: 'leave', because });
    return because === undefined;
  });
  return { candidates, left };
}

/** The user that a secret names; undefined if it names none, or one of another account. */
function claimOf({ name, tags, accountId: keeper }: FoundSecret, accountId: string): string | undefined {
  const [, ofAccount, ofUser] = sampleRule.exec(name) ?? [];
  if (ofUser !== undefined) return ofAccount === accountId ? ofUser : undefined;
  const user = tags.get(userOfSecretTag);
  const account = tags.get(accountOfSecretTag) ?? keeper;
  return user === undefined || account.trim() !== accountId ? undefined : userInTag(user);
}

function whyNot(
  { secret, userName }: SecretClaim,
  all: readonly SecretClaim[],
  about: { readonly accountId: string; readonly own: ReadonlySet<string>; readonly secretPrefix: string },
): string | undefined {
  const { accountId, own, secretPrefix } = about;
  if (secret.accountId !== accountId)
    return `it is in account ${secret.accountId}, where its user can't read it; keyturn will create one`;
  if (secret.tags.has(accountOfSecretTag))
    return `its tag ${accountOfSecretTag} says that keyturn created it: remove the tag first`;
  if (own.has(secretNameOf(secretPrefix, { accountId, userName })))
    return 'the user has a secret of keyturn’s already';
  const same = all.filter((one) => one.userName.toLowerCase() === userName.toLowerCase());
  if (same.length > 1)
    return `${same.length} secrets say that they hold ${userName}’s key: ${same.map((one) => one.secret.name).join(', ')}`;
  if (secret.isBeingDeleted) return 'it is marked for deletion';
  if (secret.isRotated) return 'Secrets Manager rotates it by another function: switch that off first';
  if (secret.copyOf !== undefined) return `it is a copy of the secret in ${secret.copyOf}`;
  if (secret.kmsKeyId !== undefined)
    return `it is encrypted with ${secret.kmsKeyId}, which keyturn's roles may not use`;
  if (secret.arn.length > 256) return 'its ARN is longer than a tag can be';
  return undefined;
}
