import { describe, expect, it } from 'vitest';
import { clientDefaults, roleOf } from '../../local/world/lambda.ts';
import { reportBucket } from '../../local/world/options.ts';
import { hiddenIn } from '../../local/world/owner.ts';
import { ownerApp } from '../../tasks/owner/app.ts';
import { mostGuesses } from '../../tasks/owner/guesses.ts';
import { Life } from './life.ts';

const moreTime = { decision: 'moreTime', days: '7', reason: 'on holiday', word: 'more time', postponed: '0' };

const post = (life: Life, link: string, form: Record<string, string>) =>
  life.world.ownerApp.request(link, { method: 'POST', body: new URLSearchParams(form) });

/** Holds every answer to a waiting task back until `release` lets the next one through. */
function holdAnswers(life: Life): {
  readonly arrived: (count: number) => Promise<void>;
  readonly release: () => void;
} {
  const { aws } = life.world;
  const handle = aws.handle.bind(aws);
  const held: (() => void)[] = [];
  const waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  let arrivals = 0;
  aws.handle = async (request) => {
    if (request.direct?.operation === 'SendTaskSuccess') {
      arrivals += 1;
      for (const { count, resolve } of waiting) if (arrivals >= count) resolve();
      await new Promise<void>((resolve) => held.push(resolve));
    }
    return handle(request);
  };
  return {
    arrived: (count) =>
      arrivals >= count ? Promise.resolve() : new Promise((resolve) => waiting.push({ count, resolve })),
    release: () => held.shift()?.(),
  };
}

describe('one form for more time', () => {
  it.each([
    ['as its page has it', true],
    ['as a page of an older version has it', false],
  ])('sent twice in the same moment counts once: %s', async (_, isWhole) => {
    const life = await Life.begin();
    await life.start();
    const link = life.owner.link('moreTime');
    const form = { ...moreTime, ...(isWhole ? hiddenIn(await life.owner.open(link)) : {}) };
    const { arrived, release } = holdAnswers(life);
    const first = post(life, link, form);
    await arrived(1);
    const second = post(life, link, form);
    await arrived(2);
    release();
    expect((await first).status).toBe(200);
    await life.world.clock.settle(); // Asked again, under another token.
    release();
    const again = await second;
    await life.world.clock.settle();
    expect(again.status).toBe(200);
    expect(await again.text()).toMatch(/7 days more.*Answer by 2026-03-24/s);
    expect(life.rotation.variables.asking).toMatchObject({ postponedInAll: 7 });
    expect(life.subjects.filter((subject) => subject.endsWith(' more)'))).toHaveLength(1);
  });

  it('says what was decided if it is sent again later', async () => {
    const life = await Life.begin();
    await life.start();
    const link = life.owner.link('moreTime');
    const form = { ...moreTime, ...hiddenIn(await life.owner.open(link)) };
    for (let time = 0; time < 3; time += 1) {
      const response = await post(life, link, form);
      expect(response.status).toBe(200);
      expect(await response.text()).toContain('Answer by 2026-03-24');
      await life.world.clock.settle();
    }
    expect(life.rotation.variables.asking).toMatchObject({ postponedInAll: 7 });
  });

  it('counts in one tab only if it is opened in two', async () => {
    const life = await Life.begin();
    await life.start();
    const link = life.owner.link('moreTime');
    const tabs = [await life.owner.open(link), await life.owner.open(link)].map(hiddenIn);
    expect((await post(life, link, { ...moreTime, ...tabs[0] })).status).toBe(200);
    await life.world.clock.settle();
    expect((await post(life, link, { ...moreTime, ...tabs[1], days: '3' })).status).toBe(422);
    await life.world.clock.settle();
    expect(life.rotation.variables.asking).toMatchObject({ postponedInAll: 7 });
  });

  it('does not apply to a question that a reminder asked again; confirming does', async () => {
    const life = await Life.begin();
    await life.start();
    const link = life.owner.link('moreTime');
    const hidden = hiddenIn(await life.owner.open(link));
    await life.days(3);
    const late = await post(life, link, { ...moreTime, ...hidden });
    expect(late.status).toBe(422);
    expect(await late.text()).toContain('you were asked again after this page was opened');
    expect(life.rotation.variables.asking).toMatchObject({ postponedInAll: 0 });
    const keyEnd = (await life.owner.install()).slice(-4);
    expect((await post(life, link, { decision: 'confirm', keyEnd, ...hidden })).status).toBe(200);
    await life.world.clock.settle();
    expect(life.stands).toBe('WaitForQuiet');
  });

  it('does not apply to a question that others were asked too; rolling back does', async () => {
    const life = await Life.begin();
    life.world.postman.decide((to) => (to === 'anna.lind@example.com' ? 'bounce' : undefined));
    await life.start();
    const link = life.owner.link('moreTime');
    const hidden = hiddenIn(await life.owner.open(link));
    await life.days(0.1);
    expect((await post(life, link, { ...moreTime, ...hidden })).status).toBe(422);
    const form = { decision: 'rollBack', reason: 'not now', word: 'roll back', ...hidden };
    expect((await post(life, link, form)).status).toBe(200);
  });
});

describe('guessing the end of a key', () => {
  it('is counted per question, across its links and all instances of the web app', async () => {
    const life = await Life.begin();
    await life.start();
    const links = (['confirm', 'moreTime', 'rollBack'] as const).map((decision) => life.owner.link(decision));
    const { aws, settings, clock } = life.world;
    const copy = () =>
      ownerApp({
        settings,
        aws: clientDefaults(aws, settings.region, roleOf('OwnerPages')),
        now: clock.now,
        sleep: clock.sleep,
        log: { info: () => undefined, warn: () => undefined, error: () => undefined },
        metrics: { record: () => undefined },
      });
    const guess = async (keyEnd: string, time = 0): Promise<number> => {
      const body = new URLSearchParams({ decision: 'confirm', keyEnd });
      return (await copy().request(links[time % 3] ?? '', { method: 'POST', body })).status;
    };

    const statuses: number[] = [];
    for (let time = 0; time < mostGuesses; time += 1) statuses.push(await guess('AAAA', time));
    expect(new Set(statuses)).toEqual(new Set([422]));
    expect(await guess('AAAA')).toBe(429);
    const keyEnd = (await life.owner.install()).slice(-4);
    for (const time of [0, 1, 2]) expect(await guess(keyEnd, time)).toBe(429);
    expect([...(aws.buckets.get(reportBucket)?.objects.keys() ?? [])]).toHaveLength(mostGuesses);
    await clock.advance(3_600_000);
    expect(await guess(keyEnd)).toBe(200);
  });

  it('is not checked while S3 refuses to count', async () => {
    const life = await Life.begin();
    await life.start();
    const keyId = await life.owner.install();
    life.world.aws.inject(({ service }) => (service === 's3' ? 'denied' : undefined));
    expect((await life.owner.confirm({ keyId })).status).toBe(503);
    expect(life.stands).toBe('AskOwner');
    expect((await life.owner.rollBack('production is down')).status).toBe(200);
  });
});
