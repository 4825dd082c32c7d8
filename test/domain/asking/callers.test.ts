import { describe, expect, it } from 'vitest';
import { callersIn, regionToLookIn } from '../../../tasks/domain/asking/callers.ts';

const at = new Date('2026-03-02T08:00:00Z');
const event = (eventTime: string, more: object = {}): string =>
  JSON.stringify({
    ...{ eventTime, eventSource: 's3.amazonaws.com', eventName: 'ListBuckets' },
    ...{ sourceIPAddress: '203.0.113.10', userAgent: 'Boto3/1.34.1 lang/python', ...more },
  });

describe('the region in which a key’s calls are looked up', () => {
  it.each(['eu-west-1', 'us-gov-west-1', 'ap-southeast-2'])('is %s if IAM saw the key there', (region) => {
    expect(regionToLookIn({ state: 'used', at, service: 's3', region })).toBe(region);
  });

  it.each([
    { state: 'used', at, service: 's3', region: 'N/A' },
    { state: 'used', at, service: 's3', region: 'example.com/x' },
    { state: 'neverUsed' },
    { state: 'unknown', because: 'Throttling' },
  ] as const)('is unknown for %o', (use) => {
    expect(regionToLookIn(use)).toBeUndefined();
  });
});

describe('who used a key', () => {
  it('is told by address and program, the latest first, with the latest call of each', () => {
    const events = [
      event('2026-03-01T10:00:00Z'),
      event('2026-03-01T11:00:00Z', { userAgent: 'aws-cli/2.15', eventName: 'PutBucketPolicy' }),
      event('2026-03-01T09:00:00Z'),
    ];
    expect(callersIn(events, 'eu-west-1')).toMatchObject({
      ...{ state: 'found', programs: 2, addresses: 1 },
      callers: [
        { program: 'aws-cli/2.15', calls: 1, lastCall: 's3:PutBucketPolicy' },
        { program: 'Boto3/1.34.1 lang/python', calls: 2, lastAt: new Date('2026-03-01T10:00:00Z') },
      ],
    });
  });

  it('counts two versions of a program once, and lists five callers at most', () => {
    const events = Array.from({ length: 9 }, (_, number) =>
      event('2026-03-01T10:00:00Z', {
        ...{ sourceIPAddress: `203.0.113.${number}`, userAgent: `Boto3/1.${number}` },
      }),
    );
    const found = callersIn(events, 'eu-west-1');
    expect(found).toMatchObject({ programs: 1, addresses: 9 });
    expect(found).toHaveProperty('callers.length', 5);
  });

  it('shows what a program calls itself on one line, cut off', () => {
    const found = callersIn(
      [event('2026-03-01T10:00:00Z', { userAgent: `x\n\u202ey${'z'.repeat(500)}` })],
      'r',
    );
    expect(found).toHaveProperty('callers.0.program', `x y${'z'.repeat(117)}`);
  });

  it('is nobody if there is no event that can be read', () => {
    expect(callersIn(['{', '{}'], 'eu-west-1')).toEqual({ state: 'none', region: 'eu-west-1' });
  });
});
