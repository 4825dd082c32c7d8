import { accountIn, partitionOf } from './execution-name.ts';
import { type Rotation, secretNameOf } from './rotation.ts';
import type { Storage } from './storage.ts';

/**
 * The Secrets Manager actions that tasks use on a user's secret. Each task names those that it needs: in member storage
 * its session is allowed no others; in central storage its role is to be.
 */
export type SecretAction =
  | 'secretsmanager:DescribeSecret'
  | 'secretsmanager:CreateSecret'
  | 'secretsmanager:TagResource'
  | 'secretsmanager:PutSecretValue'
  | 'secretsmanager:GetSecretValue'
  | 'secretsmanager:UpdateSecretVersionStage'
  | 'secretsmanager:PutResourcePolicy'
  | 'secretsmanager:ReplicateSecretToRegions';

/** What Secrets Manager does with a customer's KMS key, by the caller's right, for an action that touches a value. */
const keyUse: Readonly<Partial<Record<SecretAction, readonly string[]>>> = {
  'secretsmanager:CreateSecret': ['kms:GenerateDataKey', 'kms:Decrypt'],
  'secretsmanager:PutSecretValue': ['kms:GenerateDataKey', 'kms:Decrypt'],
  'secretsmanager:GetSecretValue': ['kms:Decrypt'],
  'secretsmanager:ReplicateSecretToRegions': ['kms:GenerateDataKey', 'kms:Decrypt', 'kms:Encrypt'],
};

/**
 * Where a rotation has put its secret, whatever the settings say by now; undefined before it has, and where the user's
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

/** The actions that a deployment's settings call for, out of those that a task may come to. */
export const neededActions = (
  { storage, replicaRegions }: Pick<Storage, 'storage' | 'replicaRegions'>,
  actions: readonly SecretAction[],
): SecretAction[] =>
  actions.filter((action) => {
    if (action === 'secretsmanager:PutResourcePolicy') return storage === 'central';
    return action !== 'secretsmanager:ReplicateSecretToRegions' || replicaRegions.length > 0;
  });

/**
 * The session policy that leaves of the member role only this user's secret and these actions, and the KMS key only
 * where Secrets Manager uses it for that secret.
 */
export function secretSessionPolicy(
  settings: Pick<Storage, 'storage' | 'secretKmsKey' | 'replicaRegions'> & {
    region: string;
    secretPrefix: string;
  },
  rotation: Rotation,
  actions: readonly SecretAction[],
): string {
  const needed = neededActions(settings, actions);
  const arn = (region: string): string =>
    `arn:${partitionOf(rotation.executionArn)}:secretsmanager:${region}:${rotation.accountId}:secret:${secretNameOf(settings.secretPrefix, rotation)}`;
  // AWS adds six characters to a secret's name; where there is no secret yet, it is asked for without them.
  const secret = [arn(settings.region), `${arn(settings.region)}-??????`];
  const Statement: object[] = [{ Effect: 'Allow', Action: needed, Resource: secret }];
  const keyActions = new Set(needed.flatMap((action) => keyUse[action] ?? []));
  if (settings.secretKmsKey !== undefined && keyActions.size > 0) {
    const StringLike = {
      'kms:ViaService': 'secretsmanager.*',
      'kms:EncryptionContext:SecretARN': `${arn('*')}-??????`,
    };
    Statement.push({ Effect: 'Allow', Action: [...keyActions], Resource: '*', Condition: { StringLike } });
  }
  return JSON.stringify({ Version: '2012-10-17', Statement });
}

/**
 * The resource policy of a secret in central storage: its user reads it from its own account, and so do the readers
 * there; nobody of any other account.
 *
 * The principal is the account, narrowed by a condition, and not the user: AWS refuses a policy that names a principal
 * which isn't there, and turns one that it knows into an internal ID, so that a user deleted and made again under the
 * same name would be shut out without a word. Either way the user's own policies must allow it too.
 */
export function readersPolicy(rotation: Rotation, readers: readonly string[]): string {
  const account = `arn:${partitionOf(rotation.executionArn)}:iam::${rotation.accountId}`;
  const statement = {
    Effect: 'Allow',
    Principal: { AWS: `${account}:root` },
    Action: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
    Resource: '*',
    Condition: {
      ArnLike: {
        'aws:PrincipalArn': [...arnsOfUser(rotation), ...readers.map((reader) => `${account}:${reader}`)],
      },
    },
  };
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
}
