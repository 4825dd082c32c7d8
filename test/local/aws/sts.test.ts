import {
  CreateAccessKeyCommand,
  DeleteAccessKeyCommand,
  GetAccessKeyLastUsedCommand,
  GetUserCommand,
  type IAMClient,
  ListAccessKeysCommand,
  ListAccountAliasesCommand,
  ListUsersCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import { ListSecretsCommand } from '@aws-sdk/client-secrets-manager';
import { AssumeRoleCommand, GetAccessKeyInfoCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { makeAccount } from '../../../local/aws/iam/account.ts';
import { isSigned } from '../../../local/aws/wire/wire.ts';
import { asMember, CENTRAL, MEMBER, type ModelWorld, makeWorld, START } from './fixture.ts';

const whoAmI = () => new GetCallerIdentityCommand({});
const asKey = (world: ModelWorld, accessKeyId: string, secretAccessKey: string) =>
  world.as({ accessKeyId, secretAccessKey }).sts;

describe('the caller', () => {
  it('is the operator of the central account for any credentials that were never issued', async () => {
    const identity = await makeWorld().clients.sts.send(whoAmI());
    expect(identity).toMatchObject({
      Account: CENTRAL,
      Arn: expect.stringMatching(/:assumed-role\/operator\//),
    });
  });

  it("is a task's role, with the same credentials each time", async () => {
    const { aws, as } = makeWorld();
    const credentials = aws.credentialsFor('Assess');
    expect(aws.credentialsFor('Assess')).toBe(credentials);
    const { Arn } = await as(credentials).sts.send(whoAmI());
    expect(Arn).toBe(`arn:aws:sts::${CENTRAL}:assumed-role/Assess/Assess`);
    const stolen = as({ ...credentials, sessionToken: 'other' }).sts.send(whoAmI());
    await expect(stolen).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
  });

  it('is an IAM user, who may ask nothing else', async () => {
    const world = makeWorld();
    const clients = world.as({ accessKeyId: world.key.id, secretAccessKey: world.key.secret });
    expect(await clients.sts.send(whoAmI())).toMatchObject({
      Account: MEMBER,
      Arn: world.app.arn,
      UserId: world.app.id,
    });
    await expect(clients.iam.send(new GetUserCommand({ UserName: 'app' }))).rejects.toMatchObject({
      name: 'AccessDenied',
      $metadata: { httpStatusCode: 403 },
    });
    await expect(clients.secrets.send(new ListSecretsCommand({}))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
  });

  it('is refused if the signature is not made with the secret', async () => {
    const world = makeWorld();
    await expect(asKey(world, world.key.id, 'wrong').send(whoAmI())).rejects.toMatchObject({
      name: 'SignatureDoesNotMatch',
      $metadata: { httpStatusCode: 403 },
    });
    expect(world.aws.lastUse(MEMBER, world.key.id)).toBeUndefined();
  });

  it('is refused with a key that is new, inactive or deleted', async () => {
    const world = makeWorld();
    const { iam } = await asMember(world);
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'app' }));
    const AccessKeyId = AccessKey?.AccessKeyId ?? '';
    const sign = () => asKey(world, AccessKeyId, AccessKey?.SecretAccessKey ?? '').send(whoAmI());
    const refused = { name: 'InvalidClientTokenId', $metadata: { httpStatusCode: 403 } };
    world.pass(7);
    await expect(sign()).rejects.toMatchObject(refused);
    world.pass(1);
    expect((await sign()).Account).toBe(MEMBER);
    await iam.send(new UpdateAccessKeyCommand({ UserName: 'app', AccessKeyId, Status: 'Inactive' }));
    await expect(sign()).rejects.toMatchObject(refused);
    await iam.send(new DeleteAccessKeyCommand({ UserName: 'app', AccessKeyId }));
    await expect(sign()).rejects.toMatchObject(refused);
    expect(world.aws.lastUse(MEMBER, AccessKeyId)?.at).toEqual(new Date(START.getTime() + 8000));
  });

  it('is refused some seconds after its key was made inactive, and accepted some seconds after the opposite', async () => {
    const world = makeWorld({ statusLagSeconds: 5 });
    const { iam } = await asMember(world);
    const AccessKeyId = world.key.id;
    const sign = () => asKey(world, AccessKeyId, world.key.secret).send(whoAmI());
    const turn = (Status: 'Active' | 'Inactive') =>
      iam.send(new UpdateAccessKeyCommand({ UserName: 'app', AccessKeyId, Status }));
    await turn('Inactive');
    world.pass(4);
    await expect(sign()).resolves.toBeDefined();
    world.pass(1);
    await expect(sign()).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
    await turn('Active');
    world.pass(4);
    await expect(sign()).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
    world.pass(1);
    await expect(sign()).resolves.toBeDefined();
  });

  it('marks its key as used', async () => {
    const world = makeWorld();
    await asKey(world, world.key.id, world.key.secret).send(whoAmI());
    expect(world.aws.lastUse(MEMBER, world.key.id)).toMatchObject({
      at: START,
      service: 'sts',
      region: 'eu-west-1',
    });
    world.pass(15 * 60);
    const { iam } = await asMember(world);
    const { AccessKeyLastUsed } = await iam.send(
      new GetAccessKeyLastUsedCommand({ AccessKeyId: world.key.id }),
    );
    expect(AccessKeyLastUsed).toEqual({ LastUsedDate: START, ServiceName: 'sts', Region: 'eu-west-1' });
  });

  it('calls an API only with a signature', () => {
    expect(
      isSigned({ Authorization: 'AWS4-HMAC-SHA256 Credential=x/20260301/eu-west-1/iam/aws4_request' }),
    ).toBe(true);
    expect(isSigned({ authorization: 'Bearer x' })).toBe(false);
    expect(isSigned({})).toBe(false);
  });

  it("is a key's account, whatever the key's state", async () => {
    const world = makeWorld();
    world.key.status = 'Inactive';
    const { Account } = await world.clients.sts.send(
      new GetAccessKeyInfoCommand({ AccessKeyId: world.key.id }),
    );
    expect(Account).toBe(MEMBER);
  });
});

describe('assuming a role', () => {
  const RoleArn = `arn:aws:iam::${MEMBER}:role/ops/Rotator`;

  it('opens a session in the other account, for an hour', async () => {
    const world = makeWorld();
    const { sts } = await asMember(world);
    const { Account, Arn } = await sts.send(whoAmI());
    expect([Account, Arn]).toEqual([MEMBER, `arn:aws:sts::${MEMBER}:assumed-role/Rotator/rotation`]);
    world.pass(3600);
    await expect(sts.send(whoAmI())).rejects.toMatchObject({ name: 'ExpiredToken' });
    // Opening another session forgets everything about the first one, except that it has expired.
    await asMember(world);
    await expect(sts.send(whoAmI())).rejects.toMatchObject({ name: 'ExpiredToken' });
  });

  it("lasts if it is an operator's, whose clock isn't the model's", async () => {
    const world = makeWorld();
    const RoleSessionName = 'jane';
    const { Credentials } = await world.clients.sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName }));
    world.pass(30 * 24 * 3600);
    const { sts } = world.as({
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      sessionToken: Credentials?.SessionToken ?? '',
    });
    expect((await sts.send(whoAmI())).Account).toBe(MEMBER);
  });

  it.each([
    ['a suspended account', ({ member }: ModelWorld) => void Object.assign(member, { state: 'SUSPENDED' })],
    [
      'an account without the role',
      ({ member }: ModelWorld) => void Object.assign(member, { memberRole: false }),
    ],
    ['an unknown account', (world: ModelWorld) => void world.aws.accounts.delete(MEMBER)],
  ])('is denied into %s', async (_, change) => {
    const world = makeWorld();
    change(world);
    await expect(asMember(world)).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it('is denied to a session in a member account', async () => {
    const world = makeWorld({ accounts: [makeAccount({ id: '333333333333', name: 'other' })] });
    const { sts } = await asMember(world);
    const RoleArn = 'arn:aws:iam::333333333333:role/Rotator';
    const assume = sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'next' }));
    await expect(assume).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it.each([
    ['a session name with a space', { RoleSessionName: 'a b' }, 'ValidationError'],
    ['a role ARN that is none', { RoleArn: 'Rotator' }, 'ValidationError'],
    ['a policy that is too long', { Policy: ' '.repeat(2049) }, 'ValidationError'],
    ['no JSON', { Policy: '{' }, 'MalformedPolicyDocumentException'],
    ['a principal', { Policy: statement({ Principal: '*' }) }, 'MalformedPolicyDocumentException'],
    ['all but an action', { Policy: statement({ NotAction: 'iam:*' }) }, 'MalformedPolicyDocumentException'],
    ['tags', { Tags: [{ Key: 'a', Value: 'b' }] }, 'ValidationError'],
  ])('is refused with %s', async (_, input, name) => {
    const { sts } = makeWorld().clients;
    const assume = sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'rotation', ...input }));
    await expect(assume).rejects.toMatchObject({ name });
  });

  function statement(elements: object): string {
    const Statement = { Effect: 'Allow', Action: 'iam:*', Resource: '*', ...elements };
    return JSON.stringify({ Version: '2012-10-17', Statement });
  }
});

describe('a session policy', () => {
  const policy = {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'OneUser',
        Effect: 'Allow',
        Action: ['iam:*AccessKey*', 'IAM:GetUser'],
        Resource: `arn:aws:iam::${MEMBER}:user/app`,
      },
    ],
  };

  it('allows what it names, on the user that it names', async () => {
    const world = makeWorld();
    const { iam } = await asMember(world, policy);
    await iam.send(new GetUserCommand({ UserName: 'app' }));
    await iam.send(new ListAccessKeysCommand({ UserName: 'app' }));
    await iam.send(new GetAccessKeyLastUsedCommand({ AccessKeyId: world.key.id }));
  });

  it.each<[string, (iam: IAMClient) => Promise<unknown>]>([
    ['another user', (iam) => iam.send(new GetUserCommand({ UserName: 'apps' }))],
    ['another action', (iam) => iam.send(new ListUsersCommand({}))],
    ['an action without a user', (iam) => iam.send(new ListAccountAliasesCommand({}))],
    [
      'a key that is not there',
      (iam) => iam.send(new GetAccessKeyLastUsedCommand({ AccessKeyId: 'AKIAAAAAAAAAAAAAAAAA' })),
    ],
  ])('denies %s', async (_, send) => {
    const world = makeWorld();
    const { iam } = await asMember(world, policy);
    await expect(send(iam)).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it('is reported with the calls that it governs', async () => {
    const world = makeWorld();
    const policies: (string | undefined)[] = [];
    world.aws.onCall(({ caller }) => policies.push(caller.sessionPolicy));
    const { iam } = await asMember(world, policy);
    await iam.send(new GetUserCommand({ UserName: 'app' }));
    expect(policies).toEqual([undefined, JSON.stringify(policy)]);
  });
});
