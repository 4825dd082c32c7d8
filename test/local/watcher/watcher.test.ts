import {
  CreateAccessKeyCommand,
  DeleteAccessKeyCommand,
  IAMClient,
  TagUserCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import { SecretsManagerClient, UpdateSecretVersionStageCommand } from '@aws-sdk/client-secrets-manager';
import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { setStatus } from '../../../local/aws/iam/account.ts';
import { moveStage } from '../../../local/aws/secrets-manager/secrets.ts';
import type { Execution } from '../../../local/engine/execution.ts';
import { clientDefaults } from '../../../local/world/lambda.ts';
import { lambdaFaults } from '../../../local/world/lambda-faults.ts';
import { makeSituated } from '../../../local/world/organization.ts';
import { randomStream } from '../../../local/world/random.ts';
import { accountId, Life, userName } from '../../workflows/life.ts';

const minute = 60_000;
const day = 24 * 60 * minute;

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

/** Labels the version that names a key as current, as somebody with the console might. */
function makeCurrent({ secret }: Life, keyId: string): void {
  const version = [...(secret?.versions.values() ?? [])].find(({ text }) => text.includes(keyId));
  if (secret === undefined || version === undefined) throw new Error(`no version names ${keyId}`);
  moveStage(secret, 'AWSCURRENT', version);
}

/** Starts another execution for the same user, a minute later, which hasn't done anything yet. */
function startAnother({ world }: Life, request: object = {}): Execution {
  const input = JSON.stringify({ accountId, userName, ...request });
  return world.engine.startExecution({ stateMachineArn: world.stateMachineArn, name: 'another', input });
}

/** Enters in a new session each time: sessions last an hour. */
type Enter = () => Promise<IAMClient>;

/** Wrong actions of a rotation, with the promise that each breaks. */
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
    'makes the new key inactive while the application uses it',
    'P1',
    async (life, enter) => {
      const newKeyId = await life.owner.install();
      await life.days(1);
      await (await enter()).send(deactivate(newKeyId));
    },
  ],
  [
    'deletes the new key without a window, although somebody may have it',
    'P2',
    async (life, enter) => (await enter()).send(remove(life.user.keys[1]?.id ?? '')),
  ],
  [
    'deactivates a key whose readers still get it from the secret',
    'P3',
    async (life, enter) => {
      await life.confirm();
      makeCurrent(life, life.oldKey.id);
      await (await enter()).send(deactivate(life.oldKey.id));
    },
  ],
  [
    'deactivates a key while the KMS key of the other one’s secret is disabled',
    'P3',
    async (life, enter) => {
      await life.confirm();
      life.world.aws.kms.set('alias/keyturn-secrets', 'Disabled');
      await (await enter()).send(deactivate(life.oldKey.id));
    },
  ],
  [
    'deactivates a key while the other one’s secret is marked for deletion',
    'P3',
    async (life, enter) => {
      await life.confirm();
      const { secret } = life;
      const at = life.world.clock.now();
      if (secret !== undefined) secret.deletion = { at, goneAt: new Date(at.getTime() + 30 * day) };
      await (await enter()).send(deactivate(life.oldKey.id));
    },
  ],
  [
    'takes AWSCURRENT from a key that works to a version without a secret access key',
    'P3',
    async (life) => {
      const { aws, settings } = life.world;
      makeCurrent(life, life.user.keys[1]?.id ?? '');
      const versions = [...(life.secret?.versions.values() ?? [])];
      await new SecretsManagerClient(clientDefaults(aws, settings.region, 'keyturn-rogue')).send(
        new UpdateSecretVersionStageCommand({
          SecretId: life.secret?.name,
          VersionStage: 'AWSCURRENT',
          MoveToVersionId: versions.find(({ text }) => text.includes(life.oldKey.id))?.id,
          RemoveFromVersionId: versions.find(({ stages }) => stages.has('AWSCURRENT'))?.id,
        }),
      );
    },
  ],
  [
    'makes a key active that a person had made inactive',
    'P4',
    async (life, enter) => {
      const AccessKeyId = life.oldKey.id;
      setStatus(life.oldKey, 'Inactive', life.world.clock.now());
      await life.world.clock.advance(minute);
      const UserName = userName;
      await (await enter()).send(new UpdateAccessKeyCommand({ UserName, AccessKeyId, Status: 'Active' }));
    },
  ],
  [
    'leaves a key inactive for an hour and tells nobody',
    'P7',
    async (life, enter) => {
      await life.world.clock.advance(minute);
      await (await enter()).send(deactivate(life.oldKey.id));
      await life.world.clock.advance(61 * minute);
    },
  ],
  [
    'leaves a leaked key active for an hour and tells nobody',
    'P11',
    async (life) => {
      const { arn } = startAnother(life, { action: 'emergency', keyId: life.oldKey.id });
      life.world.engine.stopExecution(arn);
      await life.world.clock.advance(61 * minute);
    },
  ],
  [
    'says once that a leaked key is active, and never again',
    'P11',
    async (life) => {
      life.world.aws.guardrail('iam:UpdateAccessKey');
      await life.start({ action: 'emergency', keyId: life.oldKey.id });
      await life.world.clock.advance(2 * 60 * minute);
      expect(promises(life)).toEqual([]);
      life.world.failInvocations((name) => (name === 'AskAboutLeak' ? lambdaFaults.unavailable : undefined));
      await life.days(2);
    },
  ],
  [
    'asks while another rotation of the same user asks',
    'P6',
    async (life) => {
      const plan = { oldKeyId: life.oldKey.id };
      const parameters = JSON.stringify({ Payload: { taskToken: 'another', stage: 'ask', plan } });
      life.world.watcher.hear(startAnother(life), {
        id: 2,
        type: 'TaskScheduled',
        timestamp: life.world.clock.now(),
        taskScheduledEventDetails: { parameters, resource: 'invoke', resourceType: 'lambda', region: 'x' },
      });
    },
  ],
  [
    'ends with something left for a person to do, and tells nobody',
    'P7',
    async (life) => {
      await life.world.clock.advance(minute);
      const stopDate = life.world.clock.now();
      const execution = startAnother(life);
      Object.assign(execution, { status: 'SUCCEEDED', stopDate, output: '{"outcome":"escalated"}' });
      life.world.watcher.hear(execution, { id: 2, type: 'ExecutionSucceeded', timestamp: stopDate });
      life.world.aws.rejectMailTo(() => true);
      await life.world.clock.advance(2 * minute);
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
  it.each(wrongs)('detects a rotation that %s: %s', async (_, promise, doWrong) => {
    const settings = { storage: 'central' } as const;
    const life = await Life.begin({ unrestricted: true, expectViolations: true, settings });
    await life.start();
    await doWrong(life, () => asRotation(life));
    expect(promises(life)).toContain(promise);
  });

  it('detects two rotations that change the same user: P6', async () => {
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

  it('doesn’t count our own check, or the mere new key, as a self-updating application’s confirmation: P1', async () => {
    const tags = { 'keyturn:self-updating': 'true' };
    const life = await Life.begin({ unrestricted: true, expectViolations: true, tags });
    await life.start();
    await (await asRotation(life)).send(deactivate(life.oldKey.id));
    expect(life.world.watcher.violations.map(({ what }) => what)).toContain(
      `${life.oldKey.id} went inactive, and nobody had confirmed`,
    );
  });

  it('blames no rotation for a use that IAM could not show yet', async () => {
    const life = await Life.begin({ unrestricted: true, expectViolations: true });
    await life.start();
    const newKeyId = await life.owner.install();
    await life.world.clock.advance(10 * minute);
    await (await asRotation(life)).send(deactivate(newKeyId));
    expect(promises(life)).not.toContain('P1');
  });

  it('blames no emergency for what a stopped execution’s function still does', async () => {
    const life = await Life.begin({ unrestricted: true, expectViolations: true });
    await life.start();
    const enter = await asRotation(life);
    const [old, newKey] = life.user.keys;
    await life.start({ action: 'emergency', keyId: newKey?.id }, 'leak');
    await enter.send(deactivate(old?.id ?? ''));
    expect(promises(life)).not.toContain('P6');
  });

  it('ignores a stranger who does the same', async () => {
    const life = await Life.begin({ unrestricted: true, expectViolations: true });
    await life.start();
    const iam = await asRotation(life, 'somebody');
    await iam.send(deactivate(life.oldKey.id));
    expect(promises(life)).toEqual([]);
  });
});
