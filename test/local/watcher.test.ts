import {
  CreateAccessKeyCommand,
  DeleteAccessKeyCommand,
  IAMClient,
  TagUserCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { clientDefaults } from '../../local/lambda.ts';
import { makeSituated } from '../../local/organization.ts';
import { randomStream } from '../../local/random.ts';
import { accountId, Life, userName } from '../workflows/life.ts';

const minute = 60_000;

/** IAM in the member account as a rotation's session has it, but under no session policy. */
async function asRotation(life: Life, name = life.rotation.name): Promise<IAMClient> {
  const { aws, settings } = life.world;
  const defaults = clientDefaults(aws, settings.region, 'keyturn-rogue');
  const { Credentials } = await new STSClient(defaults).send(
    new AssumeRoleCommand({
      RoleArn: `arn:aws:iam::${accountId}:role/${settings.memberRole}`,
      RoleSessionName: name,
    }),
  );
  const credentials = {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  };
  return new IAMClient({ ...defaults, credentials });
}

const deactivate = (AccessKeyId: string) =>
  new UpdateAccessKeyCommand({ UserName: userName, AccessKeyId, Status: 'Inactive' });
const remove = (AccessKeyId: string) => new DeleteAccessKeyCommand({ UserName: userName, AccessKeyId });
const promises = (life: Life): string[] => life.world.watcher.violations.map(({ promise }) => promise);

/** In a session of its own each time: they last an hour. */
type Enter = () => Promise<IAMClient>;

/** What a rotation gone wrong might do, and which promise that breaks. */
const wrongs: readonly [string, string, (life: Life, enter: Enter) => Promise<unknown>][] = [
  [
    'deactivates a key that nobody confirmed',
    'P1',
    async (life, enter) => (await enter()).send(deactivate(life.oldKey.id)),
  ],
  [
    'deactivates a key that was used an hour ago, though it was confirmed',
    'P1',
    async (life, enter) => {
      await life.confirm();
      await (await enter()).send(deactivate(life.oldKey.id));
    },
  ],
  [
    'deletes the new key while the application uses it',
    'P1',
    async (life, enter) => {
      const newKeyId = await life.owner.install();
      await life.days(1);
      await (await enter()).send(remove(newKeyId));
    },
  ],
  ['deletes a key that is active', 'P2', async (life, enter) => (await enter()).send(remove(life.oldKey.id))],
  [
    'deletes a key before its window is over',
    'P2',
    async (life, enter) => {
      await life.confirm();
      await life.days(9);
      await (await enter()).send(remove(life.oldKey.id));
    },
  ],
  [
    'makes a key and keeps its secret to itself',
    'P3',
    async (life, enter) => {
      life.user.keys.splice(1);
      await (await enter()).send(new CreateAccessKeyCommand({ UserName: userName }));
      await life.world.clock.advance(16 * minute);
      await (await enter()).send(
        new TagUserCommand({ UserName: userName, Tags: [{ Key: 'a', Value: 'b' }] }),
      );
    },
  ],
  [
    'leaves the user without a key that works',
    'P3',
    async (life, enter) => {
      await life.confirm();
      await life.days(9);
      await (await enter()).send(deactivate(life.user.keys[1]?.id ?? ''));
    },
  ],
  [
    'touches a stranger’s key',
    'P4',
    async (life, enter) => {
      await life.days(1);
      await (await enter()).send(deactivate(life.strangersKey().id));
    },
  ],
  [
    'mails a secret access key',
    'P5',
    async (life) => {
      const { aws, settings, watcher } = life.world;
      const [secret = ''] = watcher.secrets;
      await new SESv2Client(clientDefaults(aws, settings.region, 'keyturn-rogue')).send(
        new SendEmailCommand({
          FromEmailAddress: settings.mailFrom,
          Destination: { ToAddresses: ['anna.lind@example.com'] },
          Content: {
            Simple: { Subject: { Data: 'Your key' }, Body: { Text: { Data: `It is ${secret}.` } } },
          },
        }),
      );
    },
  ],
];

describe('the watcher', () => {
  it.each(wrongs)('sees a rotation that %s: %s', async (_, promise, doWrong) => {
    const life = await Life.begin({ unrestricted: true, expectViolations: true });
    await life.start();
    await doWrong(life, () => asRotation(life));
    expect(promises(life)).toContain(promise);
  });

  it('sees two rotations that change the same user: P6', async () => {
    const life = await Life.begin({ unrestricted: true, expectViolations: true });
    const other = makeSituated(randomStream(1, 'other'), {
      accountId,
      name: 'report-mailer',
      situation: 'oldKeyInDailyUse',
      now: life.world.clock.now(),
    });
    life.world.aws.accounts.get(accountId)?.users.set(other.name, other);
    await life.start();
    await life.start({ userName: other.name });
    const iam = await asRotation(life, `${accountId}-${other.name}-1`);
    await iam.send(deactivate(life.oldKey.id));
    expect(promises(life)).toContain('P6');
  });

  it('has nothing to say of a stranger who does the same', async () => {
    const life = await Life.begin({ unrestricted: true, expectViolations: true });
    await life.start();
    const iam = await asRotation(life, 'somebody');
    await iam.send(deactivate(life.oldKey.id));
    expect(promises(life)).toEqual([]);
  });
});
