import type {
  Filter,
  ListSecretsRequest,
  ListSecretsResponse,
  ListSecretVersionIdsRequest,
  ListSecretVersionIdsResponse,
} from '@aws-sdk/client-secrets-manager';
import { AwsError, type Caller } from '../types.ts';
import { notModelled, operation, page } from '../wire/operation.ts';
import { describeBriefly, type SecretsManager, secretOf, stagesByVersion } from './common.ts';
import { findSecret, type Secret, secretsOf } from './secrets.ts';

/** Secrets Manager's lists. */
export function listOperations(manager: SecretsManager) {
  return {
    ListSecrets: operation<ListSecretsRequest, ListSecretsResponse>()(
      [],
      ['MaxResults', 'NextToken', 'Filters', 'IncludePlannedDeletion'],
      ({ MaxResults, NextToken, Filters = [], IncludePlannedDeletion = false }, caller) => {
        const found = livingSecrets(manager, caller)
          .filter((secret) => IncludePlannedDeletion || secret.deletion === undefined)
          .filter((secret) => Filters.every((filter) => matches(secret, filter)));
        const { items, next } = page(found, pageSize(MaxResults), NextToken, badToken);
        return {
          SecretList: items.map((secret) => ({
            ...describeBriefly(secret),
            SecretVersionsToStages: stagesByVersion(secret),
          })),
          NextToken: next,
        };
      },
    ),
    ListSecretVersionIds: operation<ListSecretVersionIdsRequest, ListSecretVersionIdsResponse>()(
      ['SecretId'],
      ['MaxResults', 'NextToken', 'IncludeDeprecated'],
      ({ SecretId, MaxResults, NextToken, IncludeDeprecated = false }, caller) => {
        const secret = secretOf(manager, caller, SecretId);
        const found = [...secret.versions.values()].filter(
          ({ stages }) => IncludeDeprecated || stages.size > 0,
        );
        const { items, next } = page(found, pageSize(MaxResults), NextToken, badToken);
        return {
          ARN: secret.arn,
          Name: secret.name,
          Versions: items.map(({ id, stages, createdAt }) => ({
            VersionId: id,
            VersionStages: [...stages],
            CreatedDate: createdAt,
          })),
          NextToken: next,
        };
      },
    ),
  };
}

/** Looks each one up, which drops those whose recovery window is over. */
function livingSecrets({ model, secrets }: SecretsManager, caller: Caller): Secret[] {
  return [...secretsOf(secrets, caller.accountId).keys()].flatMap(
    (name) => findSecret(model, secrets, caller.accountId, name) ?? [],
  );
}

function matches(secret: Secret, { Key, Values = [] }: Filter): boolean {
  if (Key === 'tag-key') return Values.some((value) => secret.tags.has(value));
  if (Key !== 'name') throw notModelled('secretsmanager', 'ListSecrets', `a filter by ${Key}`);
  return Values.some((value) =>
    value.startsWith('!') ? !secret.name.startsWith(value.slice(1)) : secret.name.startsWith(value),
  );
}

function pageSize(maxResults = 100): number {
  if (maxResults >= 1 && maxResults <= 100) return maxResults;
  throw new AwsError('InvalidParameterException', 'MaxResults must be between 1 and 100.');
}

const badToken = (): AwsError => new AwsError('InvalidNextTokenException', 'The NextToken value is invalid.');
