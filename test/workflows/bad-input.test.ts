import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { accountId, Life, userName } from './life.ts';

const rows: readonly [string, object, string, RegExp][] = [
  ['no user', { userName: undefined }, 'InvalidInput', /userName/],
  [
    'an account ID that is no account ID',
    { accountId: '22222' },
    'InvalidInput',
    /accountId: must be .* 12 digits/,
  ],
  [
    'a user name that IAM would not have',
    { userName: 'deploy bot' },
    'InvalidInput',
    /userName: must be the name/,
  ],
  ['a field that nobody knows', { acount: 1 }, 'InvalidInput', /acount/],
  ['an action that there is not', { action: 'delete' }, 'InvalidInput', /action.*rotate.*retire.*emergency/],
  [
    'an emergency without its key',
    { action: 'emergency' },
    'InvalidInput',
    /keyId: must name the leaked key/,
  ],
  ['an override without a reason', { override: { by: 'Jane' } }, 'InvalidInput', /override\.reason/],
  ['an unknown account', { accountId: '999999999999' }, 'UnknownAccount', /no account 999999999999/],
  ['an unknown user', { userName: 'nobody' }, 'UnknownUser', /no user nobody/],
  [
    'an unknown key',
    { keyId: 'AKIAAAAAAAAAAAAAAAAA' },
    'UnknownKey',
    /no key AKIAAAAAAAAAAAAAAAAA; it has AKIA/,
  ],
  [
    'a policy value out of bounds',
    { policy: { quietDays: 0 } },
    'PolicyOutOfBounds',
    /quietDays is 0 .* from 1 to 30/,
  ],
  [
    'a policy value of the wrong kind',
    { policy: { windowDays: 'ten' } },
    'PolicyOutOfBounds',
    /windowDays is "ten"/,
  ],
  ['a policy value that there is not', { policy: { days: 7 } }, 'InvalidInput', /days/],
];

const tagRows: readonly [string, string, string, RegExp][] = [
  ['keyturn:quiet-days', 'a week', 'UnreadableTag', /keyturn:quiet-days is "a week"/],
  ['keyturn:quiet-days', '99', 'PolicyOutOfBounds', /quietDays is 99 .* from 1 to 30/],
  ['keyturn:on-silence', 'delete', 'PolicyOutOfBounds', /"withdraw" or "keep"/],
  ['keyturn:exempt', 'for ever', 'UnreadableTag', /an end date and a reason/],
  ['keyturn:self-updating', 'maybe', 'UnreadableTag', /"true" or "false"/],
];

describe('bad input', () => {
  it.each(rows)(
    '%s ends with an error that says what is allowed, and changes nothing',
    async (_, request, error, said) => {
      const life = await Life.begin();
      await life.start(request);
      await expectUnchanged(life, error, said);
    },
  );

  it.each(tagRows)(
    'a tag %s of "%s" ends with an error that says what is allowed, and changes nothing',
    async (key, value, error, said) => {
      const life = await Life.begin({ tags: { [key]: value } });
      await life.start();
      await expectUnchanged(life, error, said);
    },
  );

  it.each(['"text"', '[]', '7', 'null'])('an input of %s is invalid', async (input) => {
    const life = await Life.begin();
    await life.operator.send(
      new StartExecutionCommand({ stateMachineArn: life.world.stateMachineArn, input }),
    );
    await life.world.clock.settle();
    expect(life.stands).toBe('InvalidInput');
  });

  it('nothing is rotated in a suspended account', async () => {
    const life = await Life.begin();
    const account = life.world.aws.accounts.get(accountId);
    if (account !== undefined) account.state = 'SUSPENDED';
    await life.start();
    await expectUnchanged(life, 'UnknownAccount', /is SUSPENDED/);
  });

  it('the error of an account without the role names it', async () => {
    const life = await Life.begin();
    const account = life.world.aws.accounts.get(accountId);
    if (account !== undefined) account.memberRole = false;
    await life.start();
    await expectUnchanged(life, 'MemberRoleRefused', /role\/keyturn-member-read can't be assumed/);
  });
});

async function expectUnchanged(life: Life, error: string, said: RegExp): Promise<void> {
  expect(life.stands).toBe(error);
  expect(life.said).toMatch(said);
  expect(life.keys).toEqual(['Active']);
  expect(life.current).toBeUndefined();
  expect(life.world.watcher.changes).toEqual([]);
  expect(life.subjects.every((subject) => subject.startsWith('Rotation failed'))).toBe(true);
  expect(life.user.name).toBe(userName);
}
