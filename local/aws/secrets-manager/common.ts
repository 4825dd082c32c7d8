import type { DescribeSecretResponse, ReplicationStatusType } from '@aws-sdk/client-secrets-manager';
import type { Model } from '../iam/account.ts';
import { listTags } from '../iam/tags.ts';
import { type KmsKeys, kmsKey } from '../kms.ts';
import { AwsError, type Caller } from '../types.ts';
import { findSecret, type Secret, type Secrets } from './secrets.ts';

/** What Secrets Manager's operations share. */
export interface SecretsManager {
  readonly model: Model;
  readonly secrets: Secrets;
  readonly keys: KmsKeys;
}

/** A secret, even one scheduled for deletion. @throws AwsError ResourceNotFoundException */
export function secretOf({ model, secrets }: SecretsManager, caller: Caller, id: string): Secret {
  const secret = findSecret(model, secrets, caller.accountId, id);
  if (secret === undefined) throw notFound("Secrets Manager can't find the specified secret.");
  return secret;
}

/** A secret that isn't scheduled for deletion. @throws AwsError InvalidRequestException, ResourceNotFoundException */
export function usableSecret(manager: SecretsManager, caller: Caller, id: string): Secret {
  const secret = secretOf(manager, caller, id);
  if (secret.deletion === undefined) return secret;
  throw new AwsError(
    'InvalidRequestException',
    "You can't perform this operation on the secret because it was marked for deletion.",
  );
}

/**
 * Refuses to use a key that can't be used.
 * @throws AwsError EncryptionFailure, DecryptionFailure
 */
export function useKey(
  { model, keys }: SecretsManager,
  { accountId, kmsKeyId }: Pick<Secret, 'accountId' | 'kmsKeyId'>,
  purpose: 'encrypt' | 'decrypt',
): void {
  const key = kmsKey(model, { accountId, region: model.region }, kmsKeyId);
  if (key === undefined || keys.stateOf(key) === 'Enabled') return;
  throw new AwsError(
    purpose === 'encrypt' ? 'EncryptionFailure' : 'DecryptionFailure',
    `Secrets Manager can't ${purpose} the protected secret text using the provided KMS key.`,
  );
}

export const notFound = (message: string): AwsError => new AwsError('ResourceNotFoundException', message);

/** The fields that a description and a list entry share. */
export function describeBriefly(secret: Secret) {
  return {
    ARN: secret.arn,
    Name: secret.name,
    Description: secret.description,
    KmsKeyId: secret.kmsKeyId,
    CreatedDate: secret.createdAt,
    LastChangedDate: secret.changedAt,
    DeletedDate: secret.deletion?.at,
    Tags: listTags(secret.tags),
  };
}

/** Version IDs with their stages, of the versions that have any. */
export function stagesByVersion(secret: Secret): Record<string, string[]> {
  const staged = [...secret.versions.values()].filter(({ stages }) => stages.size > 0);
  return Object.fromEntries(staged.map(({ id, stages }) => [id, [...stages]]));
}

/** DescribeSecret's up-to-date answer. */
export function describeSecret(secret: Secret): DescribeSecretResponse {
  return {
    ...describeBriefly(secret),
    // As AWS does: versions without a stage are omitted.
    VersionIdsToStages: stagesByVersion(secret),
    ...(secret.replicas.size === 0 ? {} : { ReplicationStatus: replicationStatus(secret) }),
  };
}

/** A secret's replicas, as they are listed. */
export const replicationStatus = ({ replicas }: Secret): ReplicationStatusType[] =>
  [...replicas].map(([Region, { kmsKeyId }]) => ({
    Region,
    KmsKeyId: kmsKeyId ?? 'alias/aws/secretsmanager',
    Status: 'InSync',
    StatusMessage: 'Replication succeeded',
  }));
