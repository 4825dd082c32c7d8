import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../tasks/domain/asking/evidence.ts';
import { oldKeyId } from '../tasks/ids.ts';
import {
  asked,
  confirmed,
  expectPage,
  get,
  newAppBeforeEach,
  now,
  pathOf,
  sfn,
  stage,
  windowLink,
} from './an-app.ts';
import { History, makePlan, makeQuestion } from './fixtures.ts';

newAppBeforeEach();

describe('opening a link', () => {
  it.each([
    ['confirm', /Does everything use the new access key of deploy-bot/],
    ['moreTime', /More time for the new access key of deploy-bot/],
    ['notNeeded', /need an access key of deploy-bot any more/],
    ['rollBack', /Roll back the new access key of deploy-bot/],
  ] as const)('for %s shows its form, the other answers folded', async (decision, title) => {
    stage(asked());
    const page = await expectPage(await get(pathOf({ decision })), 200, title);
    const forms = [
      ...page.matchAll(/<form method="post">\n<input type="hidden" name="decision" value="(\w+)">/g),
    ];
    expect(forms.map(([, value]) => value)).toHaveLength(4);
    expect(forms[0]?.[1]).toBe(decision);
    expect(page.match(/<details/g)).toHaveLength(3);
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
      ['next', false, 'Then: not before 2026-11-29 08:00 UTC'],
      ['next', false, 'Then: not before 2026-12-09 08:00 UTC'],
    ]);
    expect(page).toMatch(
      /Old key last used<.*?>s3 in eu-west-1, 2026-11-22 06:00 UTC<.*New key last used<.*?>never</s,
    );
  });

  it('counts the quiet period from now for a key that has long been quiet', async () => {
    const evidence: Evidence = { at: now, oldKey: { state: 'neverUsed' } };
    stage(new History().schedule(makeQuestion(), evidence));
    await expectPage(await get(), 200, /Then: not before 2026-11-30 08:00 UTC/);
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
