import { afterEach, expect, it } from 'vitest';
import { removeKey } from '../../local/aws/iam/account.ts';
import type { Call } from '../../local/aws/types.ts';
import { healthEvent } from '../workflows/health-event.ts';
import { accountId, closeServer, Reader } from './mailed/reader.ts';
import { ways } from './mailed/run.ts';

const patience = { timeout: 300_000 };
// As people run them, if the AWS CLI is here.
const way = ways.at(-1) ?? 'SDK';

afterEach(closeServer);

/** Denies an action to keyturn, and to nobody else, until the returned function is called. */
const denied = (reader: Reader, denies: string): (() => void) =>
  reader.world.aws.guardrail(
    (action: string, { caller }: Call) =>
      action === denies && caller.roleName?.startsWith('keyturn-member') === true,
  );

const statuses = (reader: Reader): string[] => reader.keys.map(({ status }) => status);

/** The leaked key calls IAM, from somewhere. */
async function abused(reader: Reader): Promise<void> {
  reader.owner.user.usages.push({
    ...{ keyId: reader.keys[0]?.id ?? '', from: reader.world.clock.now(), everyHours: 1 },
    ...{ service: 'iam', region: 'us-east-1', address: '192.0.2.66', agent: 'curl/8.0' },
  });
  await reader.days(1 / 8);
}

it(
  'the commands about a suspected leak show its calls, make the key inactive and start its emergency',
  patience,
  async () => {
    const reader = await Reader.begin('oldKeyInDailyUse', way);
    await abused(reader);
    const entities = [reader.keys[0]?.id ?? ''];
    const code = 'AWS_RISK_CREDENTIALS_EXPOSURE_SUSPECTED';
    reader.world.putEvent('HandleLeak', healthEvent({ entities, code, account: accountId }));
    await reader.days(1 / 100);
    const mail = /^Access key may have leaked/;
    expect(await reader.run(mail, 'lookup-events')).toContain('192.0.2.66');
    await reader.run(mail, 'update-access-key');
    expect(statuses(reader)).toEqual(['Inactive']);
    await reader.run(mail, 'start-execution');
    await reader.days(1 / 24);
    expect(reader.outcomes).toEqual(['OfferRollback']);
  },
);

it(
  'the commands about a leaked key that is still active show its calls and make it inactive',
  patience,
  async () => {
    const reader = await Reader.begin('oldKeyInDailyUse', way);
    await abused(reader);
    denied(reader, 'iam:UpdateAccessKey');
    await reader.start({ action: 'emergency', keyId: reader.keys[0]?.id });
    await reader.days(1 / 8);
    const mail = /^Leaked access key still active/;
    expect(await reader.run(mail, 'lookup-events')).toContain('192.0.2.66');
    await reader.run(mail, 'update-access-key');
    expect(statuses(reader)[0]).toBe('Inactive');
  },
);

it(
  'the commands about a stuck rollback and a refused deletion do by hand what keyturn may not',
  patience,
  async () => {
    const reader = await Reader.begin('oldKeyInDailyUse', way);
    await reader.start();
    await reader.owner.install();
    await reader.owner.confirm();
    await reader.days(9);
    expect(statuses(reader)).toEqual(['Inactive', 'Active']);
    const allow = denied(reader, 'iam:UpdateAccessKey');
    await reader.owner.rollBack('the nightly job broke');
    await reader.days(1 / 24);
    await reader.run(/^Access key not active again yet/, 'update-access-key');
    expect(statuses(reader)).toEqual(['Active', 'Active']);
    allow();
    await reader.days(1);
    expect(reader.outcomes).toEqual(['AskOwner']);
    denied(reader, 'iam:DeleteAccessKey');
    await reader.owner.confirm();
    await reader.days(25);
    expect(reader.outcomes).toEqual(['deletionRefused']);
    await reader.run(/^Inactive access key can't be deleted/, 'delete-access-key');
    expect(statuses(reader)).toEqual(['Active']);
  },
);

it(
  'the commands start again what somebody else’s change has ended, and a sweep that failed',
  patience,
  async () => {
    const reader = await Reader.begin('oldKeyInDailyUse', way);
    await reader.start();
    await reader.owner.install();
    await reader.owner.confirm();
    const { user } = reader.owner;
    const [, made] = user.keys;
    if (made !== undefined) removeKey(user, made, reader.world.clock.now());
    await reader.days(2);
    await reader.run(/^Changed by someone else/, 'start-execution');
    await reader.days(1 / 24);
    expect(reader.outcomes).toEqual(['changedElsewhere', 'AskOwner']);
    reader.world.aws.inject(({ service }) => (service === 'organizations' ? 'denied' : undefined));
    const sweeps = () => reader.world.engine.executionsOf(reader.world.sweepMachineArn);
    reader.world.engine.startExecution({ stateMachineArn: reader.world.sweepMachineArn, input: '{}' });
    await reader.days(1 / 4);
    reader.world.aws.inject(undefined);
    await reader.run(/^Sweep failed/, 'start-execution');
    await reader.days(1 / 4);
    expect(
      sweeps()
        .map(({ status }) => status)
        .toSorted(),
    ).toEqual(['FAILED', 'SUCCEEDED']);
  },
);
