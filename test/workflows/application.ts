import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { PolicyDocument } from '../../local/aws/access/policy.ts';
import type { UserKey } from '../../local/aws/iam/account.ts';
import { clientDefaults } from '../../local/world/lambda.ts';
import { accountId, type Life } from './life.ts';

export const allow = (Action: string[], Resource: string | string[], Condition?: object) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...(Condition === undefined ? {} : { Condition }),
});
export const policyOf = (...Statement: object[]): PolicyDocument => ({ Version: '2012-10-17', Statement });

/** The permissions that an application needs to read its user's secret. */
export const mayReadItsOwn = policyOf(
  allow(['secretsmanager:GetSecretValue'], `arn:aws:secretsmanager:*:*:secret:keyturn/${accountId}/*`),
  allow(['kms:Decrypt'], '*', { StringLike: { 'kms:ViaService': 'secretsmanager.*' } }),
);

/** Reads the secret as an application with this key does that knows the secret's ARN. */
export async function readAs(life: Life, { id, secret }: UserKey, SecretId = life.secret?.arn) {
  const { aws, settings } = life.world;
  const credentials = { accessKeyId: id, secretAccessKey: secret };
  const client = new SecretsManagerClient({ ...clientDefaults(aws, settings.region, 'none'), credentials });
  const { SecretString = '{}' } = await client.send(new GetSecretValueCommand({ SecretId }));
  const value: { accessKeyId?: string; secretAccessKey?: string } = JSON.parse(SecretString);
  return value;
}
