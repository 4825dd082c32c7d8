import type {
  CreateSecretRequest,
  CreateSecretResponse,
  DescribeSecretRequest,
  DescribeSecretResponse,
} from '@aws-sdk/client-secrets-manager';
import { defined } from '../../../tasks/domain/defined.ts';
import { refusal } from '../errors.ts';
import type { Model } from '../iam/account.ts';
import type { KmsKeys } from '../kms.ts';
import { AwsError, type Caller, type Operations } from '../types.ts';
import { operation, service } from '../wire/operation.ts';
import { describeSecret, type SecretsManager, secretOf, useKey } from './common.ts';
import { lifecycleOperations } from './lifecycle.ts';
import { listOperations } from './lists.ts';
import { resourcePolicyOperations } from './policies.ts';
import { replicaOperations } from './replicas.ts';
import { addSecret, CURRENT, findSecret, putVersion, type Secret, type Secrets } from './secrets.ts';
import { stageOperations } from './stages.ts';
import { type SecretLags, StaleSecrets } from './staleness.ts';
import { tokenOf, valueOperations } from './values.ts';

/**
 * Secrets Manager, for secrets of text: those of the caller's account and, by ARN, those whose policies allow the
 * caller.
 */
export function secretsManagerOperations(
  model: Model,
  secrets: Secrets,
  keys: KmsKeys,
  lags: SecretLags = {},
): Operations {
  const manager: SecretsManager = { model, secrets, keys };
  const staleness = new StaleSecrets(manager, lags);
  const operations = service('secretsmanager', {
    CreateSecret: operation<CreateSecretRequest, CreateSecretResponse>()(
      ['Name'],
      ['ClientRequestToken', 'Description', 'KmsKeyId', 'SecretString', 'Tags'],
      (input, caller) => createSecret(manager, input, caller),
    ),
    ...valueOperations(manager),
    DescribeSecret: operation<DescribeSecretRequest, DescribeSecretResponse>()(
      ['SecretId'],
      [],
      ({ SecretId }, caller) =>
        staleness.read(caller, SecretId) ?? describeSecret(secretOf(manager, caller, SecretId)),
    ),
    ...stageOperations(manager),
    ...listOperations(manager),
    ...lifecycleOperations(manager),
    ...resourcePolicyOperations(manager),
    ...replicaOperations(manager),
  });
  return staleness.around(operations);
}

function createSecret(
  manager: SecretsManager,
  input: Omit<CreateSecretRequest, 'Name'> & { Name: string },
  caller: Caller,
): CreateSecretResponse {
  const { model, secrets } = manager;
  const { Name, SecretString, Description: description, KmsKeyId: kmsKeyId } = input;
  if (!/^[\w/+=.@-]{1,512}$/.test(Name)) {
    throw refusal(
      'secretsmanager',
      'invalid',
      'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!',
    );
  }
  const id = tokenOf(model, input.ClientRequestToken);
  const existing = findSecret(model, secrets, caller.accountId, Name);
  if (existing !== undefined) refuseExisting(existing, id, SecretString);
  if (existing === undefined)
    useKey(manager, { accountId: caller.accountId, ...defined({ kmsKeyId }) }, 'encrypt');
  const secret =
    existing ?? addSecret(model, secrets, { accountId: caller.accountId, name: Name, description, kmsKeyId });
  if (existing === undefined) {
    for (const { Key = '', Value = '' } of input.Tags ?? []) secret.tags.set(Key, Value);
    if (SecretString !== undefined) {
      secrets.note(secret, SecretString);
      putVersion(secret, { id, text: SecretString, stages: [CURRENT], at: model.now() });
    }
  }
  return { ARN: secret.arn, Name, ...(SecretString === undefined ? {} : { VersionId: id }) };
}

/** Refuses a name that is taken, unless it is the same request again, which an SDK sends after a lost response. */
function refuseExisting(secret: Secret, token: string, text: string | undefined): void {
  if (secret.deletion !== undefined) {
    throw new AwsError(
      'InvalidRequestException',
      "You can't create this secret because a secret with this name is already scheduled for deletion.",
    );
  }
  if (text !== undefined && secret.versions.get(token)?.text === text) return;
  throw new AwsError(
    'ResourceExistsException',
    `The operation failed because the secret ${secret.name} already exists.`,
  );
}

export type { SecretLags } from './staleness.ts';
