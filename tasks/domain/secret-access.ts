import type { Canary } from './canary.ts';
import { accountIn, partitionOf } from './execution-name.ts';
import { type Rotation, secretNameOf } from './rotation.ts';
import type { Storage } from './storage.ts';
import { actionsIn, type SecretVerb, secretChanges, secretReads, type Verb, verbsIn } from './verbs.ts';

/** How Secrets Manager uses a customer's KMS key on the caller's behalf, for verbs that touch a value. */
export const keyUse: Readonly<Partial<Record<SecretVerb, readonly string[]>>> = {
  createSecret: ['kms:GenerateDataKey', 'kms:Decrypt'],
  storeValue: ['kms:GenerateDataKey', 'kms:Decrypt'],
  readPending: ['kms:Decrypt'],
  readAdopted: ['kms:Decrypt'],
  replicateSecret: ['kms:GenerateDataKey', 'kms:Decrypt', 'kms:Encrypt'],
};

/** How Secrets Manager checks a new secret's KMS key, before the secret exists. */
export const keyTrial = 'RequestToValidateKeyAccess';

/**
 * Where a rotation has put its secret, regardless of the current settings; undefined if it hasn't yet, or if the
 * user's account is the central one.
 */
export function storageOf(
  { accountId, executionArn }: Rotation,
  secretArn: string | undefined,
): Storage['storage'] | undefined {
  if (secretArn === undefined || accountIn(executionArn) === accountId) return undefined;
  return accountIn(secretArn) === accountId ? 'member' : 'central';
}

/** Whether a secret isn't one of ours: the user has adopted it. */
export const isAdopted = (
  { secretPrefix }: { readonly secretPrefix: string },
  secretArn: string | undefined,
): boolean => secretArn?.startsWith('arn:') === true && !secretArn.includes(`:secret:${secretPrefix}`);

/** A user's ARNs. Its path isn't known here, so there is one without a path and one with any path. */
export function arnsOfUser({ accountId, userName, executionArn }: Rotation): string[] {
  const users = `arn:${partitionOf(executionArn)}:iam::${accountId}:user`;
  return [`${users}/${userName}`, `${users}/*/${userName}`];
}

export const onSecrets = { ...secretReads, ...secretChanges };

/** Those of the verbs that are about a secret and that the deployment's settings require. */
export const neededVerbs = (
  { replicaRegions }: Pick<Storage, 'replicaRegions'>,
  verbs: readonly Verb[],
): SecretVerb[] =>
  verbsIn(onSecrets, verbs).filter((verb) => verb !== 'replicateSecret' || replicaRegions.length > 0);

/**
 * The session policy: limits the member role to this user's secret and these verbs, and the KMS key to Secrets
 * Manager's use of it for that secret.
 */
export function secretSessionPolicy(
  settings: Pick<Storage, 'secretKmsKey' | 'replicaRegions'> & { region: string; secretPrefix: string },
  { rotation, secretArn }: { readonly rotation: Rotation; readonly secretArn?: string | undefined },
  verbs: readonly Verb[],
): string {
  const needed = neededVerbs(settings, verbs);
  const name = `arn:${partitionOf(rotation.executionArn)}:secretsmanager:${settings.region}:${rotation.accountId}:secret:${secretNameOf(settings.secretPrefix, rotation)}`;
  // AWS appends six characters to a secret's name. Before the secret exists, it is looked up without them.
  const Resource = secretArn === undefined ? [name, `${name}-??????`] : [secretArn];
  const Statement: object[] = [
    { Effect: 'Allow', Action: [...new Set(actionsIn(onSecrets, needed))], Resource },
  ];
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

/** The facts that a secret's resource policy depends on. */
type Readers = Pick<Storage, 'storage' | 'secretReaders' | 'secretExclusive' | 'provisionRole'> & {
  readonly memberRole: string;
  readonly canary?: Canary | undefined;
};

/**
 * A secret's resource policy: the user and the readers of the user's account may read it, and nobody of any other
 * account.
 *
 * The principals are restricted by conditions instead of being named. AWS rejects a policy that names a missing
 * principal, and stores a named one as an internal ID, so a role that is recreated under the same name would silently
 * lose access. Within the user's account this policy alone grants access. For a secret in the central account, the
 * principal is the user's account, and the reader's own policies must allow access too, as always across accounts.
 */
export function readersPolicy(rotation: Rotation, settings: Readers): string {
  const { accountId, executionArn } = rotation;
  const account = `arn:${partitionOf(executionArn)}:iam::${accountId}`;
  const inOwnAccount = settings.storage === 'member' || accountIn(executionArn) === accountId;
  const readers = [
    ...arnsOfUser(rotation),
    ...settings.secretReaders.map((reader) => `${account}:${reader}`),
    ...canaryReader(rotation, settings).map((role) => `${account}:role/${role}`),
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
    // Denies only reading, so that nobody is prevented from repairing the secret.
    Action: ['secretsmanager:GetSecretValue', 'secretsmanager:BatchGetSecretValue'],
    Resource: '*',
    Condition: { ArnNotLike: { 'aws:PrincipalArn': [...readers, storingRole(rotation, settings)] } },
  };
  const Statement = settings.secretExclusive ? [allow, deny] : [allow];
  return JSON.stringify({ Version: '2012-10-17', Statement });
}

/** The function that uses the canary's key reads the canary's secret, and no other. */
const canaryReader = ({ accountId, userName, executionArn }: Rotation, { canary }: Readers): string[] =>
  accountIn(executionArn) === accountId && userName === canary?.userName ? [canary.role] : [];

/** The role that reads a stored pair again, to prove it. */
function storingRole({ accountId, executionArn }: Rotation, settings: Readers): string {
  const own = accountIn(executionArn);
  const isMember = settings.storage === 'member' && own !== accountId;
  const [account, role] = isMember ? [accountId, settings.memberRole] : [own, settings.provisionRole];
  return `arn:${partitionOf(executionArn)}:iam::${account}:role/${role}`;
}
