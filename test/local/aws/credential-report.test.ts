import {
  GenerateCredentialReportCommand,
  GetCredentialReportCommand,
  GetGroupCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { makeKey } from '../../../local/aws/iam/account.ts';
import { asMember, makeWorld, seeded } from './fixture.ts';

const hour = 3600;

async function given() {
  const world = makeWorld();
  // A new session for each call: sessions expire before a report does.
  const iam = async () => (await asMember(world)).iam;
  const generate = async () => (await (await iam()).send(new GenerateCredentialReportCommand({}))).State;
  const get = async () => (await iam()).send(new GetCredentialReportCommand({}));
  const rows = async (): Promise<Record<string, string>[]> => {
    const { Content } = await get();
    return parse(Buffer.from(Content ?? []).toString(), { columns: true });
  };
  return { world, iam, generate, get, rows };
}

describe('a credential report', () => {
  it('is started, in progress, complete, and then the same one for four hours', async () => {
    const { world, generate, get } = await given();
    await expect(get()).rejects.toMatchObject({ name: 'CredentialReportNotPresentException' });
    expect(await generate()).toBe('STARTED');
    expect(await generate()).toBe('INPROGRESS');
    await expect(get()).rejects.toMatchObject({ name: 'CredentialReportNotReadyException' });
    world.pass(5);
    expect(await generate()).toBe('COMPLETE');
    const first = await get();
    world.pass(4 * hour - 6);
    expect((await get()).GeneratedTime).toEqual(first.GeneratedTime);
    world.pass(1);
    await expect(get()).rejects.toMatchObject({ name: 'CredentialReportExpiredException' });
    expect(await generate()).toBe('STARTED');
  });

  it('has root and each user, their keys’ ages and uses, and no key’s ID', async () => {
    const { world, generate, rows } = await given();
    world.member.rootKeys = 1;
    await generate();
    world.pass(5);
    const [root, app] = await rows();
    expect(root).toMatchObject({
      user: '<root_account>',
      access_key_1_active: 'true',
      access_key_2_active: 'false',
    });
    expect(app).toMatchObject({
      user: 'app',
      arn: world.app.arn,
      access_key_1_active: 'true',
      access_key_1_last_rotated: world.key.createdAt.toISOString().replace('.000Z', '+00:00'),
      access_key_1_last_used_date: 'N/A',
      access_key_2_last_rotated: 'N/A',
    });
    expect(JSON.stringify([root, app])).not.toContain('AKIA');
  });

  it('is the account as it was when it was asked for', async () => {
    const { world, generate, rows } = await given();
    await generate();
    world.app.keys.push(makeKey(seeded(1), { createdAt: new Date(), createdBy: 'somebody' }));
    world.pass(5);
    expect((await rows())[1]).toMatchObject({ access_key_2_active: 'false' });
  });

  it('shows a key’s last change if that is later than its creation', async () => {
    const { world, iam, generate, rows } = await given();
    const change = { UserName: 'app', AccessKeyId: world.key.id, Status: 'Inactive' } as const;
    await (await iam()).send(new UpdateAccessKeyCommand(change));
    const changed = world.key.periods.at(-1)?.until?.toISOString().replace('.000Z', '+00:00');
    await generate();
    world.pass(5);
    expect((await rows())[1]).toMatchObject({
      access_key_1_active: 'false',
      access_key_1_last_rotated: changed,
    });
  });
});

it('a group tells who is in it', async () => {
  const world = makeWorld();
  world.member.groups.set('exempt', new Set(['app', 'gone']));
  const { iam } = await asMember(world);
  const { Users } = await iam.send(new GetGroupCommand({ GroupName: 'exempt' }));
  expect(Users?.map(({ UserName }) => UserName)).toEqual(['app']);
  await expect(iam.send(new GetGroupCommand({ GroupName: 'others' }))).rejects.toMatchObject({
    name: 'NoSuchEntityException',
  });
});
