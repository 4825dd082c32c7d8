import * as iam from '@aws-sdk/client-iam';
import * as kms from '@aws-sdk/client-kms';
import * as organizations from '@aws-sdk/client-organizations';
import * as secrets from '@aws-sdk/client-secrets-manager';
import * as ses from '@aws-sdk/client-sesv2';
import * as sts from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import type { Call, Fault } from '../../../local/aws/types.ts';
import { clientDefaults } from '../../../local/world/lambda.ts';
import { CENTRAL, MEMBER, type ModelWorld, makeWorld } from './fixture.ts';

interface Clients {
  readonly iam: iam.IAMClient;
  readonly kms: kms.KMSClient;
  readonly organizations: organizations.OrganizationsClient;
  readonly secrets: secrets.SecretsManagerClient;
  readonly ses: ses.SESv2Client;
  readonly sts: sts.STSClient;
}

const clientsOf = (world: ModelWorld, credentials?: object): Clients => {
  const defaults = { ...clientDefaults(world.aws, 'eu-west-1', 'developer', MEMBER), ...Object(credentials) };
  return {
    iam: new iam.IAMClient(defaults),
    kms: new kms.KMSClient(defaults),
    organizations: new organizations.OrganizationsClient(clientDefaults(world.aws, 'eu-west-1', 'operator')),
    secrets: new secrets.SecretsManagerClient(defaults),
    ses: new ses.SESv2Client(clientDefaults(world.aws, 'eu-west-1', 'operator')),
    sts: new sts.STSClient(defaults),
  };
};

type Step = (clients: Clients, world: ModelWorld) => Promise<unknown>;

const UserName = 'app';
const SecretId = 'a/secret';
const policy = { Version: '2012-10-17', Statement: [] };

/** Every operation of these services, with answers of each shape, and errors. */
const steps: Readonly<Record<string, Step>> = {
  'a user': ({ iam: client }) => client.send(new iam.GetUserCommand({ UserName })),
  'an unknown user': ({ iam: client }) => client.send(new iam.GetUserCommand({ UserName: 'nobody' })),
  'users, a page': ({ iam: client }) => client.send(new iam.ListUsersCommand({ MaxItems: 1 })),
  'no tags': ({ iam: client }) => client.send(new iam.ListUserTagsCommand({ UserName })),
  'odd tags': ({ iam: client }) =>
    client.send(
      new iam.TagUserCommand({
        UserName,
        Tags: [
          { Key: 'a b', Value: ' <ü> & "1" ' },
          { Key: 'empty', Value: '' },
        ],
      }),
    ),
  'the tags': ({ iam: client }) => client.send(new iam.ListUserTagsCommand({ UserName })),
  'fewer tags': ({ iam: client }) => client.send(new iam.UntagUserCommand({ UserName, TagKeys: ['empty'] })),
  'a new key': ({ iam: client }) => client.send(new iam.CreateAccessKeyCommand({ UserName })),
  'a key too many': ({ iam: client }) => client.send(new iam.CreateAccessKeyCommand({ UserName })),
  keys: ({ iam: client }) => client.send(new iam.ListAccessKeysCommand({ UserName })),
  'a status': ({ iam: client }, { key }) =>
    client.send(new iam.UpdateAccessKeyCommand({ UserName, AccessKeyId: key.id, Status: 'Inactive' })),
  'its last use': ({ iam: client }, { key }) =>
    client.send(new iam.GetAccessKeyLastUsedCommand({ AccessKeyId: key.id })),
  'a deletion': ({ iam: client }, { key }) =>
    client.send(new iam.DeleteAccessKeyCommand({ UserName, AccessKeyId: key.id })),
  'a sum': ({ iam: client }) => client.send(new iam.GetAccountSummaryCommand({})),
  aliases: ({ iam: client }) => client.send(new iam.ListAccountAliasesCommand({})),
  'a report begun': ({ iam: client }) => client.send(new iam.GenerateCredentialReportCommand({})),
  'no report yet': ({ iam: client }) => client.send(new iam.GetCredentialReportCommand({})),
  'a report': ({ iam: client }, { pass }) => {
    pass(60);
    return client.send(new iam.GetCredentialReportCommand({}));
  },
  'a member that is not modelled': ({ iam: client }) =>
    client.send(new iam.CreateUserCommand({ UserName: 'x', PermissionsBoundary: 'arn:aws:iam::1:policy/x' })),
  'a caller': ({ sts: client }) => client.send(new sts.GetCallerIdentityCommand({})),
  'a session': ({ sts: client }) =>
    client.send(
      new sts.AssumeRoleCommand({
        RoleArn: `arn:aws:iam::${MEMBER}:role/Rotator`,
        RoleSessionName: 's',
        DurationSeconds: 900,
        Policy: JSON.stringify(policy),
      }),
    ),
  'a secret': ({ secrets: client }) =>
    client.send(
      new secrets.CreateSecretCommand({
        Name: SecretId,
        SecretString: 'a "text" ü',
        ClientRequestToken: '00000000-0000-4000-8000-000000000001',
        Tags: [{ Key: 'k', Value: undefined }],
      }),
    ),
  'it again': ({ secrets: client }) =>
    client.send(new secrets.CreateSecretCommand({ Name: SecretId, SecretString: 'other' })),
  'its description': ({ secrets: client }) => client.send(new secrets.DescribeSecretCommand({ SecretId })),
  'its value': ({ secrets: client }) => client.send(new secrets.GetSecretValueCommand({ SecretId })),
  'another value': ({ secrets: client }) =>
    client.send(
      new secrets.PutSecretValueCommand({
        SecretId,
        SecretString: 'b',
        ClientRequestToken: '00000000-0000-4000-8000-000000000002',
        VersionStages: ['AWSPENDING'],
      }),
    ),
  'its versions': ({ secrets: client }) =>
    client.send(new secrets.ListSecretVersionIdsCommand({ SecretId, IncludeDeprecated: true })),
  'no policy': ({ secrets: client }) => client.send(new secrets.GetResourcePolicyCommand({ SecretId })),
  'a public policy': ({ secrets: client }) =>
    client.send(
      new secrets.PutResourcePolicyCommand({
        SecretId,
        BlockPublicPolicy: true,
        ResourcePolicy: JSON.stringify({
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }],
        }),
      }),
    ),
  'its end': ({ secrets: client }) =>
    client.send(new secrets.DeleteSecretCommand({ SecretId, RecoveryWindowInDays: 7 })),
  accounts: ({ organizations: client }) => client.send(new organizations.ListAccountsCommand({})),
  'an account': ({ organizations: client }) =>
    client.send(new organizations.DescribeAccountCommand({ AccountId: MEMBER })),
  'no account': ({ organizations: client }) =>
    client.send(new organizations.DescribeAccountCommand({ AccountId: '999999999999' })),
  'no key of KMS': ({ kms: client }) => client.send(new kms.DescribeKeyCommand({ KeyId: 'alias/none' })),
  'a mail': ({ ses: client }) =>
    client.send(
      new ses.SendEmailCommand({
        FromEmailAddress: 'keyturn <k@example.com>',
        Destination: { ToAddresses: ['a@example.com'] },
        Content: { Simple: { Subject: { Data: 'ü' }, Body: { Text: { Data: 'line\n' } } } },
      }),
    ),
  'how mail may be sent': ({ ses: client }) => client.send(new ses.GetAccountCommand({})),
};

/** What a client gets: its answer, or its error with everything that a program may look at. */
async function outcomeOf(step: Promise<unknown>): Promise<unknown> {
  try {
    return { answer: await step };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const { name, message } = error;
    return { error: { ...error, name, message, of: error.constructor.name } };
  }
}

async function outcomes(overHttp: boolean, fault?: Fault): Promise<Record<string, unknown>> {
  const world = makeWorld({ overHttp });
  const all: Record<string, unknown> = {};
  const inputs: Pick<Call, 'service' | 'operation' | 'input'>[] = [];
  world.aws.onCall(({ service, operation, input }) => inputs.push({ service, operation, input }));
  if (fault !== undefined) world.aws.inject(() => fault);
  for (const [name, step] of Object.entries(steps))
    all[name] = await outcomeOf(step(clientsOf(world), world));
  return { ...all, inputs: inputs.map(withoutRandomToken) };
}

/** The SDK makes a token of its own if a command has none. */
const withoutRandomToken = ({ input, ...call }: Pick<Call, 'service' | 'operation' | 'input'>): object => {
  const { ClientRequestToken: token, ...others } = input;
  const isRandom = typeof token === 'string' && /^(?!0{8})[0-9a-f]{8}-/.test(token);
  return { ...call, input: isRandom ? { ...others, ClientRequestToken: 'random' } : input };
};

describe('an SDK client of this process', () => {
  it('gets from objects what it gets from HTTP, and the service gets the same from it', async () => {
    expect(await outcomes(false)).toEqual(await outcomes(true));
  });

  it.each(['throttle', 'unavailable', 'denied', 'lostRequest', 'lostAnswer'] as const)(
    'retries and fails alike when every call meets %s',
    async (fault) => {
      expect(await outcomes(false, fault)).toEqual(await outcomes(true, fault));
    },
  );

  it.each([false, true])(
    'is refused if it has another secret than the key (over HTTP: %s)',
    async (overHttp) => {
      const world = makeWorld({ overHttp });
      const signs = (secretAccessKey: string) =>
        clientsOf(world, { credentials: { accessKeyId: world.key.id, secretAccessKey } }).sts.send(
          new sts.GetCallerIdentityCommand({}),
        );
      await expect(signs(world.key.secret)).resolves.toMatchObject({ Account: MEMBER });
      await expect(signs('another')).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' });
    },
  );

  it('gets copies: changing them changes nothing at the service, nor the other way around', async () => {
    const world = makeWorld();
    const { iam: client } = clientsOf(world);
    const first = await client.send(new iam.ListAccessKeysCommand({ UserName }));
    first.AccessKeyMetadata?.pop();
    const { AccessKeyMetadata = [] } = await client.send(new iam.ListAccessKeysCommand({ UserName }));
    AccessKeyMetadata[0]?.CreateDate?.setTime(0);
    expect(world.app.keys).toHaveLength(1);
    expect(world.key.createdAt.getTime()).toBeGreaterThan(0);
    expect(world.central.id).toBe(CENTRAL);
  });
});
