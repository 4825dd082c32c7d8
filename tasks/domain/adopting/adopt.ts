import type { AccessKey } from '../keys.ts';
import { problemIn, shapeTag } from '../secret-shape.ts';
import { secretTag } from '../tags.ts';
import { isSamples, type SecretClaim } from './candidates.ts';
import { type Detected, detectNamed, detectShape } from './detect.ts';
import type { Adoption } from './request.ts';

/** What is known about a user whose secret may be adopted. */
export interface UserOfSecret {
  readonly name: string;
  readonly tags: ReadonlyMap<string, string>;
  readonly keys: readonly AccessKey[];
  /** The user's running rotation, by its name. */
  readonly running?: string;
}

/** Which version holds which of the user's keys. */
export interface HeldKey {
  readonly keyId: string;
  readonly label: 'AWSCURRENT' | 'AWSPREVIOUS';
}

export interface AdoptionDecision {
  readonly adoption: Adoption;
  /** To be labelled with their keys. */
  readonly held: readonly HeldKey[];
}

/**
 * Decides about a secret before anything in it is read.
 * @param user undefined if there is none of that name
 */
export function decideUnread(
  { secret, userName }: SecretClaim,
  user: UserOfSecret | undefined,
): Adoption | undefined {
  const about = { secret: secret.name, userName: user?.name ?? userName };
  const leave = (because: string): Adoption => ({ ...about, act: 'leave', because });
  if (user === undefined) return leave(`the account has no user ${userName}`);
  const adopted = user.tags.get(secretTag)?.trim();
  if (adopted === secret.arn) return { ...about, act: 'adopted', because: 'it was adopted before' };
  if (adopted !== undefined && adopted !== '') return leave(`the user has adopted ${adopted}`);
  if (user.running !== undefined)
    return leave(`the rotation ${user.running} runs: adopt it when that has ended`);
  return undefined;
}

/**
 * Decides by what the secret holds.
 * @param texts its current value and the one before, which may be missing
 */
export function decideAdoption(
  { secret }: SecretClaim,
  user: UserOfSecret,
  texts: { readonly current: string | undefined; readonly previous: string | undefined },
): AdoptionDecision {
  const about = { secret: secret.name, userName: user.name };
  const found = shapeIn(secret.name, texts.current, user);
  if (found.state === 'unknown')
    return { adoption: { ...about, act: 'leave', because: `unknown shape: ${found.because}` }, held: [] };
  const { keyId, shape } = found;
  const key = user.keys.find(({ id }) => id === keyId);
  if (key === undefined)
    return {
      adoption: { ...about, act: 'leave', because: `it holds ${keyId}, which the user doesn't have` },
      held: [],
    };
  const before = texts.previous === undefined ? undefined : detectNamed(shape, texts.previous);
  const held: HeldKey[] = [{ keyId, label: 'AWSCURRENT' }];
  if (before?.state === 'known' && before.keyId !== keyId && user.keys.some(({ id }) => id === before.keyId))
    held.push({ keyId: before.keyId, label: 'AWSPREVIOUS' });
  return {
    adoption: { ...about, act: 'adopt', because: reason(secret.name, key, user), shape, keyId },
    held,
  };
}

/** A tag of the user's comes first, then what the sample is known to write, then what can be seen. */
function shapeIn(name: string, text: string | undefined, { tags }: UserOfSecret): Detected {
  const named = tags.get(shapeTag)?.trim();
  const problem = named === undefined ? undefined : problemIn(named);
  if (problem !== undefined)
    return { state: 'unknown', because: `the tag ${shapeTag} is "${named}"; it ${problem}` };
  if (named !== undefined && named !== '') return detectNamed(named, text);
  const found = detectShape(text);
  // The answer of CreateAccessKey: everything else in it stays true.
  return found.state === 'known' && isSamples(name) && found.shape.startsWith('id=AccessKeyId ')
    ? { ...found, shape: `${found.shape} CreateDate=@created` }
    : found;
}

function reason(name: string, key: AccessKey, { keys }: UserOfSecret): string {
  const whose = isSamples(name) ? 'the AWS sample’s, by its name' : 'tagged with its user';
  const older = keys.find(({ id, createdAt }) => id !== key.id && createdAt < key.createdAt);
  if (older === undefined) return `${whose}; it holds ${key.id}`;
  return `${whose}; it holds ${key.id}, which was made to replace ${older.id} (${older.status.toLowerCase()})`;
}
