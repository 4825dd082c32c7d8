import type {
  CreateSecretRequest,
  CreateSecretResponse,
  DescribeSecretRequest,
  DescribeSecretResponse,
  GetSecretValueRequest,
  GetSecretValueResponse,
  PutSecretValueRequest,
  PutSecretValueResponse,
} from '@aws-sdk/client-secrets-manager';
import type { Model } from './account.ts';
import { refusal } from './errors.ts';
import { randomUuid } from './ids.ts';
import { operation, service } from './operation.ts';
import { lifecycleOperations } from './secret-lifecycle.ts';
import { listOperations } from './secret-lists.ts';
import { stageOperations } from './secret-stages.ts';
import {
  addSecret,
  CURRENT,
  findSecret,
  holderOf,
  putVersion,
  type Secret,
  type Secrets,
  type SecretVersion,
} from './secrets.ts';
import {
  describeBriefly,
  notFound,
  type SecretsManager,
  secretOf,
  stagesByVersion,
  usableSecret,
} from './secrets-common.ts';
import { AwsError, type Caller, type Operations } from './types.ts';

/** Secrets Manager, for secrets of text, in the caller's account. */
export function secretsManagerOperations(model: Model, secrets: Secrets): Operations {
  const manager: SecretsManager = { model, secrets };
  return service('secretsmanager', {
    CreateSecret: operation<CreateSecretRequest, CreateSecretResponse>()(
      ['Name'],
      ['ClientRequestToken', 'Description', 'KmsKeyId', 'SecretString', 'Tags'],
      (input, caller) => createSecret(manager, input, caller),
    ),
    PutSecretValue: operation<PutSecretValueRequest, PutSecretValueResponse>()(
      ['SecretId', 'SecretString'],
      ['ClientRequestToken', 'VersionStages'],
      ({ SecretId, SecretString, ClientRequestToken, VersionStages = [CURRENT] }, caller) => {
        const secret = usableSecret(manager, caller, SecretId);
        const id = tokenOf(model, ClientRequestToken);
        secrets.note(secret, SecretString);
        const version = putVersion(secret, {
          id,
          text: SecretString,
          stages: VersionStages,
          at: model.now(),
        });
        return { ARN: secret.arn, Name: secret.name, VersionId: id, VersionStages: [...version.stages] };
      },
    ),
    GetSecretValue: operation<GetSecretValueRequest, GetSecretValueResponse>()(
      ['SecretId'],
      ['VersionId', 'VersionStage'],
      (input, caller) => {
        const secret = usableSecret(manager, caller, input.SecretId);
        const version = versionOf(secret, input);
        return {
          ARN: secret.arn,
          Name: secret.name,
          VersionId: version.id,
          SecretString: version.text,
          VersionStages: [...version.stages],
          CreatedDate: version.createdAt,
        };
      },
    ),
    DescribeSecret: operation<DescribeSecretRequest, DescribeSecretResponse>()(
      ['SecretId'],
      [],
      ({ SecretId }, caller) => describeSecret(secretOf(manager, caller, SecretId)),
    ),
    ...stageOperations(manager),
    ...listOperations(manager),
    ...lifecycleOperations(manager),
  });
}

function createSecret(
  { model, secrets }: SecretsManager,
  input: Omit<CreateSecretRequest, 'Name'> & { Name: string },
  caller: Caller,
): CreateSecretResponse {
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

/** The same request again, as an SDK sends it after a lost answer, is let through. */
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

function tokenOf(model: Model, token: string | undefined): string {
  if (token === undefined) return randomUuid(model.random);
  if (token.length >= 32 && token.length <= 64) return token;
  const must = 'Member must have length between 32 and 64';
  throw refusal(
    'secretsmanager',
    'invalid',
    `1 validation error detected: Value '${token}' at 'clientRequestToken' failed to satisfy constraint: ${must}`,
  );
}

function versionOf(
  secret: Secret,
  {
    VersionId,
    VersionStage,
  }: { readonly VersionId?: string | undefined; readonly VersionStage?: string | undefined },
): SecretVersion {
  const stage = VersionStage ?? (VersionId === undefined ? CURRENT : undefined);
  const version =
    VersionId === undefined ? holderOf(secret, stage ?? CURRENT) : secret.versions.get(VersionId);
  if (version === undefined) {
    const which = VersionId === undefined ? `staging label: ${stage}` : `VersionId: ${VersionId}`;
    throw notFound(`Secrets Manager can't find the specified secret value for ${which}`);
  }
  if (stage !== undefined && !version.stages.has(stage)) {
    throw new AwsError(
      'InvalidRequestException',
      'You provided a VersionStage that is not associated to the provided VersionId.',
    );
  }
  return version;
}

function describeSecret(secret: Secret): DescribeSecretResponse {
  return {
    ...describeBriefly(secret),
    // As AWS does: versions without a stage are left out.
    VersionIdsToStages: stagesByVersion(secret),
  };
}
