import {
  CreateSecretCommand,
  DeleteResourcePolicyCommand,
  DescribeSecretCommand,
  GetResourcePolicyCommand,
  GetSecretValueCommand,
  PutResourcePolicyCommand,
  PutSecretValueCommand,
  ReplicateSecretToRegionsCommand,
} from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import type { PolicyDocument } from '../../../local/aws/access/policy.ts';
import { makeAccount } from '../../../local/aws/iam/account.ts';
import { CENTRAL, MEMBER, makeWorld } from './fixture.ts';

const Name = 'keyturn/app';
const everything: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
};

const letIn = (Principal: unknown, Condition: object = {}, Effect = 'Allow'): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect, Principal, Action: 'secretsmanager:GetSecretValue', Resource: '*', Condition }],
  });
const ofMember = { AWS: `arn:aws:iam::${MEMBER}:root` };
const onlyThe = (...arns: string[]) => ({ ArnLike: { 'aws:PrincipalArn': arns } });

/** A secret of the central account, and an application of the member account that may do anything there. */
async function withSecret(KmsKeyId?: string) {
  const world = makeWorld({ accounts: [makeAccount({ id: '333333333333', name: 'other' })] });
  const { secrets } = world.clients;
  const { ARN = '' } = await secrets.send(new CreateSecretCommand({ Name, SecretString: 'one', KmsKeyId }));
  world.app.policy = everything;
  const app = world.as({ accessKeyId: world.key.id, secretAccessKey: world.key.secret }).secrets;
  const put = (ResourcePolicy: string, BlockPublicPolicy = true) =>
    secrets.send(new PutResourcePolicyCommand({ SecretId: Name, ResourcePolicy, BlockPublicPolicy }));
  const read = (as = app) => as.send(new GetSecretValueCommand({ SecretId: ARN }));
  return { world, secrets, app, put, read, ARN };
}

describe('another account’s secret', () => {
  it('can be read, by its ARN, by callers whom its policy allows', async () => {
    const { world, put, read, app } = await withSecret('alias/keyturn-secrets');
    await put(letIn(ofMember, onlyThe(world.app.arn)));
    expect((await read()).SecretString).toBe('one');
    await expect(app.send(new GetSecretValueCommand({ SecretId: Name }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    await expect(app.send(new DescribeSecretCommand({ SecretId: (await read()).ARN }))).rejects.toMatchObject(
      { name: 'AccessDeniedException' },
    );
  });

  it.each([
    ['it has no policy', undefined, 'no resource-based policy'],
    ['its policy is for another account', letIn({ AWS: '333333333333' }), 'no resource-based policy'],
    [
      'its policy is for another user',
      letIn(ofMember, onlyThe(`arn:aws:iam::${MEMBER}:user/b`)),
      'no resource-based',
    ],
    ['its policy denies it', letIn(ofMember, {}, 'Deny'), 'explicit deny in a resource-based policy'],
  ])('can’t be read if %s', async (_, policy, why) => {
    const { put, read } = await withSecret('alias/keyturn-secrets');
    if (policy !== undefined) await put(policy);
    await expect(read()).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining(why),
    });
  });

  it('can’t be read by a caller without permission in its own account, for the secret or for the key', async () => {
    const { world, put, read } = await withSecret('alias/keyturn-secrets');
    await put(letIn(ofMember));
    world.app.policy = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'kms:*', Resource: '*' }],
    };
    await expect(read()).rejects.toThrow('no identity-based policy allows the secretsmanager:GetSecretValue');
    world.app.policy = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'secretsmanager:*', Resource: '*' }],
    };
    await expect(read()).rejects.toThrow('no identity-based policy allows the kms:Decrypt');
  });

  it.each([undefined, 'alias/aws/secretsmanager'])('can’t be read under AWS’s own key: %s', async (key) => {
    const { put, read, secrets } = await withSecret(key);
    await put(letIn(ofMember));
    await expect(read()).rejects.toMatchObject({
      name: 'InvalidRequestException',
      message: expect.stringContaining('default KMS service key'),
    });
    expect((await read(secrets)).SecretString).toBe('one');
  });

  it('hides its existence from callers whom it doesn’t allow', async () => {
    const { app, ARN } = await withSecret('alias/keyturn-secrets');
    const missing = ARN.replace('keyturn/app', 'keyturn/none');
    for (const SecretId of [ARN, missing]) {
      await expect(app.send(new DescribeSecretCommand({ SecretId }))).rejects.toMatchObject({
        name: 'AccessDeniedException',
      });
    }
  });
});

describe('a secret’s policy', () => {
  it('allows a caller of its own account whom it names and who has no other permission', async () => {
    const world = makeWorld({ rolePolicies: new Map() });
    const role = `arn:aws:iam::${CENTRAL}:role/reader`;
    const { secrets } = world.clients;
    await secrets.send(new CreateSecretCommand({ Name, SecretString: 'one' }));
    const read = () =>
      world
        .as(world.aws.credentialsFor('reader'))
        .secrets.send(new GetSecretValueCommand({ SecretId: Name }));
    const put = (Principal: object) =>
      secrets.send(new PutResourcePolicyCommand({ SecretId: Name, ResourcePolicy: letIn(Principal) }));
    await put({ AWS: role });
    expect((await read()).SecretString).toBe('one');
    // The account as a whole is allowed, and its own policies decide.
    await put({ AWS: CENTRAL });
    await expect(read()).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  it('is returned as it was put, and can be deleted', async () => {
    const { secrets, put, read } = await withSecret('alias/keyturn-secrets');
    const get = async () =>
      (await secrets.send(new GetResourcePolicyCommand({ SecretId: Name }))).ResourcePolicy;
    expect(await get()).toBeUndefined();
    await put(letIn(ofMember));
    expect(await get()).toBe(letIn(ofMember));
    await secrets.send(new DeleteResourcePolicyCommand({ SecretId: Name }));
    expect(await get()).toBeUndefined();
    await expect(read()).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  it('for everybody is refused if that is blocked, and only then', async () => {
    const { put } = await withSecret();
    await expect(put(letIn('*'))).rejects.toMatchObject({ name: 'PublicPolicyException' });
    await put(letIn('*'), false);
    await put(letIn('*', { StringEquals: { 'aws:PrincipalOrgID': 'o-example' } }));
  });

  it.each([
    ['a user who isn’t there', letIn({ AWS: `arn:aws:iam::${MEMBER}:user/gone` })],
    ['an account that isn’t there', letIn({ AWS: '999999999999' })],
    ['what isn’t modelled', letIn(ofMember, { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } })],
    ['no JSON', '{'],
  ])('that names %s is refused', async (_, policy) => {
    const { put } = await withSecret();
    await expect(put(policy)).rejects.toMatchObject({ name: 'MalformedPolicyDocumentException' });
  });
});

describe('a secret’s replicas', () => {
  const AddReplicaRegions = [
    { Region: 'eu-central-1', KmsKeyId: 'alias/keyturn-secrets' },
    { Region: 'us-east-1' },
  ];

  it('are listed with their keys, and can be added once', async () => {
    const { secrets, world } = await withSecret('alias/keyturn-secrets');
    const implied: (readonly string[])[] = [];
    world.aws.onCall((call) => implied.push(call.implied));
    const replicate = () =>
      secrets.send(new ReplicateSecretToRegionsCommand({ SecretId: Name, AddReplicaRegions }));
    await replicate();
    const { ReplicationStatus } = await secrets.send(new DescribeSecretCommand({ SecretId: Name }));
    expect(ReplicationStatus?.map(({ Region, KmsKeyId, Status }) => [Region, KmsKeyId, Status])).toEqual([
      ['eu-central-1', 'alias/keyturn-secrets', 'InSync'],
      ['us-east-1', 'alias/aws/secretsmanager', 'InSync'],
    ]);
    expect(implied[0]).toEqual(['kms:Decrypt', 'kms:GenerateDataKey', 'kms:Encrypt']);
    await expect(replicate()).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });

  it('need permission to use the key of their own region', async () => {
    const allow = (region: string) => ({
      Effect: 'Allow',
      Action: ['kms:GenerateDataKey', 'kms:Encrypt'],
      Resource: `arn:aws:kms:${region}:${CENTRAL}:key/*`,
      Condition: {
        StringEquals: { 'kms:ViaService': `secretsmanager.${region}.amazonaws.com` },
        StringLike: { 'kms:EncryptionContext:SecretARN': `arn:aws:secretsmanager:${region}:*` },
      },
    });
    const replicateWith = async (...Statement: object[]) => {
      const secrets = { Effect: 'Allow', Action: 'secretsmanager:*', Resource: '*' };
      const policy = { Version: '2012-10-17', Statement: [secrets, ...Statement] };
      const world = makeWorld({ rolePolicies: new Map([['task', [policy]]]) });
      await world.clients.secrets.send(new CreateSecretCommand({ Name, SecretString: 'one' }));
      const task = world.as(world.aws.credentialsFor('task')).secrets;
      await task.send(new ReplicateSecretToRegionsCommand({ SecretId: Name, AddReplicaRegions }));
    };
    await replicateWith(allow('eu-central-1'));
    await expect(replicateWith(allow('eu-west-1'))).rejects.toThrow('arn:aws:kms:eu-central-1:');
  });
});

it('a value can be put across accounts only if the policy allows it', async () => {
  const { app, put, ARN } = await withSecret('alias/keyturn-secrets');
  await put(letIn(ofMember));
  await expect(
    app.send(new PutSecretValueCommand({ SecretId: ARN, SecretString: 'two' })),
  ).rejects.toMatchObject({
    name: 'AccessDeniedException',
  });
});
