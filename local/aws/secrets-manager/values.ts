import type {
  GetSecretValueRequest,
  GetSecretValueResponse,
  PutSecretValueRequest,
  PutSecretValueResponse,
} from '@aws-sdk/client-secrets-manager';
import { refusal } from '../errors.ts';
import type { Model } from '../iam/account.ts';
import { randomUuid } from '../ids.ts';
import { kmsKey } from '../kms.ts';
import { AwsError, type Caller } from '../types.ts';
import { operation } from '../wire/operation.ts';
import { notFound, type SecretsManager, usableSecret, useKey } from './common.ts';
import { CURRENT, holderOf, putVersion, type Secret, type SecretVersion } from './secrets.ts';

/** Secrets Manager's operations on values. */
export function valueOperations(manager: SecretsManager) {
  return {
    PutSecretValue: operation<PutSecretValueRequest, PutSecretValueResponse>()(
      ['SecretId', 'SecretString'],
      ['ClientRequestToken', 'VersionStages'],
      ({ SecretId, SecretString, ClientRequestToken, VersionStages = [CURRENT] }, caller) => {
        const secret = usableSecret(manager, caller, SecretId);
        useKey(manager, secret, 'encrypt');
        const id = tokenOf(manager.model, ClientRequestToken);
        manager.secrets.note(secret, SecretString);
        const version = putVersion(secret, {
          id,
          text: SecretString,
          stages: VersionStages,
          at: manager.model.now(),
        });
        return { ARN: secret.arn, Name: secret.name, VersionId: id, VersionStages: [...version.stages] };
      },
    ),
    GetSecretValue: operation<GetSecretValueRequest, GetSecretValueResponse>()(
      ['SecretId'],
      ['VersionId', 'VersionStage'],
      (input, caller) => {
        const secret = usableSecret(manager, caller, input.SecretId);
        refuseAcrossAccounts(manager.model, secret, caller);
        useKey(manager, secret, 'decrypt');
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
  };
}

/** The ID of the version that a request makes: the client's own token, or one by seed. */
export function tokenOf(model: Model, token: string | undefined): string {
  if (token === undefined) return randomUuid(model.random);
  if (token.length >= 32 && token.length <= 64) return token;
  const must = 'Member must have length between 32 and 64';
  throw refusal(
    'secretsmanager',
    'invalid',
    `1 validation error detected: Value '${token}' at 'clientRequestToken' failed to satisfy constraint: ${must}`,
  );
}

/** A secret under AWS's own key can't be read from another account. */
function refuseAcrossAccounts(model: Model, { accountId, kmsKeyId }: Secret, caller: Caller): void {
  if (accountId === caller.accountId) return;
  if (kmsKey(model, { accountId, region: model.region }, kmsKeyId) !== undefined) return;
  throw new AwsError(
    'InvalidRequestException',
    "You can't access a secret from a different AWS account if you encrypt the secret with the default KMS service key.",
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
