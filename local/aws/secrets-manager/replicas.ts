import type {
  RemoveRegionsFromReplicationRequest,
  RemoveRegionsFromReplicationResponse,
  ReplicateSecretToRegionsRequest,
  ReplicateSecretToRegionsResponse,
} from '@aws-sdk/client-secrets-manager';
import { defined } from '../../../tasks/domain/defined.ts';
import { AwsError } from '../types.ts';
import { operation } from '../wire/operation.ts';
import { replicationStatus, type SecretsManager, usableSecret } from './common.ts';

/** Secrets Manager's replication to other regions, which here is immediate and visible only as a status. */
export function replicaOperations(manager: SecretsManager) {
  return {
    ReplicateSecretToRegions: operation<ReplicateSecretToRegionsRequest, ReplicateSecretToRegionsResponse>()(
      ['SecretId', 'AddReplicaRegions'],
      [],
      ({ SecretId, AddReplicaRegions }, caller) => {
        const secret = usableSecret(manager, caller, SecretId);
        for (const { Region } of AddReplicaRegions) {
          if (Region === manager.model.region || secret.replicas.has(Region ?? '')) {
            throw new AwsError('InvalidParameterException', `The secret is in ${Region} already.`);
          }
        }
        for (const { Region = '', KmsKeyId } of AddReplicaRegions) {
          secret.replicas.set(Region, defined({ kmsKeyId: KmsKeyId }));
        }
        return { ARN: secret.arn, ReplicationStatus: replicationStatus(secret) };
      },
    ),
    RemoveRegionsFromReplication: operation<
      RemoveRegionsFromReplicationRequest,
      RemoveRegionsFromReplicationResponse
    >()(['SecretId', 'RemoveReplicaRegions'], [], ({ SecretId, RemoveReplicaRegions }, caller) => {
      const secret = usableSecret(manager, caller, SecretId);
      for (const region of RemoveReplicaRegions) secret.replicas.delete(region);
      return { ARN: secret.arn, ReplicationStatus: replicationStatus(secret) };
    }),
  };
}
