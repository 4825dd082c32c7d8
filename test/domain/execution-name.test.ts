import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  attemptOf,
  executionArnOf,
  executionName,
  nameOf,
  partitionOf,
  sessionNameOf,
  siblingArn,
} from '../../tasks/domain/execution-name.ts';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+=,.@-';
const userName = fc.oneof(
  fc.string({ unit: fc.constantFrom(...letters), minLength: 1, maxLength: 64 }),
  // Short ones of few letters come near each other; long ones are where names are cut.
  fc.string({ unit: fc.constantFrom('a', ',', '_', '-', '1'), minLength: 1, maxLength: 5 }),
  fc.string({ unit: fc.constantFrom('a', ','), minLength: 58, maxLength: 64 }),
);
const user = fc.record({ accountId: fc.constantFrom('111122223333', '444455556666'), userName });
const hashOf = (name: string): string => createHash('sha256').update(name).digest('hex').slice(0, 12);
const attempt = fc.integer({ min: 1, max: 999_999 });

describe('the name of a user’s rotation', () => {
  it('is one that Step Functions takes, for every user that IAM takes', () => {
    fc.assert(
      fc.property(user, attempt, (of, number) => {
        const name = executionName(of, number);
        expect(name.length).toBeLessThanOrEqual(80);
        // CloudWatch Logs takes no other characters in it.
        expect(name).toMatch(/^[\w-]+$/);
      }),
    );
  });

  it('is shared by no two users and no two attempts', () => {
    fc.assert(
      fc.property(user, user, attempt, attempt, (one, other, first, second) => {
        const same = one.accountId === other.accountId && one.userName === other.userName && first === second;
        expect(executionName(one, first) === executionName(other, second)).toBe(same);
      }),
      { numRuns: 2000 },
    );
  });

  it('isn’t shared by a user whose own name looks like another’s with its hash', () => {
    const accountId = '111122223333';
    const hashed = executionName({ accountId, userName: 'a,b' }, 1);
    const lookalike = hashed.slice(`${accountId}-`.length, -'-1'.length);
    expect(executionName({ accountId, userName: lookalike }, 1)).not.toBe(hashed);
  });

  it('tells its attempt, for its own user only', () => {
    fc.assert(
      fc.property(user, user, attempt, (one, other, number) => {
        expect(attemptOf(one, executionName(one, number))).toBe(number);
        if (one.userName === other.userName && one.accountId === other.accountId) return;
        expect(attemptOf(other, executionName(one, number))).toBeUndefined();
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['is readable', 'deploy-bot', '111122223333-deploy-bot-1'],
    ['ends in a hash if it loses a character', 'john.doe@example.com', '111122223333-john-doe-example-com-'],
    ['is cut, with a hash, if it is too long', 'x'.repeat(64), `111122223333-${'x'.repeat(47)}-`],
  ])('%s', (_, name, start) => {
    expect(executionName({ accountId: '111122223333', userName: name }, 1).startsWith(start)).toBe(true);
  });

  it.each([
    ['plain', 'deploy-bot', '111122223333-deploy-bot-3'],
    ['with a dot and an at', 'john.doe@example.com', '111122223333-john.doe@example.com-3'],
    ['with a comma', 'a,b', `111122223333-a_b-${hashOf('a,b')}-3`],
    ['with both', 'a,b.c', `111122223333-a_b.c-${hashOf('a,b.c')}-3`],
    [
      'too long',
      'x.'.repeat(32),
      `111122223333-${'x.'.repeat(24).slice(0, 47)}-${hashOf('x.'.repeat(32))}-3`,
    ],
  ])('counts as an attempt under the name that 0.1.0 gave it: one %s', (_, name, older) => {
    expect(attemptOf({ accountId: '111122223333', userName: name }, older)).toBe(3);
  });

  it('is no other user’s under 0.1.0’s form either', () => {
    const older = '111122223333-john.doe@example.com-3';
    for (const userName of [
      'john-doe-example-com',
      'john_doe_example_com',
      'john.doe',
      'john.doe@example_com',
    ])
      expect(attemptOf({ accountId: '111122223333', userName }, older)).toBeUndefined();
  });

  it.each([
    '7f8a5c1e-by-hand',
    '111122223333-deploy-bot',
    '111122223333-deploy-bot-',
    '111122223333-deploy-bot-0',
    '111122223333-deploy-bot-01',
    '111122223333-deploy-bot-1.5',
    '111122223333-deploy-bot-1 ',
    '111122223333-deploy-bot-1000000',
    '111122223333-deploy-bot-2-1',
    '111122223334-deploy-bot-1',
    '',
  ])('isn’t %j', (name) => {
    expect(attemptOf({ accountId: '111122223333', userName: 'deploy-bot' }, name)).toBeUndefined();
  });
});

describe('an execution’s ARN', () => {
  const arn = 'arn:aws-us-gov:states:us-gov-west-1:999988887777:execution:rotate-user-key:one';

  it('tells name, partition and sibling', () => {
    expect(nameOf(arn)).toBe('one');
    expect(partitionOf(arn)).toBe('aws-us-gov');
    expect(siblingArn(arn, 'two')).toBe(
      'arn:aws-us-gov:states:us-gov-west-1:999988887777:execution:rotate-user-key:two',
    );
  });

  it('gives a role session a name that STS takes', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 80, unit: 'grapheme' }), (name) => {
        expect(sessionNameOf(`arn:${name}`)).toMatch(/^[\w+=,.@-]{2,64}$/);
      }),
    );
  });
});

it.each([
  ['a machine', 'arn:aws:states:eu-west-1:111122223333:stateMachine:rotate'],
  ['an alias of it', 'arn:aws:states:eu-west-1:111122223333:stateMachine:rotate:live'],
])('the ARN of an execution comes of %s', (_, arn) => {
  expect(executionArnOf(arn, 'name')).toBe('arn:aws:states:eu-west-1:111122223333:execution:rotate:name');
});
