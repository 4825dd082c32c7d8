import { accountIn, partitionOf } from './execution-name.ts';
import { type Rotation, secretNameOf } from './rotation.ts';
import type { Storage } from './storage.ts';
import { actionsIn, type SecretVerb, secretChanges, secretReads, type Verb, verbsIn } from './verbs.ts';

/** What Secrets Manager does with a customer's KMS key, by the caller's right, for a verb that touches a value. */
export const keyUse: Readonly<Partial<Record<SecretVerb, readonly string[]>>> = {
  createSecret: ['kms:GenerateDataKey', 'kms:Decrypt'],
  storeValue: ['kms:GenerateDataKey', 'kms:Decrypt'],
  readPending: ['kms:Decrypt'],
  replicateSecret: ['kms:GenerateDataKey', 'kms:Decrypt', 'kms:Encrypt'],
};

/** What Secrets Manager tries a new secret's KMS key with, before there is a secret to name. */
export const keyTrial = 'RequestToValidateKeyAccess';

/**
 * Where a rotation has put its secret, whatever the settings say by now; undefined before it has, and if the user's
 * account is the central one.
 */
export function storageOf(
  { accountId, executionArn }: Rotation,
  secretArn: string | undefined,
): Storage['storage'] | undefined {
  if (secretArn === undefined || accountIn(executionArn) === accountId) return undefined;
  return accountIn(secretArn) === accountId ? 'member' : 'central';
}

/** A user's ARNs. Its path isn't known here, so there is one with none and one with any. */
export function arnsOfUser({ accountId, userName, executionArn }: Rotation): string[] {
  const users = `arn:${partitionOf(executionArn)}:iam::${accountId}:user`;
  return [`${users}/${userName}`, `${users}/*/${userName}`];
}

export const onSecrets = { ...secretReads, ...secretChanges };

/** Of the verbs, those that are about a secret and that a deployment's settings call for. */
export const neededVerbs = (
  { replicaRegions }: Pick<Storage, 'replicaRegions'>,
  verbs: readonly Verb[],
): SecretVerb[] =>
  verbsIn(onSecrets, verbs).filter((verb) => verb !== 'replicateSecret' || replicaRegions.length > 0);

/**
 * The session policy that leaves of the member role only this user's secret and these verbs, and the KMS key only
 * where Secrets Manager uses it for that secret.
 */
export function secretSessionPolicy(
  settings: Pick<Storage, 'secretKmsKey' | 'replicaRegions'> & { region: string; secretPrefix: string },
  { rotation, secretArn }: { readonly rotation: Rotation; readonly secretArn?: string | undefined },
  verbs: readonly Verb[],
): string {
  const needed = neededVerbs(settings, verbs);
  const name = `arn:${partitionOf(rotation.executionArn)}:secretsmanager:${settings.region}:${rotation.accountId}:secret:${secretNameOf(settings.secretPrefix, rotation)}`;
  // AWS adds six characters to a secret's name; before there is a secret, it is asked for without them.
  const Resource = secretArn === undefined ? [name, `${name}-??????`] : [secretArn];
  const Statement: object[] = [{ Effect: 'Allow', Action: actionsIn(onSecrets, needed), Resource }];
  const keyActions = new Set(needed.flatMap((verb) => keyUse[verb] ?? []));
  if (settings.secretKmsKey !== undefined) {
    if (keyActions.size > 0) {
      const StringLike = {
        'kms:ViaService': 'secretsmanager.*',
        'kms:EncryptionContext:SecretARN': [
          (secretArn ?? `${name}-??????`).replace(settings.region, '*'),
          keyTrial,
        ],
      };
      Statement.push({ Effect: 'Allow', Action: [...keyActions], Resource: '*', Condition: { StringLike } });
    }
    Statement.push({ Effect: 'Allow', Action: ['kms:DescribeKey'], Resource: '*' });
  }
  return JSON.stringify({ Version: '2012-10-17', Statement });
}

/** What a secret's resource policy depends on. */
type Readers = Pick<Storage, 'storage' | 'secretReaders' | 'secretExclusive' | 'provisionRole'> & {
  readonly memberRole: string;
};

/**
 * A secret's resource policy: its user reads it, and so do the readers of the user's account; nobody of any other.
 *
 * The principals are narrowed by conditions, and not named: AWS refuses a policy that names a principal which isn't
 * there, and turns one that it knows into an internal ID, so that a role made again under the same name would be shut
 * out without a word. In the user's own account that is enough to read. From there into the central account the
 * account is the principal, and the reader's own policies must allow it too, as always across accounts.
 */
export function readersPolicy(rotation: Rotation, settings: Readers): string {
  const { accountId, executionArn } = rotation;
  const account = `arn:${partitionOf(executionArn)}:iam::${accountId}`;
  const inOwnAccount = settings.storage === 'member' || accountIn(executionArn) === accountId;
  const readers = [
    ...arnsOfUser(rotation),
    ...settings.secretReaders.map((reader) => `${account}:${reader}`),
  ];
  const allow = {
    Sid: 'Readers',
    Effect: 'Allow',
    Principal: { AWS: inOwnAccount ? '*' : `${account}:root` },
    Action: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
    Resource: '*',
    Condition: {
      ...(inOwnAccount ? { StringEquals: { 'aws:PrincipalAccount': accountId } } : {}),
      ArnLike: { 'aws:PrincipalArn': readers },
    },
  };
  const deny = {
    Sid: 'NobodyElse',
    Effect: 'Deny',
    Principal: '*',
    // Reading alone, so that nobody is shut out from repairing it.
    Action: ['secretsmanager:GetSecretValue', 'secretsmanager:BatchGetSecretValue'],
    Resource: '*',
    Condition: { ArnNotLike: { 'aws:PrincipalArn': [...readers, storingRole(rotation, settings)] } },
  };
  const Statement = settings.secretExclusive ? [allow, deny] : [allow];
  return JSON.stringify({ Version: '2012-10-17', Statement });
}

/** The role that reads a pair again after it stored it, to prove it. */
function storingRole({ accountId, executionArn }: Rotation, settings: Readers): string {
  const own = accountIn(executionArn);
  const isMember = settings.storage === 'member' && own !== accountId;
  const [account, role] = isMember ? [accountId, settings.memberRole] : [own, settings.provisionRole];
  return `arn:${partitionOf(executionArn)}:iam::${account}:role/${role}`;
}
