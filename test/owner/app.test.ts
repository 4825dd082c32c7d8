import { GetExecutionHistoryCommand, SendTaskSuccessCommand } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { ownerApp } from '../../tasks/owner/app.ts';
import { executionArn, oldKeyId } from '../tasks/ids.ts';
import {
  asked,
  confirmed,
  dependencies,
  expectPage,
  get,
  logged,
  newAppBeforeEach,
  now,
  pathOf,
  post,
  sent,
  sfn,
  stage,
  windowLink,
} from './an-app.ts';
import { History, makePlan, makeQuestion } from './fixtures.ts';

newAppBeforeEach();

describe('an answer', () => {
  it('confirms with the last four characters, by one call', async () => {
    stage(asked());
    const page = await post({ decision: 'confirm', keyEnd: ' zwvk ' });
    await expectPage(page, 200, /Confirmed.*What happens now.*nobody has used it for 7 days.*To undo this/s);
    const by = 'the link mailed to ada@example.com, bob@example.com';
    const output = JSON.stringify({ decision: 'confirm', form: '2', by, at: now.toISOString(), from: {} });
    expect(sent()).toEqual([{ taskToken: 'first-secret-task-token', output }]);
    expect(logged).toHaveLength(1);
    expect(JSON.parse(logged[0] ?? '')).toMatchObject({
      accountId: '111122223333',
      userName: 'deploy-bot',
      executionArn,
      stage: 'ask',
      decision: 'confirm',
    });
  });

  it('confirms a retirement with the end of the key to be deleted', async () => {
    stage(asked({ plan: makePlan({ act: 'retire' }), newKeyId: undefined }));
    await expectPage(await post({ keyEnd: 'QJHX' }), 200, /Confirmed/);
    expect(sent()).toHaveLength(1);
  });

  it('rolls back with a reason, also from the page of the link to confirm', async () => {
    stage(asked());
    await expectPage(
      await post({ decision: 'rollBack', reason: ' it\u202E broke\r\n ', word: ' Roll  Back' }),
      200,
      /Rolled back/,
    );
    expect(JSON.parse(sent()[0]?.output ?? '')).toMatchObject({ decision: 'rollBack', reason: 'it broke' });
  });

  it('rolls back in the window, and never confirms there', async () => {
    stage(asked({ stage: 'window' }));
    await expectPage(await post({ decision: 'confirm', keyEnd: 'ZWVK' }, windowLink()), 422, /say why/);
    expect(sent()).toEqual([]);
    const form = { reason: 'prod is down', word: 'roll back' };
    await expectPage(await post(form, windowLink()), 200, /made active again/);
    expect(sent()).toHaveLength(1);
  });

  it.each([
    ['nothing', {}, /type the last four characters/],
    ['an empty form', { decision: 'confirm', keyEnd: '' }, /type the last four characters/],
    ['a guess', { decision: 'confirm', keyEnd: 'AAAA' }, /that isn't the end of this key's ID/],
    ['too little', { decision: 'confirm', keyEnd: 'WVK' }, /that isn't the end/],
    ['too much', { decision: 'confirm', keyEnd: 'EZWVK' }, /that isn't the end/],
    ['markup', { decision: 'confirm', keyEnd: '<b>x' }, /that isn't the end/],
    ['the old key', { decision: 'confirm', keyEnd: 'QJHX' }, /that is the old key/],
    ['an unknown decision', { decision: 'destroy', keyEnd: '' }, /type the last four characters/],
    ['no reason', { decision: 'rollBack', reason: '  \u200B ' }, /say why in a few words/],
    ['a short reason', { decision: 'rollBack', reason: 'no' }, /say why in a few words/],
    ['a long reason', { decision: 'rollBack', reason: 'x'.repeat(501) }, /longer than 500 characters/],
    ['no word', { decision: 'rollBack', reason: 'it broke' }, /type the words “roll back”/],
    ['a guessed word', { decision: 'rollBack', reason: 'test', word: 'test' }, /type the words “roll back”/],
    [
      'a secret as the reason',
      { decision: 'rollBack', reason: `key ${'aB3/'.repeat(10)}` },
      /seems to contain a secret/,
    ],
    ['nothing for more time', { decision: 'moreTime' }, /moved after this page was opened/],
    ['no days', { decision: 'moreTime', postponed: '0' }, /choose how many days/],
    ['other days', { decision: 'moreTime', postponed: '0', days: '15' }, /choose how many days/],
    ['no reason for more time', { decision: 'moreTime', postponed: '0', days: '7' }, /say why/],
    [
      'no word for more time',
      { decision: 'moreTime', postponed: '0', days: '7', reason: 'test' },
      /type the words “more time”/,
    ],
  ] as const)('is not taken with %s', async (_, fields, says) => {
    stage(asked());
    const page = await expectPage(await post(fields), 422, says);
    expect(page).toMatch(/aria-describedby="(\w+)Error \1Hint" aria-invalid="true" autofocus/);
    expect(page).toMatch(/<title>Not accepted: Does everything/);
    expect(page).not.toContain('aB3/');
    expect(sent()).toEqual([]);
  });

  it('is not taken as JSON, as a broken form, or without a body', async () => {
    stage(asked());
    const app = ownerApp(dependencies);
    for (const [type, body] of [
      ['application/json', '{"keyEnd":"ZWVK"}'],
      ['multipart/form-data; boundary=x', 'broken'],
      ['text/plain', 'keyEnd=ZWVK'],
    ] as const) {
      const response = await app.request(pathOf(), {
        method: 'POST',
        body,
        headers: { 'content-type': type },
      });
      expect(response.status).toBe(422);
    }
    expect((await app.request(pathOf(), { method: 'POST' })).status).toBe(422);
    expect(sent()).toEqual([]);
  });

  it('is not taken when it is too large', async () => {
    stage(asked());
    await expectPage(await post({ reason: 'x'.repeat(5000) }), 413, /form is too long/);
    expect(sent()).toEqual([]);
  });

  it('puts the answer off, and says until when', async () => {
    stage(asked());
    const form = { decision: 'moreTime', days: '7', postponed: '0', reason: 'on holiday', word: 'more time' };
    const page = await expectPage(
      await post(form),
      200,
      /7 days more: deploy-bot.*Answer by 2026-12-14 08:00 UTC/s,
    );
    expect(page).toContain('The next reminder comes on 2026-12-02 08:00 UTC');
    expect(JSON.parse(sent()[0]?.output ?? '')).toMatchObject({
      decision: 'moreTime',
      days: 7,
      reason: 'on holiday',
    });
  });

  it('may name a commit in its reason', async () => {
    stage(asked());
    const reason = `reverts ${'0f3a9'.repeat(8)}`;
    expect((await post({ decision: 'rollBack', reason, word: 'roll back' })).status).toBe(200);
  });

  it('does not put off what an older machine asked: it would not know how to go on', async () => {
    const { asking: _, ...older } = makeQuestion();
    stage(new History().schedule(older));
    await expectPage(await get(pathOf({ decision: 'moreTime' })), 200, /This deadline can't be extended/);
    const form = { decision: 'moreTime', days: '7', postponed: '0', reason: 'on holiday', word: 'more time' };
    await expectPage(await post(form), 422, /there is no more time/);
  });

  it('goes on record with who gave it, by which link, from where, and why, but with no key’s ID in the log', async () => {
    stage(asked());
    const agent = `Browser\u202E\n${'x'.repeat(300)}`;
    const app = ownerApp(dependencies, () => ({ address: '203.0.113.9', agent }));
    const body = new URLSearchParams({
      decision: 'rollBack',
      reason: `${oldKeyId} is needed`,
      word: 'roll back',
    });
    await app.request(pathOf(), { method: 'POST', body });
    const from = { address: '203.0.113.9', agent: `Browser ${'x'.repeat(192)}` };
    expect(JSON.parse(sent()[0]?.output ?? '')).toMatchObject({ reason: `${oldKeyId} is needed`, from });
    expect(JSON.parse(logged[0] ?? '')).toMatchObject({
      decision: 'rollBack',
      reason: 'AKIAOLDOLDOLDOLD… is needed',
      by: 'the link mailed to ada@example.com, bob@example.com',
      from,
    });
  });

  it('goes to the reminder’s token when it came by the first mail’s link', async () => {
    const second = makeQuestion({ reminder: 1, taskToken: 'second-secret-task-token' });
    stage(asked().timeOut().ask(second));
    await expectPage(await post({ keyEnd: 'ZWVK' }), 200, /Confirmed/);
    expect(sent()).toMatchObject([{ taskToken: 'second-secret-task-token' }]);
  });
});

describe('when AWS fails', () => {
  it('says that nothing was changed, as long as nothing was sent', async () => {
    stage(asked());
    sfn.on(GetExecutionHistoryCommand).rejects(new Error('first-secret-task-token'));
    await expectPage(await get(), 503, /Nothing was changed\. Try again/);
    await expectPage(await post({ keyEnd: 'ZWVK' }), 503, /Nothing was changed\. Try again/);
    expect(sent()).toEqual([]);
  });

  it('says that it may have arrived, once it was sent', async () => {
    stage(asked());
    sfn.on(SendTaskSuccessCommand).rejects(new Error('socket hang up'));
    await expectPage(await post({ keyEnd: 'ZWVK' }), 503, /did not say whether your answer was recorded/);
  });
});

describe('words of others', () => {
  it.each(['<img src=x onerror=alert(1)>', '"><script>alert(1)</script>', 'evil\u202Etxt.exe\r\nx'])(
    'stay harmless on every page (%#)',
    async (words) => {
      const plan = makePlan({ accountName: words, because: words, owner: [words] });
      const question = makeQuestion({ plan });
      const said = { ...confirmed, decision: 'rollBack', by: words, reason: words };
      const pages: Response[] = [];
      stage(new History().ask(question));
      pages.push(await get(), await post({ decision: 'confirm', keyEnd: words }));
      pages.push(await post({ decision: 'rollBack', reason: words.padEnd(600, 'x') }));
      pages.push(await post({ decision: 'rollBack', reason: words, word: 'roll back' }));
      pages.push(await post({ decision: 'moreTime', postponed: '0', days: '7', reason: words, word: words }));
      pages.push(
        await post({ decision: 'moreTime', postponed: '0', days: '7', reason: words, word: 'more time' }),
      );
      stage(new History().ask(question).answer(said));
      pages.push(await get(), await post({}));
      stage(new History().ask(question), 'ABORTED');
      pages.push(await get());
      for (const response of pages) {
        const page = await response.text();
        expect(page).not.toMatch(/<img|<script/i);
        expect(page.replaceAll('\n', '')).toMatch(/^[^\p{C}]*$/u);
      }
    },
  );
});
