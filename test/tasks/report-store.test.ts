import { GetObjectCommand, NoSuchKey, PutObjectCommand } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { embeddedMetrics } from '../../tasks/aws/metrics.ts';
import { ReportStore } from '../../tasks/aws/report-store.ts';
import { now } from '../domain/uses.ts';
import { awsError, mockAws } from './mocked-aws.ts';
import { setUp } from './setting-up.ts';

const aws = mockAws();
const { dependencies } = setUp({ reportBucket: 'reports' });
const executionArn = 'arn:aws:states:eu-west-1:999988887777:execution:sweep-organization:monday';
const store = new ReportStore(dependencies, { executionArn, prefix: 'sweeps/monday/' });

describe('the report’s store', () => {
  it('puts once: what is there stays, and is no error', async () => {
    aws.s3.on(PutObjectCommand).resolves({});
    await expect(store.putOnce('wave.json', '{}', 'application/json')).resolves.toBe('put');
    expect(aws.s3).toHaveReceivedCommandWith(PutObjectCommand, {
      Key: 'sweeps/monday/wave.json',
      IfNoneMatch: '*',
    });
    for (const name of ['PreconditionFailed', 'ConditionalRequestConflict']) {
      aws.s3.on(PutObjectCommand).rejects(awsError(name, 412));
      await expect(store.putOnce('wave.json', '{}', 'application/json')).resolves.toBe('wasThere');
    }
  });

  it('doesn’t take another error for that', async () => {
    aws.s3.on(PutObjectCommand).rejects(awsError('AccessDenied', 403));
    await expect(store.putOnce('wave.json', '{}', 'application/json')).rejects.toThrow('AccessDenied');
  });

  it('reads nothing where there is nothing, and fails where it may not read', async () => {
    aws.s3.on(GetObjectCommand).rejects(new NoSuchKey({ message: 'no', $metadata: {} }));
    await expect(store.read('wave.json')).resolves.toBeUndefined();
    aws.s3.on(GetObjectCommand).rejects(awsError('AccessDenied', 403));
    await expect(store.read('wave.json')).rejects.toThrow('AccessDenied');
  });
});

it('metrics are a line of the log that CloudWatch reads', () => {
  const lines: string[] = [];
  embeddedMetrics(
    (line) => void lines.push(line),
    () => now,
  ).record({ SweepCompleted: 1, KeysDue: 20 });
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/\n$/);
  expect(JSON.parse(lines[0] ?? '')).toEqual({
    SweepCompleted: 1,
    KeysDue: 20,
    _aws: {
      Timestamp: now.getTime(),
      CloudWatchMetrics: [
        {
          Namespace: 'keyturn',
          Dimensions: [[]],
          Metrics: [
            { Name: 'SweepCompleted', Unit: 'Count' },
            { Name: 'KeysDue', Unit: 'Count' },
          ],
        },
      ],
    },
  });
});
