import { describe, expect, it } from 'vitest';
import { inputToGoOn } from '../../tasks/domain/restart.ts';

const user = { accountId: '111122223333', userName: 'deploy-bot' };
const keyId = 'AKIAOLDOLDOLDOLDQJHX';
const override = { by: 'Jane Doe', reason: 'INC-4711' };

describe('the input that continues a failed rotation', () => {
  it.each([
    [
      'repeats what was asked for',
      { when: 'due', action: 'retire', keyId },
      'AwsUnavailable',
      { when: 'due', action: 'retire', keyId },
    ],
    ['keeps a leaked key', { action: 'emergency', keyId }, 'AccessDenied', { action: 'emergency', keyId }],
    ['keeps an approval', { override }, 'NewKeyNotStored', { override }],
    [
      'drops a key that the user does not have',
      { action: 'retire', keyId },
      'UnknownKey',
      { action: 'retire' },
    ],
    ['drops a policy that is out of bounds', { policy: { quietDays: 0 } }, 'PolicyOutOfBounds', {}],
    [
      'drops what is invalid, and keeps the rest',
      { action: 'delete', keyId: 'x', extra: 1, override },
      'InvalidInput',
      { override },
    ],
  ])('%s', (_, request, error, expected) => {
    expect(inputToGoOn({ ...user, ...request }, error)).toEqual({ ...user, ...expected });
  });

  it.each([
    ['no user', {}, 'InvalidInput'],
    ['a user that does not exist', user, 'UnknownUser'],
    ['an account that does not exist', user, 'UnknownAccount'],
    ['nothing at all', undefined, 'InvalidInput'],
    ['a leaked key that is gone', { ...user, action: 'emergency', keyId }, 'UnknownKey'],
  ])('does not exist if the input names %s', (_, request, error) => {
    expect(inputToGoOn(request, error)).toBeUndefined();
  });
});
