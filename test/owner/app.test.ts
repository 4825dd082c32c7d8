import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import {
  DescribeExecutionCommand,
  ExecutionDoesNotExist,
  type ExecutionStatus,
  GetExecutionHistoryCommand,
  InvalidToken,
  SendTaskSuccessCommand,
  SFNClient,
  TaskTimedOut,
} from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Dependencies } from '../../tasks/dependencies.ts';
import type { Evidence } from '../../tasks/domain/asking/evidence.ts';
import { type LinkReference, signLink } from '../../tasks/domain/asking/link.ts';
import type { Question } from '../../tasks/domain/asking/question.ts';
import { parseSettings } from '../../tasks/domain/settings/told.ts';
import { ownerApp } from '../../tasks/owner/app.ts';
import { executionArn, History, makePlan, makeQuestion, newKeyId, oldKeyId } from './fixtures.ts';

const sfn = mockClient(SFNClient);
const secrets = mockClient(SecretsManagerClient);
const s3 = mockClient(S3Client);
const secret = 'the current signing key, 32 characters or more';
const previousSecret = 'the previous signing key, 32 characters or more';
const now = new Date('2026-11-23T08:00:00Z');
const settings = parseSettings({
  mode: 'live',
  region: 'eu-west-1',
  mailFrom: 'keyturn@example.com',
  operators: 'ops@example.com',
  linkBase: 'https://keyturn.example.com',
  reportBucket: 'reports',
});

let logged: string[];
let objects: Set<string>;
let dependencies: Dependencies;

beforeEach(() => {
  sfn.reset();
  secrets.reset();
  secrets.on(GetSecretValueCommand, { VersionStage: 'AWSCURRENT' }).resolves({ SecretString: secret });
  secrets
    .on(GetSecretValueCommand, { VersionStage: 'AWSPREVIOUS' })
    .resolves({ SecretString: previousSecret });
  sfn.on(SendTaskSuccessCommand).resolves({});
  objects = new Set();
  s3.reset();
  s3.on(PutObjectCommand).callsFake(({ Key, IfNoneMatch }) => {
    if (IfNoneMatch === '*' && objects.has(Key))
      throw Object.assign(new Error('x'), { name: 'PreconditionFailed' });
    objects.add(Key);
  });
  logged = [];
  const log = (message: string, details: Record<string, unknown>) => {
    logged.push(JSON.stringify({ message, ...details }));
  };
  dependencies = {
    settings,
    aws: { region: 'eu-west-1' },
    now: () => now,
    sleep: async () => undefined,
    log: { info: log, warn: log, error: log },
    metrics: { record: () => undefined },
  };
});

function stage(history: History, status: ExecutionStatus = 'RUNNING'): void {
  sfn.on(DescribeExecutionCommand).resolves({ status, startDate: now, input: '{}' });
  // In two pages, so that whoever reads only the first one misses the question.
  sfn.on(GetExecutionHistoryCommand).resolves({ events: history.events.slice(0, 1), nextToken: 'more' });
  sfn.on(GetExecutionHistoryCommand, { nextToken: 'more' }).resolves({ events: history.events.slice(1) });
}

const pathOf = (changes: Partial<LinkReference> = {}, key = secret): string => {
  const reference: LinkReference = {
    executionArn,
    stage: 'ask',
    round: 1,
    decision: 'confirm',
    expiresAt: new Date('2026-12-07T08:00:00Z'),
    ...changes,
  };
  return `/answer/${signLink(reference, Buffer.from(key))}`;
};
const get = (path = pathOf(), method = 'GET') => ownerApp(dependencies).request(path, { method });
const post = (fields: Record<string, string>, path = pathOf()) =>
  ownerApp(dependencies).request(path, { method: 'POST', body: new URLSearchParams(fields) });
const sent = () => sfn.commandCalls(SendTaskSuccessCommand).map((call) => call.args[0].input);
const asked = (changes: Partial<Question> = {}) => new History().ask(makeQuestion(changes));
const windowLink = () => pathOf({ stage: 'window', decision: 'rollBack' });
const confirmed = {
  decision: 'confirm',
  by: 'the link mailed to ada@example.com',
  at: '2026-11-22T10:00:00.000Z',
};

async function expectPage(response: Response, status: number, says: RegExp): Promise<string> {
  const page = await response.text();
  expect(response.status).toBe(status);
  expect(page).toMatch(/<html lang="en">.*<title>.+<\/title>.*<h1 .*?>.+<\/h1>/s);
  expect(page.replaceAll('&#39;', "'")).toMatch(says);
  expect(page).not.toContain(newKeyId.slice(-4));
  expect(page).not.toContain('token');
  expect(page).not.toMatch(/undefined|null|NaN|at \w+ \(|signing key/);
  expect(logged.join()).not.toMatch(/token|\/answer\//);
  return page;
}

describe('opening a link', () => {
  it.each([
    ['confirm', /Does everything use the new access key of deploy-bot/],
    ['moreTime', /More time for the new access key of deploy-bot/],
    ['rollBack', /Roll back the new access key of deploy-bot/],
  ] as const)('for %s shows its form, the other answers folded', async (decision, title) => {
    stage(asked());
    const page = await expectPage(await get(pathOf({ decision })), 200, title);
    const forms = [
      ...page.matchAll(/<form method="post">\n<input type="hidden" name="decision" value="(\w+)">/g),
    ];
    expect(forms.map(([, value]) => value)).toHaveLength(3);
    expect(forms[0]?.[1]).toBe(decision);
    expect(page.match(/<details/g)).toHaveLength(2);
    expect(page.indexOf('<details')).toBeGreaterThan(forms[0]?.index ?? 0);
  });

  it('shows what is done, now and next with their dates, and where both keys are used from', async () => {
    const evidence: Evidence = {
      at: new Date('2026-11-22T08:00:00Z'),
      oldKey: { state: 'used', at: new Date('2026-11-22T06:00:00Z'), service: 's3', region: 'eu-west-1' },
      newKey: { state: 'neverUsed' },
    };
    stage(new History().schedule(makeQuestion(), evidence));
    const page = await expectPage(await get(), 200, /What happens when/);
    const steps = [
      ...page.matchAll(
        /<li class="k-\w+"( aria-current="step")?><span class="k-(\w+)Mark".*?k-when">([^<]*)/g,
      ),
    ];
    expect(steps.map(([, current, state, when]) => [state, current !== undefined, when])).toEqual([
      ['done', false, 'Done: 2026-11-22 08:00 UTC'],
      ['now', true, 'Now: until 2026-12-07 08:00 UTC'],
      ['next', false, 'Then: not before 2026-11-29 06:00 UTC'],
      ['next', false, 'Then: not before 2026-12-09 06:00 UTC'],
    ]);
    expect(page).toMatch(
      /Old key last used<.*?>s3 in eu-west-1, 2026-11-22 06:00 UTC<.*New key last used<.*?>never</s,
    );
  });

  it('promises no date that has passed, for a key that has long been quiet', async () => {
    const evidence: Evidence = { at: now, oldKey: { state: 'neverUsed' } };
    stage(new History().schedule(makeQuestion(), evidence));
    await expectPage(await get(), 200, /Then: not before 2026-11-23 08:00 UTC/);
  });

  it('says in the window who confirmed and when, and what IAM said as the key went inactive', async () => {
    const evidence: Evidence = { at: now, oldKey: { state: 'neverUsed' } };
    const window = makeQuestion({ stage: 'window', evidence });
    stage(asked().answer(confirmed).ask(window));
    const page = await expectPage(await get(windowLink()), 200, /Its owner confirmed/);
    expect(page).toContain('Done: 2026-11-22 10:00 UTC');
    expect(page).toMatch(/Old key last used<.*?>never</s);
  });

  it.each(['GET', 'HEAD'])('decides nothing by %s, however often', async (method) => {
    stage(asked());
    for (let time = 0; time < 3; time += 1) expect((await get(pathOf(), method)).status).toBe(200);
    const calls = sfn.calls().map((call) => call.args[0].constructor.name);
    expect(new Set(calls)).toEqual(new Set(['DescribeExecutionCommand', 'GetExecutionHistoryCommand']));
  });

  it.each(['PUT', 'DELETE', 'PATCH', 'OPTIONS'])('refuses %s', async (method) => {
    const response = await get(pathOf(), method);
    expect(response.headers.get('allow')).toBe('GET, HEAD, POST');
    await expectPage(response, 405, /read this page, or answer with its form/);
  });

  it('offers only to roll back in the window', async () => {
    stage(asked({ stage: 'window' }));
    const page = await expectPage(await get(windowLink()), 200, /Did something break for deploy-bot/);
    expect(page).not.toContain('name="keyEnd"');
    expect(page).toContain('2026-12-02 08:00 UTC');
  });

  it('warns of a leaked key', async () => {
    stage(asked({ stage: 'window', plan: makePlan({ act: 'emergency' }) }));
    await expectPage(await get(windowLink()), 200, /This key has leaked/);
  });

  it('does not show the end of a key to retire, for that is what it asks', async () => {
    const plan = makePlan({ act: 'retire', because: `${oldKeyId}, one of 2, was never used` });
    stage(asked({ plan, newKeyId: undefined }));
    const page = await expectPage(await get(), 200, /Can this access key of deploy-bot be deleted/);
    expect(page).not.toContain(oldKeyId.slice(-4));
  });

  it('sends headers that keep it to itself', async () => {
    stage(asked());
    const { headers } = await get();
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(/default-src 'none'; style-src 'sha256-[\w+/=]+'; form-action 'self'/);
    expect(policy).toContain("frame-ancestors 'none'; base-uri 'none'");
    expect(policy).not.toContain('unsafe');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-robots-tag')).toContain('noindex');
    expect(headers.get('set-cookie')).toBeNull();
  });
});

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
      reason: 'AKIAOLDO… is needed',
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

describe('guessing the end of a key', () => {
  const guess = (app: ReturnType<typeof ownerApp>, fields: Record<string, string>) =>
    app.request(pathOf(), { method: 'POST', body: new URLSearchParams(fields) });

  it('is barred for the rest of an hour after thirty wrong ends, and the right one with them', async () => {
    stage(asked());
    let at = now;
    const app = ownerApp({ ...dependencies, now: () => at });
    for (let time = 0; time < 30; time += 1) expect((await guess(app, { keyEnd: 'AAAA' })).status).toBe(422);
    const barred = await guess(app, { keyEnd: 'ZWVK' });
    expect(barred.headers.get('retry-after')).toBe('3600');
    await expectPage(barred, 429, /Nothing was changed.*from 2026-11-23 09:00 UTC\./);
    expect(sent()).toEqual([]);
    at = new Date(now.getTime() + 3_600_000);
    await expectPage(await guess(app, { keyEnd: 'ZWVK' }), 200, /Confirmed/);
  });

  it('counts over all links of a question and all copies of the web app', async () => {
    stage(asked());
    const decisions = ['confirm', 'moreTime', 'rollBack'] as const;
    for (let time = 0; time < 30; time += 1) {
      const link = pathOf({ decision: decisions[time % 3] ?? 'confirm' });
      expect((await post({ decision: 'confirm', keyEnd: 'AAAA' }, link)).status).toBe(422);
    }
    for (const decision of decisions) {
      const barred = await post({ decision: 'confirm', keyEnd: 'ZWVK' }, pathOf({ decision }));
      await expectPage(barred, 429, /Too many wrong attempts/);
    }
    expect(sent()).toEqual([]);
  });

  it('counts those that come at the same moment', async () => {
    stage(asked());
    const guesses = Array.from({ length: 40 }, () => post({ keyEnd: 'AAAA' }));
    const statuses = (await Promise.all(guesses)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 422)).toHaveLength(30);
    expect(statuses.filter((status) => status === 429)).toHaveLength(10);
  });

  it('bars neither rolling back nor another round, and forms submitted empty are no guesses', async () => {
    stage(asked());
    for (let time = 0; time < 99; time += 1) expect((await post({})).status).toBe(422);
    for (let time = 0; time < 30; time += 1) await post({ keyEnd: 'AAAA' });
    expect((await post({ keyEnd: 'AAAA' })).status).toBe(429);
    stage(asked({ round: 2 }));
    expect((await post({ keyEnd: 'AAAA' }, pathOf({ round: 2 }))).status).toBe(422);
    stage(asked());
    const form = { decision: 'rollBack', reason: 'prod is down', word: 'roll back' };
    await expectPage(await post(form), 200, /Rolled back/);
  });

  it('is not checked where it can’t be counted', async () => {
    stage(asked());
    s3.on(PutObjectCommand).rejects(new Error('denied'));
    await expectPage(await post({ keyEnd: 'ZWVK' }), 503, /Nothing was changed/);
    expect(sent()).toEqual([]);
    dependencies = { ...dependencies, settings: parseSettings({ ...settings, reportBucket: undefined }) };
    await expectPage(await post({ keyEnd: 'ZWVK' }), 503, /Nothing was changed/);
    expect(sent()).toEqual([]);
  });

  it('leaves nothing of the guess, the link or the user in the bucket', async () => {
    stage(asked());
    await post({ keyEnd: 'AAAA' });
    const [call] = s3.commandCalls(PutObjectCommand).map(({ args: [{ input }] }) => input);
    expect(call).toMatchObject({ Bucket: 'reports', IfNoneMatch: '*', ExpectedBucketOwner: '999988887777' });
    expect(call?.Key).toMatch(/^guesses\/[0-9a-f]{32}\/2026-11-23T08\/1$/);
    expect(call?.Body).toBe('{"number":1}');
  });
});

describe('a form that is sent again', () => {
  const more = { decision: 'moreTime', days: '7', postponed: '0', reason: 'on holiday', word: 'more time' };
  const given = { ...confirmed, decision: 'moreTime', days: 7, reason: 'on holiday', form: '2' };
  const second = makeQuestion({
    taskToken: 'second-secret-task-token',
    asking: { postponedDays: 7, postponedInAll: 7, counted: ['2'], unreachable: [] },
  });
  const askedTwice = () => asked().answer(given).ask(second);

  it('is known by the asking that its page was for', async () => {
    stage(asked());
    expect((await (await get()).text()).match(/name="asking" value="2"/g)).toHaveLength(3);
    stage(asked().timeOut().ask(second));
    expect(await (await get()).text()).toContain('name="asking" value="8"');
  });

  it('counts once, and the page says what was decided, with the dates as they are', async () => {
    stage(askedTwice());
    await expectPage(await post({ ...more, asking: '2' }), 200, /7 days more: deploy-bot.*by 2026-12-14/s);
    expect(sent()).toEqual([]);
  });

  it('counts once while it is being asked again', async () => {
    stage(asked().answer(given));
    await expectPage(await post({ ...more, asking: '2' }), 200, /7 days more: deploy-bot.*by 2026-12-14/s);
    expect(sent()).toEqual([]);
  });

  it('to confirm counts once, and says that it is confirmed', async () => {
    stage(asked().answer({ ...confirmed, form: '2' }));
    await expectPage(await post({ keyEnd: 'ZWVK', asking: '2' }), 200, /Confirmed: deploy-bot/);
    expect(sent()).toEqual([]);
  });

  it.each([
    ['another form for more time', { ...more, asking: '2', days: '3' }],
    ['the same one after something else was decided', { ...more, asking: '2' }],
  ])('is told from %s', async (_, form) => {
    stage(asked().answer(given).ask(second).answer(confirmed));
    await expectPage(await post(form), 409, /the new key is in use/);
  });

  it.each([
    [
      'after a reminder',
      () =>
        asked()
          .timeOut()
          .ask(makeQuestion({ reminder: 1 })),
    ],
    ['after a mail came back', () => asked().fail('OwnerUnreachable').ask(makeQuestion())],
  ])('does not put off what was asked %s since its page was opened', async (_, history) => {
    stage(history());
    const page = await post({ ...more, asking: '2' });
    await expectPage(page, 422, /you were asked again after this page was opened/);
    expect(sent()).toEqual([]);
    await expectPage(await post({ keyEnd: 'ZWVK', asking: '2' }), 200, /Confirmed/);
    expect(sent()).toHaveLength(1);
  });

  it.each([
    ['by its link', undefined],
    ['by its page', '2'],
  ])(
    'for more time never goes to a question that was asked again while it was sent: %s',
    async (_, asking) => {
      stage(asked());
      sfn.on(SendTaskSuccessCommand).callsFake(() => {
        stage(
          asked()
            .timeOut()
            .ask(makeQuestion({ reminder: 1, taskToken: 'second-secret-task-token' })),
        );
        throw new TaskTimedOut({ message: 'x', $metadata: {} });
      });
      const form = { ...more, ...(asking === undefined ? {} : { asking }) };
      await expectPage(await post(form), 422, /you were asked again after this page was opened/);
      expect(sent()).toHaveLength(1);
    },
  );

  it('to roll back does go to a question that was asked again', async () => {
    stage(
      asked()
        .timeOut()
        .ask(makeQuestion({ reminder: 1, taskToken: 'second-secret-task-token' })),
    );
    const form = { decision: 'rollBack', reason: 'it broke', word: 'roll back', asking: '2' };
    await expectPage(await post(form), 200, /Rolled back/);
    expect(sent()).toMatchObject([{ taskToken: 'second-secret-task-token' }]);
  });

  it('with a made-up asking is one that doesn’t say', async () => {
    stage(asked());
    await expectPage(await post({ ...more, asking: 'x'.repeat(99) }), 200, /7 days more/);
    expect(JSON.parse(sent()[0]?.output ?? '')).toMatchObject({ form: '2' });
  });
});

describe('an answer that comes too late', () => {
  it('hears who answered before, and counts for nothing', async () => {
    stage(asked().answer(confirmed));
    await expectPage(
      await post({ decision: 'rollBack', reason: 'changed my mind', word: 'roll back' }),
      409,
      /Yours was not recorded/,
    );
    const shows = /the new key is in use.*2026-11-22 10:00 UTC.*the link mailed to ada@example.com/s;
    await expectPage(await get(), 200, shows);
    expect(sent()).toEqual([]);
  });

  it.each(['ABORTED', 'SUCCEEDED', 'FAILED', 'TIMED_OUT'] as const)(
    'finds the rotation %s',
    async (status) => {
      stage(asked(), status);
      await expectPage(await get(), 410, /can no longer be answered/);
      await expectPage(await post({ keyEnd: 'ZWVK' }), 410, /Nothing was changed/);
      expect(sent()).toEqual([]);
    },
  );

  it('finds the record gone', async () => {
    sfn.on(DescribeExecutionCommand).rejects(new ExecutionDoesNotExist({ message: 'x', $metadata: {} }));
    await expectPage(await get(), 410, /so long ago that its record is gone/);
  });

  it.each([InvalidToken, TaskTimedOut])('finds the token gone while it was being sent (%o)', async (Gone) => {
    stage(asked());
    sfn.on(SendTaskSuccessCommand).rejects(new Gone({ message: 'first-secret-task-token', $metadata: {} }));
    await expectPage(await post({ keyEnd: 'ZWVK' }), 410, /at the very moment you answered/);
    expect(sent()).toHaveLength(1);
  });

  it('is taken once more where a reminder asked anew at that moment', async () => {
    stage(asked());
    const second = makeQuestion({ reminder: 1, taskToken: 'second-secret-task-token' });
    sfn.on(SendTaskSuccessCommand, { taskToken: 'first-secret-task-token' }).callsFake(() => {
      stage(asked().timeOut().ask(second));
      throw new TaskTimedOut({ message: 'x', $metadata: {} });
    });
    await expectPage(await post({ keyEnd: 'ZWVK' }), 200, /Confirmed/);
    expect(sent()).toHaveLength(2);
  });

  it('for more time is seen as taken, and not sent again, where it is being asked anew already', async () => {
    stage(asked());
    const second = makeQuestion({ taskToken: 'second-secret-task-token' });
    sfn.on(SendTaskSuccessCommand).callsFake(({ output }) => {
      stage(asked().answer(JSON.parse(output)).ask(second));
      throw new InvalidToken({ message: 'x', $metadata: {} });
    });
    const form = { decision: 'moreTime', days: '7', postponed: '0', reason: 'on holiday', word: 'more time' };
    await expectPage(await post(form), 200, /7 days more/);
    expect(sent()).toHaveLength(1);
  });

  it('meets the moment after more time was given', async () => {
    const more = { ...confirmed, decision: 'moreTime', days: 7, reason: 'on holiday' };
    stage(asked().answer(more));
    await expectPage(await get(), 200, /7 days more.*question is being sent again/s);
    await expectPage(await post({ keyEnd: 'ZWVK' }), 409, /question is being sent again/);
  });

  it('is seen as taken where only the acknowledgement was lost', async () => {
    stage(asked());
    sfn.on(SendTaskSuccessCommand).callsFake(({ output }) => {
      stage(asked().answer(JSON.parse(output)));
      throw new InvalidToken({ message: 'x', $metadata: {} });
    });
    await expectPage(await post({ keyEnd: 'ZWVK' }), 200, /Confirmed/);
  });
});

describe('a link that is not good', () => {
  it.each([
    ['forged', `${pathOf()}x`],
    ['cut', pathOf().slice(0, -5)],
    ['signed with another key', pathOf({}, 'another key of at least 32 characters')],
    ['nonsense', '/answer/x'],
    ['another page', '/'],
    ['no link', '/answer/'],
  ])('is not one of ours: %s', async (_, path) => {
    await expectPage(await get(path), 404, /This link is not one of ours/);
    await expectPage(await post({ keyEnd: 'ZWVK' }, path), 404, /This link is not one of ours/);
    expect(sfn.calls()).toEqual([]);
  });

  it('has expired', async () => {
    const path = pathOf({ expiresAt: now });
    await expectPage(await get(path), 410, /valid until 2026-11-23 08:00 UTC/);
    await expectPage(await post({ keyEnd: 'ZWVK' }, path), 410, /has expired/);
    expect(sfn.calls()).toEqual([]);
  });

  it('is good when signed with the previous key', async () => {
    stage(asked());
    await expectPage(await get(pathOf({}, previousSecret)), 200, /Does everything use/);
  });
});

describe('the signing secret', () => {
  it('is read once in a few minutes, and again after', async () => {
    stage(asked());
    let at = now;
    dependencies = { ...dependencies, now: () => at };
    for (const minutes of [0, 1, 2.9]) {
      at = new Date(now.getTime() + minutes * 60_000);
      await get();
    }
    expect(secrets.calls()).toHaveLength(2);
    at = new Date(now.getTime() + 3 * 60_000);
    await get();
    expect(secrets.calls()).toHaveLength(4);
  });

  it('is read again for a link that none of the kept keys signed: it may be signed with a new one', async () => {
    stage(asked());
    let at = now;
    dependencies = { ...dependencies, now: () => at };
    await get();
    const replaced = 'the key that took its place, 32 characters or more';
    secrets.on(GetSecretValueCommand, { VersionStage: 'AWSCURRENT' }).resolves({ SecretString: replaced });
    secrets.on(GetSecretValueCommand, { VersionStage: 'AWSPREVIOUS' }).resolves({ SecretString: secret });
    at = new Date(now.getTime() + 60_000);
    await expectPage(await get(pathOf({}, replaced)), 200, /Does everything use/);
    await expectPage(await get(), 200, /Does everything use/);
    expect(secrets.calls()).toHaveLength(4);
  });

  it('is not read at will by whoever makes links up, also where reading it fails', async () => {
    stage(asked());
    let at = now;
    dependencies = { ...dependencies, now: () => at };
    for (let second = 0; second < 60; second += 1) {
      at = new Date(now.getTime() + second * 1000);
      expect((await get(`${pathOf()}x`)).status).toBe(404);
    }
    expect(secrets.calls().length).toBeLessThanOrEqual(2 * 6);
    secrets.on(GetSecretValueCommand).rejects(new Error('throttled'));
    secrets.resetHistory();
    const statuses: number[] = [];
    for (let second = 60; second < 120; second += 1) {
      at = new Date(now.getTime() + second * 1000);
      statuses.push((await get(`${pathOf()}x`)).status);
    }
    expect(secrets.calls().length).toBeLessThanOrEqual(6);
    expect(new Set(statuses)).toEqual(new Set([404, 503]));
    await expectPage(await get(), 200, /Does everything use/);
  });

  it('needs no previous version', async () => {
    stage(asked());
    const missing = new ResourceNotFoundException({ message: 'x', $metadata: {} });
    secrets.on(GetSecretValueCommand, { VersionStage: 'AWSPREVIOUS' }).rejects(missing);
    expect((await get()).status).toBe(200);
  });

  it('is refused where it is too short', async () => {
    secrets.on(GetSecretValueCommand, { VersionStage: 'AWSCURRENT' }).resolves({ SecretString: 'short' });
    await expectPage(await get(), 503, /Nothing was changed/);
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
