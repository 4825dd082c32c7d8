import { beforeEach, describe, expect, it } from 'vitest';
import { askAboutLeak } from '../../tasks/rotate-user-key/ask-about-leak.ts';
import { ago } from '../domain/uses.ts';
import { given } from './given.ts';
import { newKeyId, oldKeyId, rotation } from './ids.ts';
import { calls, mails, mockAws, recipients } from './mocked-aws.ts';
import { setUp } from './setting-up.ts';
import { leaked, makePlan } from './work.ts';

const aws = mockAws();
let world = setUp();
beforeEach(() => {
  world = setUp();
});
const taskToken = 'AQC-secret-task-token';
const asked = {
  rotation,
  plan: null,
  assessed: null,
  failure: null,
  keyId: oldKeyId,
  since: ago(1),
  taskToken,
};
const ask = (more: object = {}) => askAboutLeak.invoke({ ...asked, ...more }, world.dependencies);
const plan = makePlan(leaked);
const assessed = {
  act: 'leakOpen',
  because: 'the mode is audit, and nothing is changed',
  keyId: newKeyId,
  owner: ['ada@example.com', 'payments@example.com'],
};

describe('AskAboutLeak', () => {
  it('tells owner, account and operators that a leaked key is still active, and the one command that settles it', async () => {
    given(aws);
    const everybody = ['ada@example.com', 'payments@example.com', 'ops@example.com'];
    await expect(ask({ plan })).resolves.toEqual({ to: everybody });
    expect(recipients(aws)).toEqual(everybody);
    for (const mail of mails(aws)) {
      expect(mail.subject).toBe('Leaked access key still active: deploy-bot in Payments (111122223333)');
      expect(mail.text).toContain('aws iam update-access-key');
    }
  });

  it.each<[string, object, RegExp, string[]]>([
    [
      'what Assess found',
      { assessed },
      /the mode is audit/,
      ['ada@example.com', 'payments@example.com', 'ops@example.com'],
    ],
    [
      'what failed',
      { plan, failure: { Error: 'NewKeyNotReady', Cause: JSON.stringify({ errorMessage: 'no other key' }) } },
      /NewKeyNotReady: no other key/,
      ['ada@example.com', 'payments@example.com', 'ops@example.com'],
    ],
    ['nothing, if it could not even be claimed', {}, /could not be checked/, ['ops@example.com']],
  ])('says why: %s', async (_, more, because, to) => {
    given(aws);
    await expect(ask(more)).resolves.toEqual({ to });
    expect(mails(aws)[0]?.text).toMatch(because);
  });

  it('logs the key that is active: the one that Assess found, the plan’s or the one that it was started for', async () => {
    given(aws);
    await ask({ assessed, plan });
    await ask({ plan: makePlan({ ...leaked, oldKeyId: newKeyId }) });
    await ask();
    const keyIds = world.logged.filter(({ level }) => level === 'error').map(({ details }) => details.keyId);
    expect(keyIds).toEqual([newKeyId, newKeyId, oldKeyId]);
  });

  it('counts for an alarm, goes into no account, and tells its token to nobody', async () => {
    given(aws);
    const answer = await ask({ plan });
    expect(world.recorded).toContainEqual({ LeakedKeysStillActive: 1 });
    expect(new Set(calls(aws))).toEqual(new Set(['SendEmail']));
    expect(JSON.stringify([answer, mails(aws), world.logged])).not.toContain(taskToken);
  });

  it('ends with an error if nobody can be told', async () => {
    given(aws, { refused: ['ops@example.com'] });
    await expect(ask()).rejects.toMatchObject({ name: 'MailRefused' });
  });
});
