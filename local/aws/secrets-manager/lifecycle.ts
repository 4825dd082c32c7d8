import type {
  DeleteSecretRequest,
  DeleteSecretResponse,
  RestoreSecretRequest,
  RestoreSecretResponse,
  TagResourceRequest,
  UntagResourceRequest,
} from '@aws-sdk/client-secrets-manager';
import { AwsError, type Caller } from '../types.ts';
import { operation } from '../wire/operation.ts';
import { type SecretsManager, secretOf, usableSecret } from './common.ts';
import { secretsOf } from './secrets.ts';

const DAY = 86_400_000;

/** Secrets Manager's operations on a secret as a whole, after it is made. */
export function lifecycleOperations(manager: SecretsManager) {
  return {
    TagResource: operation<TagResourceRequest, undefined>()(
      ['SecretId', 'Tags'],
      [],
      ({ SecretId, Tags }, caller) => {
        const secret = usableSecret(manager, caller, SecretId);
        for (const { Key = '', Value = '' } of Tags) secret.tags.set(Key, Value);
      },
    ),
    UntagResource: operation<UntagResourceRequest, undefined>()(
      ['SecretId', 'TagKeys'],
      [],
      (input, caller) => {
        const secret = usableSecret(manager, caller, input.SecretId);
        for (const key of input.TagKeys) secret.tags.delete(key);
      },
    ),
    DeleteSecret: operation<DeleteSecretRequest, DeleteSecretResponse>()(
      ['SecretId'],
      ['RecoveryWindowInDays', 'ForceDeleteWithoutRecovery'],
      (input, caller) => deleteSecret(manager, input, caller),
    ),
    RestoreSecret: operation<RestoreSecretRequest, RestoreSecretResponse>()(
      ['SecretId'],
      [],
      ({ SecretId }, caller) => {
        const secret = secretOf(manager, caller, SecretId);
        secret.deletion = undefined;
        return { ARN: secret.arn, Name: secret.name };
      },
    ),
  };
}

function deleteSecret(
  manager: SecretsManager,
  input: {
    readonly SecretId: string;
    readonly RecoveryWindowInDays?: number | undefined;
    readonly ForceDeleteWithoutRecovery?: boolean | undefined;
  },
  caller: Caller,
): DeleteSecretResponse {
  const { SecretId, RecoveryWindowInDays: days, ForceDeleteWithoutRecovery: force = false } = input;
  if (force && days !== undefined) {
    throw invalid("You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.");
  }
  if (days !== undefined && (days < 7 || days > 30)) {
    throw invalid('The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).');
  }
  const secret = usableSecret(manager, caller, SecretId);
  if (secret.replicas.size > 0) {
    throw new AwsError(
      'InvalidRequestException',
      "You can't delete secret that still has replica regions. Remove them first.",
    );
  }
  const at = manager.model.now();
  const goneAt = new Date(at.getTime() + (force ? 0 : (days ?? 30) * DAY));
  secret.deletion = { at, goneAt };
  if (force) secretsOf(manager.secrets, caller.accountId).delete(secret.name);
  return { ARN: secret.arn, Name: secret.name, DeletionDate: goneAt };
}

const invalid = (message: string): AwsError => new AwsError('InvalidParameterException', message);
