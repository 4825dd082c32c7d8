import {
  CreateSecretCommand,
  GetSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import type { UserKey } from '../../local/aws/iam/account.ts';
import { clientDefaults } from '../../local/world/lambda.ts';
import { secretTag } from '../../tasks/domain/tags.ts';
import { accountId, Life, stagesOf, userName } from './life.ts';
import { otherHands, storedBySample } from './sample-world.ts';

const adopt = { by: 'Jane Doe', apply: true };

/** What became of each secret in the latest execution. */
const adoptions = (life: Life): { act: string; secret: string; because: string; shape?: string }[] =>
  JSON.parse(life.rotation.output ?? '{}').secrets;

/** What an application with this key reads of a secret. */
async function readAs(life: Life, key: UserKey, SecretId: string): Promise<Record<string, unknown>> {
  const { aws, settings } = life.world;
  const client = new SecretsManagerClient({
    ...clientDefaults(aws, settings.region, 'anybody'),
    credentials: { accessKeyId: key.id, secretAccessKey: key.secret },
  });
  const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId }));
  return JSON.parse(SecretString);
}

describe('a secret of the AWS sample', () => {
  it('is adopted, rotated, rolled back and rotated to the end, and its readers keep reading it', async () => {
    const life = await Life.begin({ settings: { adopts: true } });
    const { world, user, oldKey } = life;
    const name = await storedBySample(world, accountId, user, [oldKey]);
    const secret = world.aws.secrets.get(accountId)?.get(name);
    const before = {
      policy: secret?.policy?.text,
      versions: [...(secret?.versions.values() ?? [])].map(({ text }) => text),
    };

    await life.start({ adopt: { ...adopt, apply: false }, userName: undefined });
    expect(life.rotation.cause).toBeUndefined();
    expect(adoptions(life)).toEqual([
      {
        act: 'adopt',
        secret: name,
        userName,
        because: `the AWS sample’s, by its name; it holds ${oldKey.id}`,
        shape: 'id=AccessKeyId secret=SecretAccessKey CreateDate=@created',
        keyId: oldKey.id,
      },
    ]);
    expect(user.tags.has(secretTag)).toBe(false);
    await life.start({ adopt });
    await life.start({ adopt });
    expect(adoptions(life)).toMatchObject([{ act: 'adopted' }]);
    expect(user.tags.get(secretTag)).toBe(secret?.arn);

    await life.start();
    await life.confirm();
    await life.days(9);
    expect(life.stands).toBe('OfferRollback');
    const made = user.keys[1];
    if (made === undefined) throw new Error('no key was made');
    expect(await readAs(life, made, name)).toEqual({
      AccessKeyId: made.id,
      SecretAccessKey: made.secret,
      CreateDate: expect.any(String),
      Status: 'Active',
      UserName: userName,
    });
    await life.rollBack('the nightly job broke');
    expect(await readAs(life, oldKey, name)).toMatchObject({
      AccessKeyId: oldKey.id,
      SecretAccessKey: oldKey.secret,
    });
    await life.confirm();
    await life.days(30);
    expect(life.stands).toBe('completed');
    expect(user.keys.map(({ id }) => id)).toEqual([made.id]);
    expect(await readAs(life, made, name)).toMatchObject({ AccessKeyId: made.id });
    expect(world.aws.secrets.get(accountId)?.size).toBe(1);
    expect(secret?.policy?.text).toBe(before.policy);
    expect([...(secret?.versions.values() ?? [])].map(({ text }) => text)).toEqual(
      expect.arrayContaining(before.versions),
    );

    // The next one tidies up after itself.
    await life.start();
    const labels = [...(secret?.versions.values() ?? [])].flatMap(({ stages }) => [...stages]);
    expect(labels.filter((label) => label.startsWith('keyturn-key-'))).toEqual([]);
  });


});
