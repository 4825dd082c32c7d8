import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { keyLivesPicture } from '../../../docs/key-lives.ts';
import { startServer } from '../../../local/console/serve.ts';
import { linksIn, Owner } from '../../../local/world/owner.ts';
import { accountId, clock, execution, failures, newServerBeforeEach, userName, world } from './a-server.ts';
import { form, get, post, send, startRotation } from './requests.ts';

newServerBeforeEach();

const rotation = `/rotations/${execution}`;
const user = `/users/${accountId}/${userName}`;
const everyPath = () => [
  '/',
  '/rotations',
  '/users',
  '/sweeps',
  '/mail',
  rotation,
  user,
  `/mail/${world.aws.mails[0]?.id}`,
];
const json = { accept: 'application/json' };

describe('the console', () => {
  it('finds every user by its name, account, owner and key, and says that no promise is broken', async () => {
    const found = world.aws.accounts.get(accountId)?.users.get(userName);
    for (const q of [
      userName,
      `${accountId} SHIPPER`,
      found?.keys[0]?.id ?? '',
      found?.tags.get('owner') ?? userName,
    ])
      expect(await get(`/users?${new URLSearchParams({ q })}`), q).toContain(`href="${user}"`);
    expect(await get('/users?q=nobody')).toContain('No user is found by this');
    expect(await get('/')).toMatch(/No promise broken in \d+ AWS calls/);
  });

  it('shows no secret access key, no task token and none of the engine’s own words on any page', async () => {
    await startRotation();
    await new Owner(world, accountId, userName).install();
    await post('/clock', '{"advance":"P4D"}');
    const users = [...world.aws.accounts.values()].flatMap(({ users: all }) => [...all.values()]);
    const secrets = users.flatMap(({ keys }) => keys.map(({ secret }) => secret));
    const [found] = world.engine.executionsOf(world.stateMachineArn).filter(({ name }) => name === execution);
    const tokens = (found?.history ?? []).flatMap(({ taskScheduledEventDetails: scheduled }) =>
      [...(scheduled?.parameters ?? '').matchAll(/"taskToken":"([^"]+)"/g)].map(([, token = '']) => token),
    );
    expect(new Set(tokens).size).toBe(2);
    for (const path of [...everyPath(), '/mail.json']) {
      const page = await get(path);
      for (const hidden of [...secrets, ...tokens, 'States.']) expect(page, path).not.toContain(hidden);
      if (path !== '/mail.json') expect(page.match(/<h1/g), path).toHaveLength(1);
    }
    expect(world.watcher.violations).toEqual([]);
  });

  it('says which promise was broken', async () => {
    world.watcher.note({ promise: 'P4', at: '2026-03-02T08:00:00.000Z', user: 'x/y', what: 'gone <b>' });
    expect(await get('/')).toMatch(/P4.*gone &lt;b&gt;/s);
  });

  it('starts a rotation, stays on the page, and says that one runs already if the button is pressed again', async () => {
    const headers = { referer: 'http://127.0.0.1:4600/users?q=log' };
    const started = await post('/console/rotations', form({ accountId, userName }), headers);
    expect([started.status, started.headers.get('location')]).toEqual([303, '/users?q=log&said=1']);
    expect(await get('/users?q=log&said=1')).toContain(`The rotation of ${userName} has started.`);
    expect(await get('/users?q=log&said=1')).not.toContain('has started');
    const again = await post('/console/rotations', form({ accountId, userName }), json);
    expect(await again.json()).toEqual({
      says: `A rotation of ${userName} is running already: nothing was started.`,
      link: { to: rotation, says: 'Its rotation' },
    });
    expect(world.aws.mails).toHaveLength(1);
    expect(await get('/users?keys=rotating')).toContain('Ask the owner: asks until 17 Mar 08:00, in 15 days');
  });

  it('starts nothing for a user that there is not, and says so', async () => {
    const answer = await post('/console/rotations', form({ accountId, userName: 'nobody' }));
    expect([answer.status, world.engine.executions.size]).toEqual([404, 0]);
    expect(await answer.text()).toContain('No account has this user');
  });

  it('gives an application the new key, by its ID or as the mail says', async () => {
    const about = { accountId, userName: 'deploy-bot' };
    const owner = new Owner(world, accountId, 'deploy-bot');
    const inUse = () => owner.user.usages.find(({ until }) => until === undefined)?.keyId;
    expect((await post('/console/application', form(about))).status).toBe(409);
    await post('/console/rotations', form(about));
    const [oldKey, newKey] = owner.user.keys.map(({ id }) => id);
    expect(await (await post('/console/application', form(about))).text()).toBe(`${newKey}\n`);
    expect(inUse()).toBe(newKey);
    await post('/console/application', form({ ...about, keyId: oldKey ?? '' }));
    expect(inUse()).toBe(oldKey);
    expect((await post('/console/application', form({ ...about, keyId: 'AKIANOBODYS' }))).status).toBe(404);
  });

  it('moves the clock by its buttons, and refuses what they never send', async () => {
    for (const fields of [{ advance: 'P1D' }, { speed: '17280' }, { paused: 'true' }])
      expect((await post('/console/clock', form(fields))).status).toBe(303);
    expect([clock.state.now, clock.speed]).toEqual(['2026-03-03T08:00:00.000Z', 17_280]);
    for (const fields of [{ advance: 'P1M' }, { speed: 'fast' }, {}])
      expect((await post('/console/clock', form(fields))).status).toBe(400);
    const headers = { 'content-type': 'multipart/form-data; boundary=x' };
    expect((await post('/console/clock', 'no form', headers)).status).toBe(400);
    expect(failures).toEqual([]);
  });

  it.each(['/nowhere', '/mail/none', '/rotations/none', '/users/1/none', '/sweeps/none', '/runbook/none'])(
    'has nothing at %s, and says so in its own style',
    async (path) => {
      const answer = await send(path);
      expect(answer.status).toBe(404);
      expect(await answer.text()).toContain('<style>');
    },
  );

  it('shows a section of the runbook', async () => {
    expect(await get('/runbook/stop-a-rotation')).toContain('aws stepfunctions stop-execution');
  });
});

describe("a rotation's page", () => {
  it('says a reminder in words, and the choices with their answers', async () => {
    await startRotation();
    await post('/clock', '{"advance":"P4D"}');
    const page = await get(rotation);
    expect(page).toContain('no answer for 3 days; reminder 1 of 4 sent');
    expect(page).toContain('What does the user need? Provision new key');
    expect(page).toContain('1 of 4 reminders sent');
    expect(page).toMatch(/<h1[^>]*>log-shipper in Payments, attempt 1/);
  });

  it('wears its outcome as a badge when it is stopped, and starts again', async () => {
    await startRotation();
    const who = { execution, by: 'Jane', reason: 'wrong user', accountId, userName };
    expect((await post('/console/stop', form({ ...who, reason: '' }), json)).status).toBe(400);
    expect((await post('/console/stop', form(who), json)).status).toBe(200);
    expect((await post('/console/stop', form(who), json)).status).toBe(409);
    const page = await get(rotation);
    expect(page).toContain('c-bad">Stopped');
    // Its record, folded, says it too.
    const [above = ''] = page.split('id="record"');
    expect(above.match(/Jane: wrong user/g)?.length).toBeLessThanOrEqual(3);
    expect(await get('/')).toContain(`${userName} in Payments`);
    await post('/console/rotations', form({ accountId, userName }));
    expect(await get('/')).toContain('No rotation needs you');
  });

  it('is continued without its owner once an operator has approved, by name and reason', async () => {
    await startRotation();
    const who = { execution, accountId, userName, by: 'Jane', reason: 'the owner left' };
    const answer = await post('/console/stand-in', form(who), json);
    expect(await answer.json()).toMatchObject({ says: expect.stringContaining('Approved') });
    await post('/clock', '{"advance":"PT10M"}');
    expect(await get(`/rotations/${accountId}-${userName}-2`)).toContain(
      'approved instead of the owner by Jane',
    );
  });
});

describe("a user's page", () => {
  it('draws the lives of its keys, deleted ones too', async () => {
    await startRotation();
    const [old] = world.aws.accounts.get(accountId)?.users.get(userName)?.keys ?? [];
    const owner = new Owner(world, accountId, userName);
    await owner.install();
    await owner.confirm();
    await post('/clock', '{"advance":"P30D"}');
    const page = await get(user);
    expect(page).toContain(`${old?.id.slice(0, -4)}… was created on`);
    expect(page).toMatch(/and deleted on \d+ Mar/);
    expect(page).toContain('it is AWSCURRENT');
  });

  it('leads to a rotation that Step Functions has forgotten, by its record', async () => {
    await startRotation();
    const owner = new Owner(world, accountId, userName);
    await owner.install();
    await owner.confirm();
    await post('/clock', '{"advance":"P30D"}');
    expect(await get(rotation)).toContain('Its record');
    await post('/clock', '{"advance":"P91D"}');
    expect(await get(`/rotations?q=${userName}&outcome=completed`)).toContain('Its record is left.');
    expect(await get('/rotations?stage=ask')).toContain('No rotation here');
    expect(await get(user)).toContain(`href="${rotation}"`);
    const forgotten = await get(rotation);
    expect(forgotten).toContain('Completed</span>');
    expect(forgotten).toContain('the owner’s confirmation');
    const [, path = ''] = /href="(\/report\/rotations\/[^"]+)"/.exec(forgotten) ?? [];
    expect(await get(path)).toContain('id="record"');
  });

  it('is in the documents as a picture of the way on which all goes well', async () => {
    const drawn = readFileSync(new URL('../../../docs/pictures/key-lives.svg', import.meta.url), 'utf8');
    expect(drawn).toBe(await keyLivesPicture());
  });

  it('exempts the user until a day, for a reason', async () => {
    const until = { accountId, userName, by: 'Jane', until: '2026-04-01', reason: 'waits for the vendor' };
    expect((await post('/console/exempt', form({ ...until, until: 'soon' }), json)).status).toBe(400);
    const past = await post('/console/exempt', form({ ...until, until: '2026-01-01' }), json);
    expect([past.status, await past.text()]).toEqual([400, expect.stringContaining('Nothing was changed.')]);
    expect((await post('/console/exempt', form(until), json)).status).toBe(200);
    expect(await get(user)).toContain('exempt: 2026-04-01 waits for the vendor');
    expect(await get('/rotations')).toContain('No rotation here');
  });
});

describe('the first visit', () => {
  it('ticks off its steps, and the clock stands still while the visitor’s question is open', async () => {
    clock.setSpeed(86_400);
    const done = async () => (await get('/')).match(/class="c-did"/g)?.length ?? 0;
    expect(await done()).toBe(0);
    await startRotation();
    const before = clock.state.now;
    await clock.tick(1000);
    expect([await done(), clock.state.now]).toEqual([1, before]);
    expect(await get('/')).toContain('stopped while your question is open');
    await get(`/mail/${world.aws.mails[0]?.id}`);
    const owner = new Owner(world, accountId, userName);
    await owner.install();
    await owner.confirm();
    await clock.settle();
    expect(await done()).toBe(4);
    await clock.tick(1000);
    expect(clock.state.now).not.toBe(before);
    await post('/clock', '{"advance":"P30D"}');
    expect(await get('/')).toContain('Your first rotation is complete');
  });
});

describe('the mailbox', () => {
  it('lists the newest mail first on its page, and last for scripts', async () => {
    expect(await get('/mail')).toContain('No mail yet');
    await startRotation();
    await post('/clock', '{"advance":"P4D"}');
    const ids = world.aws.mails.map(({ id }) => id);
    const page = await get('/mail');
    expect(ids.map((id) => page.indexOf(id)).toSorted((a, b) => b - a)).toEqual(
      ids.map((id) => page.indexOf(id)),
    );
    const [old] = world.aws.accounts.get(accountId)?.users.get(userName)?.keys ?? [];
    for (const q of [`${old?.id}`, `payments ${userName}`, world.aws.mails[0]?.to[0] ?? ''])
      expect(await get(`/mail?${new URLSearchParams({ q })}`), q).toContain(`href="/mail/${ids[0]}"`);
    expect(await get('/mail?q=AKIANOBODYS')).toContain('is found by this');
    const forScripts: readonly { id: string }[] = JSON.parse(await get('/mail.json'));
    expect(forScripts.map(({ id }) => id)).toEqual(ids);
  });

  it('shows a mail in a frame that runs nothing, and as text, and as it is in the dark', async () => {
    await startRotation();
    const [mail] = world.aws.mails;
    const page = await get(`/mail/${mail?.id}`);
    const [, sandbox] = /<iframe[^>]* sandbox="([^"]*)"/.exec(page) ?? [];
    expect(sandbox).toContain('allow-top-navigation-by-user-activation');
    expect(sandbox).not.toMatch(/allow-(scripts|same-origin|forms)/);
    expect(page).toContain('srcdoc="&lt;!doctype html&gt;');
    expect(page).not.toContain('<pre');
    expect(await get(`/mail/${mail?.id}?as=text`)).toContain(
      'Install the new access key of log-shipper\n=====',
    );
    expect(await get(`/mail/${mail?.id}?as=dark`)).toContain('c-darkly');
  });

  it("leads on to the owners' pages, whose answers are acted on though the clock stands", async () => {
    await startRotation();
    const owner = new Owner(world, accountId, userName);
    const keyId = owner.user.keys.at(-1)?.id ?? '';
    const [link] = linksIn(owner.mails[0] ?? { html: '' });
    const { pathname } = new URL(link?.url ?? '');
    expect(await get(pathname)).toContain('<form method="post"');
    const answer = await post(pathname, form({ decision: 'confirm', keyEnd: keyId.slice(-4) }));
    expect(answer.status).toBe(200);
    expect(await get(rotation)).toContain('Answer');
  });
});

describe('sweeps', () => {
  it('begin by a button, and lead to the page that an auditor reads and to its files', async () => {
    const started = await post('/console/sweeps', form({ audit: 'true' }));
    expect(started.status).toBe(303);
    await post('/clock', '{"advance":"PT1H"}');
    const location = (started.headers.get('location') ?? '').replace(/\?.*/, '');
    const totals = await get(location);
    expect(totals).toMatch(/<th scope="row">due<\/th>/);
    const [, path = ''] = /href="(\/report\/[^"]+)"/.exec(totals) ?? [];
    const page = await send(path);
    expect(page.headers.get('content-security-policy')).toContain('sha256-');
    const text = await page.text();
    expect(text).toContain('Nothing was started: it is an audit');
    const [, file = ''] = /href="(keys\/[^"]+)"/.exec(text) ?? [];
    const csv = await send(`${path.replace('index.html', '')}${file}`);
    expect(csv.headers.get('content-type')).toContain('text/plain');
    expect(await csv.text()).toMatch(/^account,user,key/);
    expect((await send('/report/nothing')).status).toBe(404);
  });

  it('begin every day by themselves, and start few at a time', async () => {
    const options = { port: 0, seed: 1, accounts: 2, users: 12, paused: true, sweeps: true };
    const server = await startServer(options, { realTime: () => 0, onFailure: () => {}, onError: () => {} });
    try {
      await fetch(`${server.url}/clock`, { method: 'POST', body: '{"advance":"P3D"}' });
      const { engine, sweepMachineArn, stateMachineArn } = server.world;
      const begun = engine.executionsOf(sweepMachineArn).map(({ startDate }) => startDate.toISOString());
      expect(begun).toEqual([
        '2026-03-05T06:00:00.000Z',
        '2026-03-04T06:00:00.000Z',
        '2026-03-03T06:00:00.000Z',
      ]);
      expect(engine.executionsOf(stateMachineArn)).toHaveLength(6);
    } finally {
      await server.close();
    }
  });
});

it('a key leaks by a button: it is inactive at once, and another in its place', async () => {
  const keys = world.aws.accounts.get(accountId)?.users.get(userName)?.keys ?? [];
  const leaked = keys[0]?.id ?? '';
  expect((await post('/console/leaks', form({ accountId, userName, keyId: leaked }))).status).toBe(303);
  expect(keys.map(({ status }) => status)).toEqual(['Inactive', 'Active']);
  expect((await post('/console/leaks', form({ accountId, userName }))).status).toBe(404);
});
