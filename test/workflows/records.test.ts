import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { StartExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { clientDefaults } from '../../local/world/lambda.ts';
import { reportBucket } from '../../local/world/options.ts';
import { type RotationRecord, recordIn } from '../../tasks/domain/record/record.ts';
import { day, isoDay, isoSecond, later } from '../../tasks/domain/time.ts';
import { accountId, Life, userName } from './life.ts';

const records = ({ world }: Life): ReadonlyMap<string, string> =>
  new Map(
    [...(world.aws.buckets.get(reportBucket)?.objects ?? [])]
      .filter(([key]) => key.startsWith('rotations/'))
      .map(([key, { body }]) => [key, body.text]),
  );

const onlyRecord = (life: Life): RotationRecord => {
  const [page, ...others] = records(life).values();
  expect(others).toEqual([]);
  const record = recordIn(page ?? '');
  if (record === undefined) throw new Error('there is no record');
  return record;
};

describe('the record of an ended rotation', () => {
  it('says what was decided, by whom, when and why, with the evidence', async () => {
    const life = await Life.inWindow();
    await life.rollBack('the <nightly> job broke');
    await life.confirm();
    await life.days(30);
    expect(life.stands).toBe('completed');
    const record = onlyRecord(life);
    expect([...records(life).keys()]).toEqual([`rotations/${accountId}/${accountId}-${userName}-1/0.html`]);
    expect(record).toMatchObject({
      accountId,
      userName,
      redrives: 0,
      request: { accountId, userName },
      ended: { status: 'SUCCEEDED', outcome: 'completed' },
      plan: { act: 'rotate', confirmation: 'owner', owner: ['anna.lind@example.com'] },
      decisions: [
        { state: 'AskOwner', decision: 'confirm', by: 'the link mailed to anna.lind@example.com' },
        { state: 'OfferRollback', decision: 'rollBack', reason: 'the <nightly> job broke' },
        { state: 'AskOwner', decision: 'confirm' },
      ],
    });
    const deactivated = record.steps.filter(({ state }) => state === 'DeactivateOldKey');
    expect(deactivated.map(({ result }) => result?.evidence?.oldKey.state)).toEqual(['used', 'used']);
    expect(record.steps.at(-1)?.result).toMatchObject({ to: ['anna.lind@example.com'] });
    expect(record.endedAt).toEqual(life.rotation.stopDate);
  });

  it('is written for one that was stopped and for one that failed, with the error as a sentence', async () => {
    const life = await Life.begin();
    await life.start();
    const stop = {
      executionArn: life.rotation.arn,
      error: 'StoppedByOperator',
      cause: 'Jane Doe: wrong user',
    };
    await life.operator.send(new StopExecutionCommand(stop));
    await life.world.clock.settle();
    expect(onlyRecord(life).ended).toEqual({
      status: 'ABORTED',
      error: 'StoppedByOperator',
      cause: 'Jane Doe: wrong user',
    });
    const failed = await Life.begin({ tags: { 'keyturn:quiet-days': 'soon' } });
    await failed.start();
    const { ended } = onlyRecord(failed);
    expect(ended).toMatchObject({ status: 'FAILED' });
    expect(ended.cause).not.toContain('{"error');
  });

  it('has no task token, and no secret', async () => {
    const life = await Life.confirmed();
    const tokens = life.world.engine
      .execution(life.rotation.arn)
      .history.flatMap(({ taskScheduledEventDetails }) =>
        [...(taskScheduledEventDetails?.parameters ?? '').matchAll(/"taskToken":"([^"]+)"/g)].map(
          ([, token = '']) => token,
        ),
      );
    await life.days(40);
    const [page = ''] = records(life).values();
    expect(tokens).not.toEqual([]);
    for (const token of tokens) expect(page).not.toContain(token);
    for (const { secret } of life.user.keys) expect(page).not.toContain(secret);
  });

  it('is not written for a start that only delegated', async () => {
    const life = await Life.begin();
    await life.start();
    await life.start();
    await life.days(1);
    expect(records(life).size).toBe(0);
  });

  it('is written by the next sweep if the event of the end is lost', async () => {
    const life = await Life.confirmed();
    const { aws, clock, sweepMachineArn } = life.world;
    aws.inject(({ operation, input }) =>
      operation === 'PutObject' && String(input.Key).startsWith('rotations/') ? 'denied' : undefined,
    );
    await life.days(22);
    expect(records(life).size).toBe(0);
    expect(life.world.deadLetters).toMatchObject([{ functionName: 'RecordRotation' }]);
    aws.inject(() => undefined);
    await life.operator.send(new StartExecutionCommand({ stateMachineArn: sweepMachineArn, input: '{}' }));
    await clock.advance(day / 4);
    expect(onlyRecord(life).ended.outcome).toBe('completed');
  });

  it('is locked if the settings say so', async () => {
    const life = await Life.confirmed({
      settings: { records: { keepDays: 2557, lock: 'compliance' } },
      unrestricted: true,
    });
    const puts: object[] = [];
    life.world.aws.onCall(({ operation, input }) => {
      if (operation === 'PutObject') puts.push(input);
    });
    await life.days(40);
    const until = later(life.rotation.stopDate ?? new Date(0), 2557 * day);
    expect(puts).toMatchObject([
      { ObjectLockMode: 'COMPLIANCE', ObjectLockRetainUntilDate: isoSecond(until) },
    ]);
    expect(records(life).size).toBe(1);
  });

  it('is written beside that of an earlier rotation whose name was free again', async () => {
    const life = await Life.confirmed();
    const key = `rotations/${accountId}/${accountId}-${userName}-1/0.html`;
    const put = { Bucket: reportBucket, Key: key, ContentType: 'text/html' };
    const s3 = new S3Client(clientDefaults(life.world.aws, 'eu-west-1', 'operator'));
    await s3.send(new PutObjectCommand({ ...put, Body: 'the record of years ago' }));
    await life.days(40);
    const { startDate } = life.rotation;
    const again = `rotations/${accountId}/${accountId}-${userName}-1/${isoDay(startDate)}-0.html`;
    expect([...records(life).keys()]).toEqual([key, again]);
    expect(records(life).get(key)).toBe('the record of years ago');
    expect(recordIn(records(life).get(again) ?? '')?.startedAt).toEqual(startDate);
  });

  it('is written once: an event that comes again changes nothing', async () => {
    const life = await Life.confirmed();
    await life.days(40);
    const before = records(life);
    life.world.putEvent('RecordRotation', { detail: { executionArn: life.rotation.arn } });
    await life.days(1);
    expect(records(life)).toEqual(before);
    expect(life.world.deadLetters).toEqual([]);
  });
});
