import {
  CreateAccessKeyCommand,
  DeleteAccessKeyCommand,
  GetUserCommand,
  ListAccessKeysCommand,
  ListUsersCommand,
} from '@aws-sdk/client-iam';
import { DescribeAccountCommand, ListAccountsCommand } from '@aws-sdk/client-organizations';
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
} from '@aws-sdk/client-secrets-manager';
import { SendEmailCommand } from '@aws-sdk/client-sesv2';
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import type { PolicyDocument } from '../../../local/aws/access/policy.ts';
import type { InMemoryAwsOptions } from '../../../local/aws/options.ts';
import type { Call } from '../../../local/aws/types.ts';
import { asMember, CENTRAL, MEMBER, makeWorld } from './fixture.ts';

const roleArn = `arn:aws:iam::${MEMBER}:role/Rotator`;

const policy = (
  ...statements: [action: string | string[], resource?: string, condition?: object][]
): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: statements.map(([Action, Resource = '*', Condition]) => ({
    Effect: 'Allow',
    Action,
    Resource,
    ...(Condition === undefined ? {} : { Condition }),
  })),
});

/** A world in which the role `task` of the central account and the member role have these permissions. */
function worldWith(
  task: PolicyDocument,
  member: PolicyDocument = policy(['*']),
  options: Partial<InMemoryAwsOptions> = {},
) {
  const rolePolicies = new Map([
    ['task', [task]],
    ['Rotator', [member]],
  ]);
  const world = makeWorld({ rolePolicies, ...options });
  const calls: Call[] = [];
  world.aws.onCall((call) => calls.push(call));
  return { world, calls, task: world.as(world.aws.credentialsFor('task')) };
}

const denied = (resource: RegExp | string) => ({
  name: expect.stringMatching(/^AccessDenied(Exception)?$/),
  message: expect.stringMatching(resource),
});

describe('a role whose policies are known', () => {
  it('may do what they allow, on the resources that they allow, and every other error names the missing permission', async () => {
    const account = `arn:aws:organizations::${CENTRAL}:account/o-example/${MEMBER}`;
    const { task } = worldWith(policy(['organizations:DescribeAccount', account]));
    await task.organizations.send(new DescribeAccountCommand({ AccountId: MEMBER }));
    await expect(
      task.organizations.send(new DescribeAccountCommand({ AccountId: CENTRAL })),
    ).rejects.toMatchObject(
      denied(/organizations:DescribeAccount on resource: .*account\/o-example\/1+ because no identity-based/),
    );
    await expect(task.organizations.send(new ListAccountsCommand({}))).rejects.toMatchObject(
      denied('organizations:ListAccounts because no identity-based policy'),
    );
  });

  it('may only ask who it is if it has none', async () => {
    const { world } = worldWith(policy(['*']));
    const other = world.as(world.aws.credentialsFor('other'));
    await other.sts.send(new GetCallerIdentityCommand({}));
    await expect(other.organizations.send(new ListAccountsCommand({}))).rejects.toMatchObject(denied(''));
  });

  it('is bound by a denial, regardless of what else is allowed', async () => {
    const Statement = { Effect: 'Deny', Action: 'organizations:*', Resource: '*' };
    const rolePolicies = new Map([['task', [policy(['*']), { Version: '2012-10-17', Statement }]]]);
    const world = makeWorld({ rolePolicies });
    const { organizations } = world.as(world.aws.credentialsFor('task'));
    await expect(organizations.send(new ListAccountsCommand({}))).rejects.toMatchObject(
      denied('explicit deny'),
    );
  });

  it('doesn’t restrict the operator', async () => {
    const { world } = worldWith(policy(['sts:AssumeRole']));
    await world.clients.organizations.send(new ListAccountsCommand({}));
  });

  it('needs permission on the sender’s domain, and on a configuration set if the mail names one', async () => {
    const mail = {
      FromEmailAddress: 'Keyturn <keys@mail.example.com>',
      Destination: { ToAddresses: ['a@example.com'] },
      Content: { Simple: { Subject: { Data: 's' }, Body: { Text: { Data: 't' } } } },
    };
    const { task } = worldWith(
      policy([
        'ses:SendEmail',
        `arn:aws:ses:eu-west-1:${CENTRAL}:identity/mail.example.com`,
        { StringEquals: { 'ses:FromAddress': 'keys@mail.example.com' } },
      ]),
    );
    await task.ses.send(new SendEmailCommand(mail));
    await expect(
      task.ses.send(new SendEmailCommand({ ...mail, ConfigurationSetName: 'keyturn' })),
    ).rejects.toMatchObject(denied('configuration-set/keyturn'));
    await expect(
      task.ses.send(new SendEmailCommand({ ...mail, FromEmailAddress: 'x@example.com' })),
    ).rejects.toMatchObject(denied('identity/example.com'));
  });

  it('is refused as a whole if a policy has anything that isn’t modelled', () => {
    const odd = policy(['*', '*', { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }]);
    expect(() => worldWith(odd)).toThrow('aws:SourceIp');
  });
});

describe('a session in a member account', () => {
  const assume = policy(['sts:AssumeRole', roleArn]);
  const user = `arn:aws:iam::${MEMBER}:user/app`;

  it('may do only what the role’s policies and its own policy both allow', async () => {
    const { world } = worldWith(assume, policy(['iam:GetUser'], ['iam:ListUsers']));
    const { iam } = await asMember(world, policy([['iam:GetUser', 'iam:CreateAccessKey'], user]));
    await iam.send(new GetUserCommand({ UserName: 'app' }));
    await expect(iam.send(new ListUsersCommand({}))).rejects.toMatchObject(denied('no session policy'));
    await expect(iam.send(new CreateAccessKeyCommand({ UserName: 'app' }))).rejects.toMatchObject(
      denied('no identity-based policy'),
    );
  });

  it('tells who opened it', async () => {
    const { world, calls } = worldWith(assume);
    const { iam } = await asMember(world);
    await iam.send(new GetUserCommand({ UserName: 'app' }));
    expect(calls.map(({ operation, caller }) => [operation, caller.roleName, caller.via])).toEqual([
      ['AssumeRole', 'task', undefined],
      ['GetUser', 'Rotator', 'task'],
    ]);
  });

  it('can’t be opened by a role that may not assume', async () => {
    const { world } = worldWith(policy(['sts:AssumeRole', roleArn.replace(MEMBER, CENTRAL)]));
    await expect(asMember(world)).rejects.toMatchObject(denied(`sts:AssumeRole on resource: ${roleArn}`));
  });
});

describe('whom the member role trusts', () => {
  const memberTrust = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${CENTRAL}:root` },
        Action: 'sts:AssumeRole',
        Condition: {
          ArnLike: { 'aws:PrincipalArn': `arn:aws:iam::${CENTRAL}:role/ta*` },
          StringEquals: { 'sts:ExternalId': 'keyturn', 'aws:PrincipalOrgID': 'o-example' },
        },
      },
    ],
  };
  const assume = (role: string, ExternalId: string | undefined) => {
    const world = makeWorld({ memberTrusts: { Rotator: memberTrust } });
    const { sts } = world.as(world.aws.credentialsFor(role));
    return sts.send(new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'rotation', ExternalId }));
  };

  it('is every principal that its trust policy names, on its conditions', async () => {
    expect((await assume('task', 'keyturn')).Credentials).toBeDefined();
  });

  it.each([
    ['another role', 'other', 'keyturn'],
    ['the wrong external ID', 'task', 'other'],
    ['no external ID', 'task', undefined],
  ])('is nobody with %s', async (_, role, externalId) => {
    await expect(assume(role, externalId)).rejects.toMatchObject(denied(roleArn));
  });
});

describe('a secret under a customer’s key', () => {
  const Name = 'keyturn/app';
  const arn = `arn:aws:secretsmanager:eu-west-1:${CENTRAL}:secret:${Name}`;
  const onKey = {
    'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/keyturn-secrets' },
    StringEquals: { 'kms:ViaService': 'secretsmanager.eu-west-1.amazonaws.com' },
    StringLike: { 'kms:EncryptionContext:SecretARN': [`${arn}-*`, 'RequestToValidateKeyAccess'] },
  };
  const create = new CreateSecretCommand({
    Name,
    SecretString: 'one',
    KmsKeyId: 'alias/keyturn-secrets',
    Tags: [{ Key: 'a', Value: 'b' }],
  });
  const secrets = [
    [
      'secretsmanager:CreateSecret',
      'secretsmanager:TagResource',
      'secretsmanager:PutSecretValue',
      'secretsmanager:GetSecretValue',
    ],
    `${arn}-??????`,
  ] satisfies [string[], string];
  const key = `arn:aws:kms:eu-west-1:${CENTRAL}:key/*`;

  it('needs permission to use the key, by the caller’s own policies', async () => {
    const { task, calls } = worldWith(policy(secrets, [['kms:GenerateDataKey', 'kms:Decrypt'], key, onKey]));
    await task.secrets.send(create);
    const ClientRequestToken = 'x'.repeat(32);
    const put = new PutSecretValueCommand({ SecretId: Name, SecretString: 'two', ClientRequestToken });
    await task.secrets.send(put);
    await task.secrets.send(put);
    await task.secrets.send(new GetSecretValueCommand({ SecretId: Name }));
    expect(calls.map(({ operation, implied }) => [operation, ...implied])).toEqual([
      ['CreateSecret', 'secretsmanager:TagResource', 'kms:GenerateDataKey', 'kms:Decrypt'],
      ['PutSecretValue', 'kms:GenerateDataKey'],
      ['PutSecretValue', 'kms:GenerateDataKey', 'kms:Decrypt'],
      ['GetSecretValue', 'kms:Decrypt'],
    ]);
  });

  it.each([
    ['without the key', policy(secrets), /kms:GenerateDataKey on resource: arn:aws:kms:eu-west-1:1+:key\//],
    [
      'with half of what it needs of the key',
      policy(secrets, ['kms:GenerateDataKey', key, onKey]),
      'kms:Decrypt',
    ],
    [
      'without leave to tag',
      policy(['secretsmanager:CreateSecret'], ['kms:*']),
      'secretsmanager:TagResource',
    ],
    [
      'on another name',
      policy(['secretsmanager:*', `${arn}s-??????`], ['kms:*']),
      'secretsmanager:CreateSecret',
    ],
  ])('isn’t made %s', async (_, task, why) => {
    const { task: clients, world } = worldWith(task);
    await expect(clients.secrets.send(create)).rejects.toMatchObject(denied(why));
    expect(world.aws.secrets.get(CENTRAL)?.size ?? 0).toBe(0);
  });

  it('needs no further permission under AWS’s own key', async () => {
    const { task, calls } = worldWith(policy(['secretsmanager:CreateSecret']));
    await task.secrets.send(new CreateSecretCommand({ Name, SecretString: 'one' }));
    expect(calls.at(-1)?.implied).toEqual([]);
  });
});

describe('a guardrail', () => {
  it('denies one action to everybody, the operator too, until it is lifted', async () => {
    const world = makeWorld();
    const { iam } = await asMember(world);
    const lift = world.aws.guardrail('iam:Delete*');
    const remove = () => iam.send(new DeleteAccessKeyCommand({ UserName: 'app', AccessKeyId: world.key.id }));
    await expect(remove()).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining('with an explicit deny in a service control policy'),
    });
    await expect(iam.send(new ListAccessKeysCommand({ UserName: 'app' }))).resolves.toBeDefined();
    lift();
    await remove();
    expect(world.app.keys).toEqual([]);
  });

  it('can depend on the call', async () => {
    const world = makeWorld();
    world.aws.guardrail((action, { caller }) => action === 'iam:ListAccessKeys' && caller.kind === 'role');
    const { iam } = await asMember(world);
    const listing = iam.send(new ListAccessKeysCommand({ UserName: 'app' }));
    await expect(listing).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(world.clients.iam.send(new ListUsersCommand({}))).resolves.toBeDefined();
  });
});
