import { describe, expect, it } from 'vitest';
import type { KeyCallers } from '../../../tasks/domain/asking/callers.ts';
import { signsOfSharing } from '../../../tasks/domain/draining/sharing.ts';
import type { LastUse } from '../../../tasks/domain/keys.ts';
import { day, later } from '../../../tasks/domain/time.ts';

const since = new Date('2026-03-02T08:00:00Z');
const used = (days: number): LastUse => ({
  ...{ state: 'used', at: later(since, days * day), service: 's3', region: 'eu-west-1' },
});
const caller = (program: string) => ({
  ...{ address: '203.0.113.10', program, calls: 1, lastAt: since, lastCall: 's3:ListBuckets' },
});
const found = (programs: number, addresses: number): KeyCallers => ({
  ...{ state: 'found', region: 'eu-west-1', programs, addresses },
  callers: [caller('Boto3/1.34'), caller('aws-cli/2.15')].slice(0, programs),
});

describe('several applications may share a key', () => {
  it.each([
    ['both keys are in use', { otherUse: used(1) }, ['both keys have been used since 2026-03-02']],
    [
      'it was used in two places',
      { seenIn: ['s3 in eu-west-1', 'sqs in us-east-1'] },
      ['this key has been used since 2026-03-02 for s3 in eu-west-1 and sqs in us-east-1'],
    ],
    [
      'two programs use it, from three addresses',
      { callers: found(2, 3) },
      [
        'CloudTrail shows calls in eu-west-1 by 2 programs, among them Boto3 and aws-cli',
        'CloudTrail shows calls in eu-west-1 from 3 addresses',
      ],
    ],
  ])('if %s', (_, facts, signs) => {
    expect(signsOfSharing({ since, use: used(1), ...facts })).toEqual(signs);
  });

  it.each([
    ['only this key is in use', {}],
    ['the other key was last used before', { otherUse: used(-1) }],
    [
      'IAM cannot say whether the other key is used',
      { otherUse: { state: 'unknown', because: 'Throttling' } },
    ],
    ['it was used in one place', { seenIn: ['s3 in eu-west-1'] }],
    ['one program uses it, from one address', { callers: found(1, 1) }],
    ['CloudTrail could not say', { callers: { state: 'failed', because: 'AccessDeniedException' } }],
  ] as const)('but nothing suggests it if %s', (_, facts) => {
    expect(signsOfSharing({ since, use: used(1), ...facts })).toEqual([]);
  });
});
