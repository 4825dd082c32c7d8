import {
  CreateAccessKeyCommand,
  DeleteAccessKeyCommand,
  IAMClient,
  ListAccessKeysCommand,
} from '@aws-sdk/client-iam';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { describe, expect, inject, it } from 'vitest';
import { clientDefaults, roleOf } from '../../local/world/lambda.ts';
import { memberRoleOf } from '../../tasks/domain/member-role.ts';
import { entersBy, everyFunction, type FunctionRow, type MemberAccess } from '../../tasks/manifest.ts';
import { accountId, Life, userName } from '../workflows/life.ts';

/** Enters an account as code that replaced a task's: with the role's credentials and environment, and no session policy. */
async function enterAs(life: Life, { name }: FunctionRow, access: MemberAccess, SourceIdentity?: string) {
  const { aws, settings } = life.world;
  const defaults = clientDefaults(aws, settings.region, roleOf(name));
  const { Credentials } = await new STSClient(defaults).send(
    new AssumeRoleCommand({
      RoleArn: `arn:aws:iam::${accountId}:role/${memberRoleOf(settings.memberRole, access)}`,
      RoleSessionName: 'hostile',
      ExternalId: settings.externalId,
      SourceIdentity,
    }),
  );
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
  const credentials = {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
  };
  return { ...defaults, credentials };
}

const reads = everyFunction.filter((row) => entersBy(row).includes('read'));
const onlyRead = reads.filter((row) => !entersBy(row).includes('write'));
const stay = everyFunction.filter((row) => entersBy(row).length === 0);
const refused = { name: 'AccessDenied' };

describe.each(onlyRead)('$name, taken over by an attacker,', (task) => {
  it('is refused by the role that can change something', async () => {
    const life = await Life.begin();
    await expect(enterAs(life, task, 'write', 'hostile')).rejects.toMatchObject(refused);
    await expect(enterAs(life, task, 'write')).rejects.toMatchObject(refused);
  });

  it('can create and delete nothing with the role that reads', async () => {
    const life = await Life.begin();
    const iam = new IAMClient(await enterAs(life, task, 'read', 'hostile'));
    const UserName = userName;
    await iam.send(new ListAccessKeysCommand({ UserName }));
    await expect(iam.send(new CreateAccessKeyCommand({ UserName }))).rejects.toMatchObject(refused);
    const AccessKeyId = life.oldKey.id;
    await expect(iam.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId }))).rejects.toMatchObject(
      refused,
    );
  });
});

it.each(stay)('$name enters no account, with either role', async (task) => {
  const life = await Life.begin();
  for (const access of ['read', 'write'] as const) {
    await expect(enterAs(life, task, access, 'hostile')).rejects.toMatchObject(refused);
  }
});

describe.each(['central', 'member'] as const)('a value in %s storage', (storage) => {
  it('can’t be read with any task’s own role once it is current', async () => {
    const life = await Life.begin({ settings: { storage } });
    await life.start();
    const { aws, settings } = life.world;
    for (const { name } of everyFunction) {
      const client = new SecretsManagerClient(clientDefaults(aws, settings.region, roleOf(name)));
      for (const VersionStage of ['AWSCURRENT', 'AWSPREVIOUS', 'keyturn-new', 'keyturn-old']) {
        const read = client.send(new GetSecretValueCommand({ SecretId: life.secret?.arn, VersionStage }));
        await expect(read).rejects.toMatchObject({ name: 'AccessDeniedException' });
      }
      const pending = client.send(
        new GetSecretValueCommand({ SecretId: life.secret?.arn, VersionStage: 'AWSPENDING' }),
      );
      await expect(pending).rejects.toMatchObject({
        name: expect.stringMatching(/AccessDenied|ResourceNotFound/),
      });
    }
  });
});

it('no session of the role that changes something can read a current value', async () => {
  const life = await Life.begin();
  await life.start();
  const task = everyFunction.find(({ name }) => name === 'ProvisionNewKey');
  if (task === undefined) throw new Error('there is no ProvisionNewKey');
  const client = new SecretsManagerClient(await enterAs(life, task, 'write', 'hostile'));
  const SecretId = life.secret?.arn;
  await expect(client.send(new GetSecretValueCommand({ SecretId }))).rejects.toMatchObject({
    name: 'AccessDeniedException',
  });
});

it('a task that enters leaves its name in the member account', async () => {
  const life = await Life.begin();
  const identities = new Set<string | undefined>();
  life.world.aws.onCall(({ caller }) => {
    if (caller.accountId === accountId && caller.kind === 'role') identities.add(caller.sourceIdentity);
  });
  await life.start();
  expect([...identities]).toContain(life.rotation.name);
  expect(identities.has(undefined)).toBe(false);
  const [task] = reads;
  if (task === undefined) throw new Error('no task reads');
  await expect(enterAs(life, task, 'read')).rejects.toMatchObject(refused);
});

it('an account has both roles in a deployment that is live', () => {
  for (const deployed of Object.values(inject('deployed'))) {
    expect(Object.keys(deployed.memberTrusts).toSorted()).toEqual(['keyturn-member', 'keyturn-member-read']);
  }
});
