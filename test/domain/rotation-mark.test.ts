import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { markedSibling, readMark, writeMark } from '../../tasks/domain/rotation-mark.ts';

const machine = 'arn:aws:states:eu-west-1:999988887777:execution:rotate-user-key:';
const arn = `${machine}111122223333-deploy-bot-1`;
const other = `${machine}111122223333-deploy-bot-2`;
const keyId = 'AKIAOLDOLDOLDOLDQJHX';
const at = new Date('2026-11-22T08:00:00Z');

describe('the mark of a rotation', () => {
  const name = fc.string({ unit: fc.constantFrom(...'abcXYZ019_-'), minLength: 1, maxLength: 80 });
  const date = fc.date({ min: new Date('2020-01-01'), max: new Date('2099-12-31'), noInvalidDate: true });

  it('reads back, to the second, and fits into a tag', () => {
    fc.assert(
      fc.property(name, date, fc.boolean(), (execution, when, isDeactivating) => {
        const executionArn = `${machine}${execution}`;
        const mark = isDeactivating
          ? { executionArn, deactivating: { keyId, at: new Date(Math.floor(when.getTime() / 1000) * 1000) } }
          : { executionArn };
        const value = writeMark(isDeactivating ? { executionArn, deactivating: { keyId, at: when } } : mark);
        expect(readMark(value)).toEqual(mark);
        expect(value).toMatch(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u);
      }),
    );
  });

  it('is the execution’s ARN alone if nothing is about to happen, as 0.1.0 wrote it', () => {
    expect(writeMark({ executionArn: arn })).toBe(arn);
  });

  it.each([
    undefined,
    '',
    'deploy-bot',
    '111122223333-deploy-bot-1',
    `mine ${arn}`,
    `${arn} deactivating`,
    `${arn} deactivating ${keyId}`,
    `${arn} deactivating akia 2026-11-22T08:00:00Z`,
    `${arn} deleting ${keyId} 2026-11-22T08:00:00Z`,
    `${arn} and more`,
  ])('is none: %j', (value) => {
    expect(readMark(value)).toBeUndefined();
  });

  it('says nothing of a key if its time can’t be read', () => {
    expect(readMark(`${arn} deactivating ${keyId} soon`)).toEqual({ executionArn: arn });
  });
});

describe('the execution that a mark names', () => {
  it.each([
    ['itself', arn],
    ['another one', other],
    [
      'another one that was about to deactivate a key',
      writeMark({ executionArn: other, deactivating: { keyId, at } }),
    ],
    ['one with spaces around it', ` ${other} `],
  ])('is one of this machine: %s', (_, value) => {
    expect(markedSibling(value, arn)).toBe(value.trim().split(' ')[0]);
  });

  it.each([
    ['none', undefined],
    ['any other text', 'ask Ada'],
    ['another region’s', other.replace('eu-west-1', 'us-east-1')],
    ['another account’s', other.replace('999988887777', '111122223333')],
    ['another partition’s', other.replace('arn:aws:', 'arn:aws-us-gov:')],
    ['another machine’s', other.replace('rotate-user-key', 'sweep-organization')],
    ['a machine’s whose name only begins so', other.replace('rotate-user-key', 'rotate-user-key-2')],
    ['an express execution’s, with a part more', `${other}:1`],
    ['the machine itself', machine.replace('execution', 'stateMachine')],
  ])('counts as none: %s', (_, value) => {
    expect(markedSibling(value, arn)).toBeUndefined();
  });
});
