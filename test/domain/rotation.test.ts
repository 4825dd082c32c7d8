import { describe, expect, it } from 'vitest';
import {
  parseRequest,
  planSchema,
  rotationSchema,
  secretNameOf,
  workSchema,
} from '../../tasks/domain/rotation.ts';
import { makePlan, makeWork, makeWorkWithoutNewKey } from '../tasks/work.ts';

const least = { accountId: '111122223333', userName: 'deploy-bot' };
const keyId = 'AKIAIOSFODNN7EXAMPLE';

describe('a request', () => {
  it('is whole with an account and a user; it means now, by whatever Assess decides', () => {
    expect(parseRequest(least)).toEqual({ ...least, when: 'now' });
  });

  it.each([
    ['of a sweep', { when: 'due' }],
    ['for a leaked key', { action: 'emergency', keyId }],
    ['to retire a key that Assess finds', { action: 'retire' }],
    ['with a policy of its own', { policy: { quietDays: 3 } }],
    ['by an operator', { override: { by: 'Eve', reason: 'the vendor is gone' } }],
    ['for a user of any name', { userName: 'a+b=c,d.e@f-g_H' }],
  ])('may be one %s', (_, more) => {
    expect(parseRequest({ ...least, ...more })).toMatchObject({ ...least, ...more });
  });

  it.each([
    ['accountId', { accountId: '11112222333' }],
    ['accountId', { accountId: 111122223333 }],
    ['userName', { userName: '' }],
    ['userName', { userName: 'x'.repeat(65) }],
    ['userName', { userName: 'deploy bot' }],
    ['userName', { userName: 'a/b' }],
    ['userName', { userName: 'deploy*' }],
    ['when', { when: 'later' }],
    ['action', { action: 'delete' }],
    ['keyId', { action: 'emergency' }],
    ['keyId', { keyId: 'AKIA' }],
    ['override.by', { override: { by: ' ', reason: 'x' } }],
    ['override.reason', { override: { by: 'Eve', reason: '' } }],
    ['policy', { policy: { quietdays: 3 } }],
    ['force', { force: true }],
  ])('is refused, naming %s: %j', (field, wrong) => {
    expect(() => parseRequest({ ...least, ...wrong })).toThrow(
      expect.objectContaining({ name: 'InvalidInput', message: expect.stringContaining(field) }),
    );
  });

  it.each([undefined, null, [], 'deploy-bot', 7])('is refused as %j, with an example of one', (input) => {
    expect(() => parseRequest(input)).toThrow(
      expect.objectContaining({ name: 'InvalidInput', message: expect.stringContaining('"deploy-bot"') }),
    );
  });
});

describe('the work that is handed on', () => {
  it.each([
    ['with a new key', makeWork()],
    ['without one', makeWorkWithoutNewKey({ override: { by: 'Eve', reason: 'x' } })],
  ])('survives JSON, %s', (_, work) => {
    expect(workSchema.parse(JSON.parse(JSON.stringify(work)))).toEqual(work);
  });

  it.each(['oldKeyId', 'oldKeyActive', 'oldKeyActiveSince', 'confirmation', 'keysSeen', 'policy', 'act'])(
    'is none without its plan’s %s',
    (field) => {
      const { [field]: _, ...rest }: Record<string, unknown> = { ...makePlan() };
      expect(planSchema.safeParse(rest).success).toBe(false);
    },
  );

  it('holds nothing but what it names: a secret that strays in goes no further', () => {
    const strayed = { ...makeWork(), secretAccessKey: 'x' };
    expect(workSchema.parse(strayed)).not.toHaveProperty('secretAccessKey');
  });

  it('names the execution of the one user that it is about', () => {
    expect(rotationSchema.safeParse({ ...least, executionArn: 'arn:…' }).success).toBe(true);
    expect(rotationSchema.safeParse(least).success).toBe(false);
  });
});

it('a user’s secret is named for account and user', () => {
  expect(secretNameOf('keyturn/', least)).toBe('keyturn/111122223333/deploy-bot');
});
