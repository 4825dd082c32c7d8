import { describe, expect, it } from 'vitest';
import { matchesPattern } from '../../../local/world/event-pattern.ts';

const event = {
  source: 'aws.health',
  resources: ['a', 'b'],
  detail: { eventTypeCode: 'AWS_RISK_CREDENTIALS_EXPOSED', count: 1 },
};

describe('an event pattern', () => {
  it.each<[string, object, boolean]>([
    ['a value that is there', { source: ['aws.health'] }, true],
    ['one of several values', { source: ['aws.ses', 'aws.health'] }, true],
    ['another value', { source: ['aws.ses'] }, false],
    ['a field that isn’t there', { account: ['1'] }, false],
    ['one element of a list', { resources: ['b'] }, true],
    ['no element of a list', { resources: ['c'] }, false],
    ['a nested value', { detail: { eventTypeCode: ['AWS_RISK_CREDENTIALS_EXPOSED'] } }, true],
    ['a prefix', { detail: { eventTypeCode: [{ prefix: 'AWS_RISK_' }] } }, true],
    ['another prefix', { detail: { eventTypeCode: [{ prefix: 'AWS_EC2_' }] } }, false],
    ['a prefix of no text', { detail: { count: [{ prefix: '1' }] } }, false],
    ['a number as a number', { detail: { count: [1] } }, true],
    ['a number as a text', { detail: { count: ['1'] } }, false],
    ['all of its fields', { source: ['aws.health'], resources: ['c'] }, false],
    ['below a field that has nothing below', { source: { name: ['aws.health'] } }, false],
  ])('matches by %s: %j is %s', (_, pattern, expected) => {
    expect(matchesPattern(pattern, event)).toBe(expected);
  });

  it.each<[object, string]>([
    [{ source: [{ 'anything-but': ['aws.ses'] }] }, 'anything-but of source isn’t modelled'],
    [{ source: ['aws.ses'], detail: { count: [{ numeric: ['>', 0] }] } }, 'numeric of count isn’t modelled'],
    [{ source: [{ prefix: { 'equals-ignore-case': 'AWS' } }] }, 'prefix of source isn’t modelled'],
    [{ source: 'aws.health' }, 'source must be a list'],
    [{ source: [] }, 'source must be a list'],
    [{}, 'must name a field'],
  ])('is refused by name for anything that isn’t modelled: %j', (pattern, message) => {
    expect(() => matchesPattern(pattern, event)).toThrow(message.replace('’', "'"));
  });
});
