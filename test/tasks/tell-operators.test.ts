import { beforeEach, describe, expect, it } from 'vitest';
import { questionId } from '../../tasks/domain/asking/known-question.ts';
import type { Work } from '../../tasks/domain/rotation.ts';
import { tellOperators } from '../../tasks/rotate-user-key/tell-operators.ts';
import { ago, usedAt } from '../domain/uses.ts';
import { given } from './given.ts';
import { executionArn, executionOf, newKeyId, oldKeyId, rotation } from './ids.ts';
import { calls, mails, mockAws, recipients } from './mocked-aws.ts';
import { setUp } from './setting-up.ts';
import { makeWithdrawal, makeWork, makeWorkWithoutNewKey } from './work.ts';

const aws = mockAws();
let world = setUp();
beforeEach(() => {
  world = setUp();
});
const tell = (news: object) => tellOperators.invoke(news, world.dependencies);
const failure = {
  mail: 'failed',
  executionArn,
  request: { accountId: rotation.accountId, userName: rotation.userName },
  failure: { Error: 'NewKeyNotStored', Cause: 'no room' },
  failedAt: 'ProvisionNewKey',
  safe: ['the old key is active'],
};

const everybody = ['ops@example.com', 'ada@example.com', 'payments@example.com'];
/** As the machine says it: an error's name, and what Lambda makes of its message. */
const because = `AccessDenied: ${JSON.stringify({ errorType: 'AccessDenied', errorMessage: 'a guardrail' })}`;
const trouble = (mail: string, work: Work = makeWork(), more: object = {}) =>
  tell({ ...work, mail, because, since: ago(1), ...more });

describe('TellOperators, of what keyturn could not do', () => {
  it.each([
    ['changedElsewhere', /^Changed by someone else/, everybody, 'QuestionsToOperators'],
    ['deletionRefused', /^Inactive access key can't be deleted/, ['ops@example.com'], 'QuestionsToOperators'],
    ['reactivationStuck', /^Access key not active again yet/, everybody, 'ReactivationsStuck'],
    ['inactiveAndNoRollback', /^Access key inactive, no rollback link/, everybody, 'ReactivationsStuck'],
  ] as const)('%s: to whom it concerns, and counts it for an alarm', async (mail, subject, to, metric) => {
    given(aws);
    await expect(trouble(mail)).resolves.toEqual({ to });
    expect(recipients(aws)).toEqual(to);
    expect(mails(aws)[0]?.subject).toMatch(subject);
    expect(mails(aws)[0]?.text).toContain('a guardrail');
    expect(world.recorded).toEqual([{ [metric]: 1 }]);
    expect(new Set(calls(aws))).toEqual(new Set(['SendEmail']));
  });

  it.each(['changedElsewhere', 'deletionRefused', 'reactivationStuck', 'inactiveAndNoRollback'])(
    '%s of the new key of a withdrawn rotation, or without one, or since nobody knows when',
    async (mail) => {
      given(aws);
      for (const work of [makeWithdrawal(), makeWorkWithoutNewKey({ act: 'retire' })])
        for (const since of [null, undefined]) await trouble(mail, work, { since });
      expect(mails(aws).length).toBeGreaterThanOrEqual(4);
    },
  );

  it('names the key that leaves in the command that makes it active', async () => {
    given(aws);
    await trouble('reactivationStuck', makeWithdrawal());
    expect(mails(aws)[0]?.text).toContain(newKeyId.slice(0, 8));
  });

  it('counts it even if SES takes no mail', async () => {
    given(aws, { refused: everybody });
    await expect(trouble('reactivationStuck')).rejects.toMatchObject({ name: 'MailRefused' });
    expect(world.recorded).toContainEqual({ ReactivationsStuck: 1 });
  });
});

describe('TellOperators', () => {
  it.each([
    ['silence', { kind: 'silence', since: ago(15) }, /did not answer/],
    [
      'a drain’s deadline',
      { kind: 'drainDeadline', use: usedAt(ago(1)), startedAt: ago(30) },
      /s3 in eu-west-1/,
    ],
    ['too many rollbacks', { kind: 'tooManyRollbacks', lastReason: 'deploys broke' }, /deploys broke/],
    ['a rollback without a reason', { kind: 'tooManyRollbacks' }, /none given/],
    ['a new key that nobody confirmed', { kind: 'usedNotConfirmed', use: usedAt(ago(1)) }, /new key/],
  ])('escalates %s, to the account’s address too', async (_, cause, text) => {
    given(aws);
    const to = ['ops@example.com', 'payments@example.com'];
    await expect(tell({ ...makeWork(), mail: 'escalation', cause })).resolves.toEqual({ to });
    expect(recipients(aws)).toEqual(to);
    expect(mails(aws)[0]).toMatchObject({
      subject: expect.stringMatching(/^Needs attention/),
      text: expect.stringMatching(text),
    });
    expect(new Set(calls(aws))).toEqual(new Set(['SendEmail']));
  });

  it('asks the operators alone what only a person can decide', async () => {
    given(aws);
    const because = `which of the two is to go, ${oldKeyId} or the other?`;
    await expect(tell({ mail: 'needsPerson', rotation, because })).resolves.toEqual({
      to: ['ops@example.com'],
    });
    expect(mails(aws)[0]?.subject).toMatch(/^A person must decide/);
  });

  it.each([
    ['a message that Lambda wrapped', JSON.stringify({ errorType: 'X', errorMessage: 'no room' }), 'no room'],
    ['a cause of Step Functions’ own', 'The task timed out', 'The task timed out'],
    ['JSON that isn’t Lambda’s', '{"a":1}', '{"a":1}'],
  ])('tells of a failure with %s', async (_, Cause, said) => {
    given(aws);
    await expect(tell({ ...failure, failure: { Error: 'NewKeyNotStored', Cause } })).resolves.toEqual({
      to: ['ops@example.com'],
    });
    const [mail] = mails(aws);
    expect(mail?.subject).toBe(
      'Rotation failed, NewKeyNotStored in ProvisionNewKey: deploy-bot in 111122223333',
    );
    expect(mail?.text).toContain(said);
    expect(mail?.text).not.toContain('errorType');
    expect(mail?.text).toContain('the old key is active');
  });

  it.each([
    ['nothing', null],
    ['a text', 'rotate deploy-bot'],
    ['numbers and strangers', { accountId: 12, dryRun: true }],
  ])('tells of a failure even if the input was %s', async (_, request) => {
    given(aws);
    await tell({ ...failure, executionArn: executionOf('by-hand'), request });
    expect(mails(aws)[0]?.subject).toMatch(/^Rotation failed/);
  });

  it.each([
    [
      'an escalation',
      { ...makeWork(), mail: 'escalation', cause: { kind: 'tooManyRollbacks' } },
      'Escalations',
    ],
    ['a question', { mail: 'needsPerson', rotation, because: 'which?' }, 'QuestionsToOperators'],
  ])('counts %s for an alarm, even if SES takes no mail', async (_, news, metric) => {
    given(aws, { refused: ['ops@example.com', 'payments@example.com'] });
    await expect(tell(news)).rejects.toMatchObject({ name: 'MailRefused' });
    expect(world.recorded).toContainEqual({ [metric]: 1 });
  });

  it('leaves a failure to the machine’s own alarm', async () => {
    given(aws);
    await tell(failure);
    expect(world.recorded).toEqual([]);
  });

  it('says that the operators can’t be reached', async () => {
    given(aws, { refused: ['ops@example.com'] });
    await expect(tell(failure)).rejects.toMatchObject({ name: 'MailRefused' });
  });

  it('asks nothing that the operators have already, and whatever is new, or was started by hand', async () => {
    given(aws);
    const question = { mail: 'needsPerson', rotation, because: 'two keys, one 91 days old' };
    const known = questionId('needsPerson', 'two keys, one 84 days old');
    await expect(tell({ ...question, known })).resolves.toEqual({ to: [] });
    expect(world.recorded).toEqual([]);
    await expect(tell(question)).resolves.toEqual({ to: ['ops@example.com'] });
    await expect(tell({ ...question, because: 'three keys', known })).resolves.toEqual({
      to: ['ops@example.com'],
    });
  });

  it('tells of the same failure again if it could not be made safe, and never repeats what is known in a command', async () => {
    given(aws);
    const known = questionId('failed', 'NewKeyNotStored ProvisionNewKey');
    const again = { ...failure, request: { ...failure.request, known } };
    await expect(tell(again)).resolves.toEqual({ to: [] });
    await tell({ ...again, safe: ['could not be made safe: AccessDenied'] });
    await tell({ ...again, failedAt: 'CheckOldKey' });
    expect(mails(aws)).toHaveLength(2);
    expect(
      mails(aws)
        .map(({ text }) => text)
        .join(),
    ).not.toContain('known');
  });
});
