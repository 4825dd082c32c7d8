import { defined } from '../../../tasks/domain/defined.ts';
import type { AccessPolicy } from '../access/policy.ts';
import type { Model } from '../iam/account.ts';
import { ALPHANUMERIC, randomText } from '../ids.ts';
import { AwsError } from '../types.ts';

export const CURRENT = 'AWSCURRENT';
export const PREVIOUS = 'AWSPREVIOUS';

export interface SecretVersion {
  /** The client request token that made it. */
  readonly id: string;
  readonly text: string;
  readonly stages: Set<string>;
  readonly createdAt: Date;
  /** When it lost its last stage, if it has none. */
  unlabelledSince?: Date | undefined;
}

export interface Secret {
  readonly accountId: string;
  readonly name: string;
  readonly arn: string;
  readonly description?: string;
  readonly kmsKeyId?: string;
  readonly createdAt: Date;
  changedAt: Date;
  readonly tags: Map<string, string>;
  /** By ID. */
  readonly versions: Map<string, SecretVersion>;
  /** Its resource policy: as it was given, and read. */
  policy?: { readonly text: string; readonly read: AccessPolicy } | undefined;
  /** The KMS key of its replica, by region. */
  readonly replicas: Map<string, { readonly kmsKeyId?: string }>;
  /** If it is scheduled for deletion: when it was scheduled, and when it will be gone. */
  deletion?: { readonly at: Date; readonly goneAt: Date } | undefined;
}

const keyIds = /\bAKIA[A-Z0-9]{12,}/g;

/** Account ID to name to secret; also, which secrets a key's ID was ever put into. */
export class Secrets extends Map<string, Map<string, Secret>> {
  readonly #mentions = new Map<string, Set<Secret>>();

  note(secret: Secret, text: string): void {
    for (const [id] of text.matchAll(keyIds)) {
      const secrets = this.#mentions.get(id) ?? new Set();
      this.#mentions.set(id, secrets.add(secret));
    }
  }

  /** Those that are still there. */
  mentioning(keyId: string): Secret[] {
    const secrets = [...(this.#mentions.get(keyId) ?? [])];
    return secrets.filter((secret) => this.get(secret.accountId)?.get(secret.name) === secret);
  }
}

/** A new, empty secret in its place. */
export function addSecret(
  model: Model,
  secrets: Secrets,
  about: { accountId: string; name: string; description?: string | undefined; kmsKeyId?: string | undefined },
): Secret {
  const { accountId, name, description, kmsKeyId } = about;
  const suffix = randomText(model.random, 6, ALPHANUMERIC);
  const secret: Secret = {
    accountId,
    name,
    arn: `arn:${model.partition}:secretsmanager:${model.region}:${accountId}:secret:${name}-${suffix}`,
    ...defined({ description, kmsKeyId }),
    createdAt: model.now(),
    changedAt: model.now(),
    tags: new Map(),
    versions: new Map(),
    replicas: new Map(),
  };
  secretsOf(secrets, accountId).set(name, secret);
  return secret;
}

/** An account's secrets by name; one whose recovery window is over stays in it until it is looked for. */
export function secretsOf(secrets: Secrets, accountId: string): Map<string, Secret> {
  const own = secrets.get(accountId) ?? new Map<string, Secret>();
  secrets.set(accountId, own);
  return own;
}

/**
 * A secret of an account by name, or of any account by ARN, with or without its suffix. Undefined if there is none,
 * or it is gone.
 */
export function findSecret(
  model: Model,
  secrets: Secrets,
  accountId: string,
  id: string,
): Secret | undefined {
  const arn = /^arn:[\w-]+:secretsmanager:([\w-]+):(\d{12}):secret:(.+)$/.exec(id);
  const [, region = model.region, owner = accountId, name = id] = arn ?? [];
  if (region !== model.region) return undefined;
  const own = secrets.get(owner);
  const exact = own?.get(name);
  const secret = exact ?? own?.get(name.replace(/-[A-Za-z0-9]{6}$/, ''));
  if (secret === undefined || (exact === undefined && secret.arn !== id)) return undefined;
  if (secret.deletion === undefined || secret.deletion.goneAt > model.now()) return secret;
  own?.delete(secret.name);
  return undefined;
}

/** The version that has a stage. */
export function holderOf(secret: Secret, stage: string): SecretVersion | undefined {
  for (const version of secret.versions.values()) if (version.stages.has(stage)) return version;
  return undefined;
}

/** Moves a stage to a version from any that has it. The version that loses AWSCURRENT gets AWSPREVIOUS. */
export function moveStage(secret: Secret, stage: string, to: SecretVersion): void {
  const from = holderOf(secret, stage);
  if (from === to) return;
  from?.stages.delete(stage);
  to.stages.add(stage);
  if (stage !== CURRENT || from === undefined) return;
  holderOf(secret, PREVIOUS)?.stages.delete(PREVIOUS);
  from.stages.add(PREVIOUS);
}

/**
 * Adds a version under a token. The same token with the same text again changes nothing.
 * @throws AwsError ResourceExistsException for the same token with other text.
 */
export function putVersion(
  secret: Secret,
  about: { id: string; text: string; stages: readonly string[]; at: Date },
): SecretVersion {
  const { id, text, at } = about;
  const known = secret.versions.get(id);
  if (known?.text === text) return known;
  if (known !== undefined) {
    const why = `You can't use ClientRequestToken ${id} because that value is already in use for a version of secret ${secret.arn}.`;
    throw new AwsError('ResourceExistsException', why);
  }
  const version: SecretVersion = { id, text, stages: new Set(), createdAt: at };
  const first = secret.versions.size === 0;
  secret.versions.set(id, version);
  for (const stage of new Set(first ? [...about.stages, CURRENT] : about.stages))
    moveStage(secret, stage, version);
  secret.changedAt = at;
  return version;
}
