import {
  CreateSecretCommand,
  PutResourcePolicyCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import type { User, UserKey } from '../../local/aws/iam/account.ts';
import { clientDefaults } from '../../local/world/lambda.ts';
import type { World } from '../../local/world/world.ts';
import { sampleSecretName } from '../../tasks/domain/adopting/candidates.ts';

/** What the AWS sample stores: the answer of CreateAccessKey, indented and with its fields sorted. */
export const sampleText = (user: User, key: UserKey): string =>
  JSON.stringify(
    {
      AccessKeyId: key.id,
      CreateDate: `${key.createdAt.toISOString().slice(0, 19).replace('T', ' ')}+00:00`,
      SecretAccessKey: key.secret,
      Status: 'Active',
      UserName: user.name,
    },
    undefined,
    4,
  );

/** Writes secrets as somebody in the user's account who isn't keyturn. */
export const otherHands = ({ aws, settings }: World, accountId: string): SecretsManagerClient =>
  new SecretsManagerClient(clientDefaults(aws, settings.region, 'deployment', accountId));

/** Stores each key of a user as the AWS sample does, in the order in which it made them, and admits the user. */
export async function storedBySample(
  world: World,
  accountId: string,
  user: User,
  keys: readonly UserKey[],
): Promise<string> {
  const secrets = otherHands(world, accountId);
  const name = sampleSecretName(accountId, user.name);
  const [first, ...later] = keys;
  if (first === undefined) throw new Error('the sample stores no secret without a key');
  await secrets.send(
    new CreateSecretCommand({
      Name: name,
      Description: 'Auto-created secret',
      SecretString: sampleText(user, first),
    }),
  );
  for (const key of later)
    await secrets.send(new PutSecretValueCommand({ SecretId: name, SecretString: sampleText(user, key) }));
  await secrets.send(
    new PutResourcePolicyCommand({
      SecretId: name,
      ResourcePolicy: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { AWS: user.arn },
            Action: [
              'secretsmanager:GetSecretValue',
              'secretsmanager:DescribeSecret',
              'secretsmanager:ListSecretVersionIds',
              'secretsmanager:ListSecrets',
            ],
            Resource: '*',
          },
        ],
      }),
      BlockPublicPolicy: true,
    }),
  );
  return name;
}
