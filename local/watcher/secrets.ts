import type { UserKey } from '../aws/iam/account.ts';
import type { InMemoryAws } from '../aws/in-memory-aws.ts';
import { kmsKey } from '../aws/kms.ts';
import {
  CURRENT,
  holderOf,
  PREVIOUS,
  type Secret,
  type SecretVersion,
} from '../aws/secrets-manager/secrets.ts';
import type { Call } from '../aws/types.ts';
import type { WatcherFacts } from './watched.ts';

/** Whether the user's secret holds the key's secret access key, in either account. */
export const isStored = (key: UserKey, { secrets }: InMemoryAws): boolean =>
  secrets.mentioning(key.id).some((secret) => holds(secret, key));

/** Whether a secret that can be read at the moment holds it. */
export const isReadable = (key: UserKey, aws: InMemoryAws): boolean =>
  aws.secrets.mentioning(key.id).some((secret) => holds(secret, key) && canBeRead(secret, aws));

const holds = ({ versions }: Secret, key: UserKey): boolean =>
  [...versions.values()].some(({ text }) => text.includes(key.id) && text.includes(key.secret));

function canBeRead({ deletion, kmsKeyId, accountId, arn }: Secret, aws: InMemoryAws): boolean {
  if (deletion !== undefined) return false;
  const [, partition = '', , region = ''] = arn.split(':');
  const key = kmsKey({ partition }, { accountId, region }, kmsKeyId);
  return key === undefined || aws.kms.stateOf(key) === 'Enabled';
}

/** The content of a secret's version: which key, and whether its secret access key is included. */
export interface Said {
  readonly keyId: string;
  readonly isComplete: boolean;
}

/** The pair that a version holds; undefined if somebody put something else there. */
function saidBy(version: SecretVersion | undefined): Said | undefined {
  // Whatever the names of the fields are, and in a credentials file too.
  const [keyId] = /\bAKIA[A-Z0-9]{12,}/.exec(version?.text ?? '') ?? [];
  if (version === undefined || keyId === undefined) return undefined;
  return { keyId, isComplete: /[A-Za-z0-9+/]{40}/.test(version.text) };
}

/** What readers of the secret get. */
export const currentOf = (secret: Secret): Said | undefined => saidBy(holderOf(secret, CURRENT));

/**
 * P2 and P3: readers of the secret never get a version without a secret access key in place of a working key.
 * @returns what this call of keyturn's lost, if anything
 */
export function lostToReader(
  { operation, caller, input }: Call,
  { aws, keys, leaked }: WatcherFacts,
): { readonly secret: Secret; readonly what: string } | undefined {
  if (operation !== 'UpdateSecretVersionStage' || input.VersionStage !== CURRENT) return undefined;
  if (!/^keyturn-/.test(caller.roleName ?? '')) return undefined;
  const secret = secretOf(aws, String(input.SecretId), caller.accountId);
  const before = secret && saidBy(holderOf(secret, PREVIOUS));
  if (secret === undefined || !before?.isComplete || currentOf(secret)?.isComplete !== false)
    return undefined;
  const lost = keys.get(before.keyId);
  // A leaked key is about to go in any case.
  if (lost === undefined || leaked.has(lost.id) || lost.periods.at(-1)?.until !== undefined) return undefined;
  return {
    secret,
    what: `readers of the secret got ${lost.id}, which is active, and now get no secret access key`,
  };
}

function secretOf({ secrets }: InMemoryAws, id: string, accountId: string): Secret | undefined {
  for (const own of secrets.values())
    for (const secret of own.values())
      if (secret.arn === id || (secret.accountId === accountId && secret.name === id)) return secret;
  return undefined;
}
