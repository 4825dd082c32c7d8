import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  DeleteUserCommand,
  GetAccessKeyLastUsedCommand,
  GetAccountSummaryCommand,
  GetUserCommand,
  ListAccessKeysCommand,
  ListAccountAliasesCommand,
  ListUsersCommand,
  ListUserTagsCommand,
  paginateListUsers,
  TagUserCommand,
  UntagUserCommand,
  UpdateAccessKeyCommand,
  UpdateUserCommand,
} from '@aws-sdk/client-iam';
import { describe, expect, it } from 'vitest';
import { makeKey, makeUser } from '../../../local/aws/iam/account.ts';
import { asMember, MEMBER, makeWorld, START, seeded } from './fixture.ts';

describe('access keys', () => {
  it('creates a second key and refuses a third, counting inactive ones', async () => {
    const world = makeWorld();
    const { iam } = await asMember(world);
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'app' }));
    expect(AccessKey).toMatchObject({ UserName: 'app', Status: 'Active', CreateDate: START });
    expect(AccessKey?.AccessKeyId).toMatch(/^AKIA[A-Z2-7]{16}$/);
    expect(AccessKey?.SecretAccessKey).toMatch(/^[A-Za-z0-9/+]{40}$/);
    await iam.send(
      new UpdateAccessKeyCommand({ UserName: 'app', AccessKeyId: world.key.id, Status: 'Inactive' }),
    );
    await expect(iam.send(new CreateAccessKeyCommand({ UserName: 'app' }))).rejects.toMatchObject({
      name: 'LimitExceededException',
      message: 'Cannot exceed quota for AccessKeysPerUser: 2',
      $metadata: { httpStatusCode: 409 },
    });
  });

  it('lists keys page by page, with their status', async () => {
    const world = makeWorld();
    const { iam } = await asMember(world);
    await iam.send(new CreateAccessKeyCommand({ UserName: 'app' }));
    const first = await iam.send(new ListAccessKeysCommand({ UserName: 'app', MaxItems: 1 }));
    expect(first).toMatchObject({ IsTruncated: true, AccessKeyMetadata: [{ AccessKeyId: world.key.id }] });
    const { Marker } = first;
    const second = await iam.send(new ListAccessKeysCommand({ UserName: 'app', MaxItems: 1, Marker }));
    expect(second.IsTruncated).toBe(false);
    expect(second.AccessKeyMetadata).toMatchObject([{ Status: 'Active', CreateDate: START }]);
  });

  it('deletes a key once', async () => {
    const world = makeWorld();
    const { iam } = await asMember(world);
    const command = new DeleteAccessKeyCommand({ UserName: 'app', AccessKeyId: world.key.id });
    await iam.send(command);
    expect(world.app.keys).toEqual([]);
    await expect(iam.send(command)).rejects.toMatchObject({
      name: 'NoSuchEntityException',
      message: `The Access Key with id ${world.key.id} cannot be found.`,
    });
  });

  it('hides an account’s users from other accounts', async () => {
    const world = makeWorld({ accounts: [] });
    const { iam } = world.clients;
    await expect(iam.send(new ListAccessKeysCommand({ UserName: 'app' }))).rejects.toMatchObject({
      name: 'NoSuchEntityException',
      message: 'The user with name app cannot be found.',
    });
    await expect(
      iam.send(new GetAccessKeyLastUsedCommand({ AccessKeyId: world.key.id })),
    ).rejects.toMatchObject({ name: 'NoSuchEntityException' });
  });
});

describe('last use', () => {
  it('is N/A for a key that was never used', async () => {
    const world = makeWorld();
    const { iam } = await asMember(world);
    const answer = await iam.send(new GetAccessKeyLastUsedCommand({ AccessKeyId: world.key.id }));
    expect(answer.UserName).toBe('app');
    expect(answer.AccessKeyLastUsed).toEqual({ ServiceName: 'N/A', Region: 'N/A' });
  });

  it('is the first use in its 15 minutes, and comes with a lag', async () => {
    const world = makeWorld();
    const { iam } = await asMember(world);
    const usage = {
      keyId: world.key.id,
      from: START,
      everyHours: 1 / 12,
      service: 's3',
      region: 'eu-west-3',
    };
    world.app.usages.push({ ...usage, from: new Date('2026-03-01T12:02:00Z') });
    const lastUsed = async () =>
      (await iam.send(new GetAccessKeyLastUsedCommand({ AccessKeyId: world.key.id }))).AccessKeyLastUsed;
    world.pass(16 * 60);
    expect(await lastUsed()).toEqual({ ServiceName: 'N/A', Region: 'N/A' });
    world.pass(12 * 60);
    const reported = {
      LastUsedDate: new Date('2026-03-01T12:02:00Z'),
      ServiceName: 's3',
      Region: 'eu-west-3',
    };
    expect(await lastUsed()).toEqual(reported);
    expect(world.aws.lastUse(MEMBER, world.key.id)?.at).toEqual(new Date('2026-03-01T12:27:00Z'));
    world.pass(5 * 60);
    expect((await lastUsed())?.LastUsedDate).toEqual(new Date('2026-03-01T12:17:00Z'));
  });

  it('doesn’t change while the key is inactive, and continues after that', async () => {
    const world = makeWorld();
    world.app.usages.push({ keyId: world.key.id, from: START, everyHours: 1, service: 's3', region: 'x' });
    const set = async (Status: 'Active' | 'Inactive') => {
      const { iam } = await asMember(world);
      await iam.send(new UpdateAccessKeyCommand({ UserName: 'app', AccessKeyId: world.key.id, Status }));
    };
    const lastUse = () => world.aws.lastUse(MEMBER, world.key.id)?.at.toISOString();
    world.pass(1800);
    await set('Inactive');
    world.pass(1800 + 60);
    expect(lastUse()).toBe('2026-03-01T12:00:00.000Z');
    await set('Active');
    expect(lastUse()).toBe('2026-03-01T12:00:00.000Z');
    world.pass(3600);
    expect(lastUse()).toBe('2026-03-01T14:00:00.000Z');
  });
});

describe('users and tags', () => {
  it('are listed in pages of 100, without tags', async () => {
    const world = makeWorld();
    const random = seeded(1);
    for (let index = 0; index < 249; index++) {
      const name = `user-${index}`;
      const user = makeUser(random, { accountId: MEMBER, name, createdAt: START, tags: { a: 'b' } });
      world.member.users.set(name, user);
    }
    const { iam } = await asMember(world);
    const sizes: number[] = [];
    const names = new Set<string | undefined>();
    for await (const { Users = [] } of paginateListUsers({ client: iam }, {})) {
      sizes.push(Users.length);
      for (const user of Users) names.add(user.UserName);
      expect(Users.every((user) => user.Tags === undefined)).toBe(true);
    }
    expect(sizes).toEqual([100, 100, 50]);
    expect(names.size).toBe(250);
  });

  it('are found below a path', async () => {
    const world = makeWorld();
    const { iam } = await asMember(world);
    await iam.send(new CreateUserCommand({ UserName: 'robot', Path: '/apps/' }));
    const { Users } = await iam.send(new ListUsersCommand({ PathPrefix: '/apps/' }));
    expect(Users).toMatchObject([{ UserName: 'robot', Arn: `arn:aws:iam::${MEMBER}:user/apps/robot` }]);
  });

  it('have names that are unique regardless of case', async () => {
    const { iam } = await asMember(makeWorld());
    await expect(iam.send(new CreateUserCommand({ UserName: 'APP' }))).rejects.toMatchObject({
      name: 'EntityAlreadyExistsException',
    });
  });

  it('can be deleted only without keys', async () => {
    const world = makeWorld();
    const { iam } = await asMember(world);
    const remove = () => iam.send(new DeleteUserCommand({ UserName: 'app' }));
    await expect(remove()).rejects.toMatchObject({ name: 'DeleteConflictException' });
    await iam.send(new DeleteAccessKeyCommand({ UserName: 'app', AccessKeyId: world.key.id }));
    await remove();
    expect(world.member.users.size).toBe(0);
  });

  it('can be tagged, tagged again and untagged', async () => {
    const { iam } = await asMember(makeWorld());
    const Tags = [
      { Key: 'owner', Value: 'Zoë' },
      { Key: 'empty', Value: '' },
    ];
    await iam.send(new TagUserCommand({ UserName: 'app', Tags }));
    // Keys differ by more than case: this one replaces the second.
    await iam.send(new TagUserCommand({ UserName: 'app', Tags: [{ Key: 'Empty', Value: 'no more' }] }));
    const { Tags: listed } = await iam.send(new ListUserTagsCommand({ UserName: 'app' }));
    expect(listed).toEqual([
      { Key: 'owner', Value: 'Zoë' },
      { Key: 'Empty', Value: 'no more' },
    ]);
    await iam.send(new UntagUserCommand({ UserName: 'app', TagKeys: ['owner', 'absent'] }));
    const { User } = await iam.send(new GetUserCommand({ UserName: 'app' }));
    expect(User?.Tags).toEqual([{ Key: 'Empty', Value: 'no more' }]);
  });

  it.each([
    [
      '51 tags',
      Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}`, Value: '' })),
      'LimitExceededException',
    ],
    ['a key of 129 characters', [{ Key: 'k'.repeat(129), Value: '' }], 'ValidationError'],
    ['a value of 257 characters', [{ Key: 'k', Value: 'v'.repeat(257) }], 'ValidationError'],
    ['a comma', [{ Key: 'k', Value: 'a,b' }], 'ValidationError'],
    [
      'one key twice',
      [
        { Key: 'k', Value: '' },
        { Key: 'K', Value: '' },
      ],
      'InvalidInputException',
    ],
  ])('refuses %s and changes nothing', async (_, Tags, name) => {
    const world = makeWorld();
    const { iam } = await asMember(world);
    await expect(iam.send(new TagUserCommand({ UserName: 'app', Tags }))).rejects.toMatchObject({ name });
    expect(world.app.tags.size).toBe(0);
  });

  it('tells the account by its alias and its root keys', async () => {
    const world = makeWorld();
    world.member.rootKeys = 1;
    const { iam } = await asMember(world);
    const { SummaryMap } = await iam.send(new GetAccountSummaryCommand({}));
    expect(SummaryMap?.AccountAccessKeysPresent).toBe(1);
    expect((await iam.send(new ListAccountAliasesCommand({}))).AccountAliases).toEqual(['acme-payments']);
  });

  it('refuses a member that it would otherwise ignore', async () => {
    const { iam } = await asMember(makeWorld());
    const PermissionsBoundary = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
    await expect(iam.send(new CreateUserCommand({ UserName: 'a', PermissionsBoundary }))).rejects.toThrow(
      /without PermissionsBoundary/,
    );
  });
});

describe('eventual consistency', () => {
  it('sometimes returns a state from before a write, and never after the lag', async () => {
    const world = makeWorld({ consistencySeconds: 5 });
    const { iam } = await asMember(world);
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'app' }));
    const count = async () =>
      (await iam.send(new ListAccessKeysCommand({ UserName: 'app' }))).AccessKeyMetadata?.length;
    const counts: (number | undefined)[] = [];
    for (let read = 0; read < 40; read++) counts.push(await count());
    expect(counts.filter((keys) => keys === 1).length).toBeGreaterThan(8);
    expect(counts.filter((keys) => keys === 2).length).toBeGreaterThan(8);
    world.pass(5);
    for (let read = 0; read < 20; read++) expect(await count()).toBe(2);
    expect(world.app.keys.map(({ id }) => id)).toContain(AccessKey?.AccessKeyId);
  });

  it('can miss a user that was just created', async () => {
    const { iam } = await asMember(makeWorld({ consistencySeconds: 5 }));
    await iam.send(new CreateUserCommand({ UserName: 'new' }));
    const reads = Array.from({ length: 20 }, () => iam.send(new GetUserCommand({ UserName: 'new' })));
    const results = new Set((await Promise.allSettled(reads)).map(({ status }) => status));
    expect(results).toEqual(new Set(['fulfilled', 'rejected']));
  });
});

it('knows a key that was put into the model by hand', async () => {
  const world = makeWorld();
  const { iam } = await asMember(world);
  const key = makeKey(seeded(3), { createdAt: START, createdBy: 'stranger' });
  world.app.keys.push(key);
  const answer = await iam.send(new GetAccessKeyLastUsedCommand({ AccessKeyId: key.id }));
  expect(answer.UserName).toBe('app');
});

describe('a user’s name', () => {
  it('is matched regardless of case, and shown as it is', async () => {
    const world = makeWorld();
    const { iam } = await asMember(world);
    const { User } = await iam.send(new GetUserCommand({ UserName: 'APP' }));
    expect(User?.UserName).toBe('app');
    const { AccessKeyMetadata } = await iam.send(new ListAccessKeysCommand({ UserName: 'App' }));
    expect(AccessKeyMetadata).toMatchObject([{ UserName: 'app', AccessKeyId: world.key.id }]);
    await iam.send(
      new UpdateAccessKeyCommand({ UserName: 'aPP', AccessKeyId: world.key.id, Status: 'Inactive' }),
    );
    expect(world.key.status).toBe('Inactive');
  });

  it('can change: the user ID, keys and tags stay, and a key’s last use shows the current name', async () => {
    const world = makeWorld();
    const { iam } = await asMember(world);
    const { id } = world.app;
    await iam.send(new UpdateUserCommand({ UserName: 'app', NewUserName: 'app-prod', NewPath: '/prod/' }));
    await expect(iam.send(new GetUserCommand({ UserName: 'app' }))).rejects.toMatchObject({
      name: 'NoSuchEntityException',
    });
    const { User } = await iam.send(new GetUserCommand({ UserName: 'app-prod' }));
    const Arn = `arn:aws:iam::${MEMBER}:user/prod/app-prod`;
    expect(User).toMatchObject({ UserName: 'app-prod', UserId: id, Arn });
    const used = await iam.send(new GetAccessKeyLastUsedCommand({ AccessKeyId: world.key.id }));
    expect(used.UserName).toBe('app-prod');
  });

  it('can’t become one that differs from another user’s only by case', async () => {
    const world = makeWorld();
    const { iam } = await asMember(world);
    await iam.send(new CreateUserCommand({ UserName: 'other' }));
    const renaming = iam.send(new UpdateUserCommand({ UserName: 'app', NewUserName: 'OTHER' }));
    await expect(renaming).rejects.toMatchObject({ name: 'EntityAlreadyExistsException' });
    await iam.send(new UpdateUserCommand({ UserName: 'app', NewUserName: 'APP' }));
    expect(world.app.name).toBe('APP');
  });

  it('used again after a deletion is another user, without the keys of the first', async () => {
    const world = makeWorld();
    const { iam } = await asMember(world);
    const AccessKeyId = world.key.id;
    await iam.send(new DeleteAccessKeyCommand({ UserName: 'app', AccessKeyId }));
    await iam.send(new DeleteUserCommand({ UserName: 'app' }));
    const { User } = await iam.send(new CreateUserCommand({ UserName: 'app' }));
    expect(User?.UserId).not.toBe(world.app.id);
    const asking = iam.send(new GetAccessKeyLastUsedCommand({ AccessKeyId }));
    await expect(asking).rejects.toMatchObject({ name: 'NoSuchEntityException' });
  });
});

it('reads lag independently: keys, tags and the user, after an untagging too', async () => {
  const world = makeWorld({ consistencySeconds: 30 });
  const { iam } = await asMember(world);
  const UserName = 'app';
  await iam.send(new TagUserCommand({ UserName, Tags: [{ Key: 'Owner', Value: 'anna' }] }));
  world.pass(31);
  await iam.send(new UntagUserCommand({ UserName, TagKeys: ['owner'] }));
  await iam.send(new CreateAccessKeyCommand({ UserName }));
  const seen = new Set<string>();
  for (let time = 0; time < 60; time += 1) {
    const { AccessKeyMetadata = [] } = await iam.send(new ListAccessKeysCommand({ UserName }));
    const { Tags = [] } = await iam.send(new ListUserTagsCommand({ UserName }));
    const { User } = await iam.send(new GetUserCommand({ UserName }));
    seen.add(`${AccessKeyMetadata.length} ${Tags.length} ${User?.Tags?.length ?? 0}`);
  }
  expect(seen).toEqual(new Set(['1 0 0', '1 0 1', '1 1 0', '1 1 1', '2 0 0', '2 0 1', '2 1 0', '2 1 1']));
  world.pass(31);
  expect((await iam.send(new ListUserTagsCommand({ UserName }))).Tags).toEqual([]);
});

it('a tag keeps the newest spelling of its key', async () => {
  const world = makeWorld();
  const { iam } = await asMember(world);
  const UserName = 'app';
  await iam.send(new TagUserCommand({ UserName, Tags: [{ Key: 'owner', Value: 'anna' }] }));
  await iam.send(new TagUserCommand({ UserName, Tags: [{ Key: 'OWNER', Value: 'ben' }] }));
  expect([...world.app.tags]).toEqual([['OWNER', 'ben']]);
  await iam.send(new UntagUserCommand({ UserName, TagKeys: ['Owner'] }));
  expect([...world.app.tags]).toEqual([]);
});
