import { describe, expect, it } from 'vitest';
import { subjectOf } from '../../local/story/mails.ts';
import { linksIn, Owner } from '../../local/world/owner.ts';
import { accountId, Life, userName } from './life.ts';

const statusAfter = async (life: Life, answer: Promise<Response>): Promise<number> => {
  const { status } = await answer;
  await life.world.clock.settle();
  return status;
};

describe('a link that must not decide', () => {
  it.each([
    ['forged', (link: string) => `${link.slice(0, -4)}AAAA`],
    ['of a made-up reference', (link: string) => link.replace(/answer\/.*/, 'answer/eyJhIjoxfQ.abc')],
    ['cut short', (link: string) => link.slice(0, -10)],
  ])('%s says so and changes nothing', async (_, alter) => {
    const life = await Life.begin();
    await life.start();
    await life.owner.install();
    expect(await statusAfter(life, life.owner.confirm({ link: alter(life.owner.link('confirm')) }))).toBe(
      404,
    );
    expect(life.stands).toBe('AskOwner');
  });

  it('that has expired says so and changes nothing', async () => {
    const life = await Life.begin();
    await life.start();
    const link = life.owner.link('rollBack');
    await life.days(16);
    const keys = life.keys;
    expect(await statusAfter(life, life.owner.rollBack('too late', link))).toBe(410);
    expect(life.keys).toEqual(keys);
  });

  it('that was used says what was decided, by whom and when, and changes nothing', async () => {
    const life = await Life.begin();
    await life.start();
    const link = life.owner.link('confirm');
    await life.confirm();
    const again = await life.owner.confirm({ link });
    expect(again.status).toBe(409);
    expect(await again.text()).toMatch(/anna\.lind@example\.com/);
    const rollBack = await life.owner.rollBack('changed my mind');
    expect(rollBack.status).toBe(409);
    expect(life.stands).toBe('WaitForQuiet');
  });

  it('of another user decides for that user only', async () => {
    const life = await Life.begin();
    const other = life.addUser('report-mailer');
    await life.start();
    const first = life.rotation;
    await life.start({ userName: other.name });
    const link = new Owner(life.world, accountId, other.name).link('rollBack');
    expect(await statusAfter(life, life.owner.rollBack('meant for mine', link))).toBe(200);
    expect(first.visit?.state.name).toBe('AskOwner');
    expect(life.rotation.visit?.state.name).toBe('WaitForQuiet');
    expect(life.user.keys).toHaveLength(2);
  });

  it('of the first round can’t decide after the owner was asked again', async () => {
    const life = await Life.begin();
    await life.start();
    const first = life.owner.link('confirm');
    await life.confirm();
    await life.days(9);
    await life.rollBack('it broke');
    expect(await statusAfter(life, life.owner.confirm({ link: first }))).toBe(409);
    expect(life.stands).toBe('AskOwner');
  });
});

describe('a link that must still decide', () => {
  it('can be the first mail’s, after reminders have asked again', async () => {
    const life = await Life.begin();
    await life.start();
    const link = life.owner.link('confirm');
    await life.days(7);
    await life.owner.install();
    expect(await statusAfter(life, life.owner.confirm({ link }))).toBe(200);
    expect(life.stands).toBe('WaitForQuiet');
  });
});

describe('a mail scanner', () => {
  it('decides nothing by opening every link and submitting every form, empty and with guesses', async () => {
    const life = await Life.begin();
    await life.start();
    const { ownerApp } = life.world;
    const scan = async (): Promise<void> => {
      for (const { url } of life.owner.mails.flatMap((mail) => linksIn(mail))) {
        for (let time = 0; time < 5; time += 1) {
          for (const method of ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])
            await ownerApp.request(url, { method });
        }
        for (const form of [
          '',
          'decision=confirm',
          'decision=confirm&keyEnd=AAAA',
          'decision=rollBack',
          'decision=rollBack&reason=',
          'decision=rollBack&reason=test&word=test',
          'decision=moreTime&postponed=0&days=3',
          'decision=moreTime&postponed=0&days=3&reason=test&word=test',
          'decision=test&keyEnd=test&reason=test&word=test&days=test&postponed=test',
          'keyEnd=1234&reason=lorem+ipsum&word=yes&days=14&postponed=0',
        ]) {
          const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
          const response = await ownerApp.request(url, { method: 'POST', body: form, headers });
          expect(response.status).toBe(422);
        }
      }
      await life.world.clock.settle();
    };
    await scan();
    expect(life.stands).toBe('AskOwner');
    await life.confirm();
    await life.days(9);
    expect(life.stands).toBe('OfferRollback');
    for (const { url } of linksIn(life.owner.mails.at(-1) ?? { html: '' })) {
      for (const guess of ['', 'test', 'yes', 'AAAA']) {
        const body = new URLSearchParams({ decision: 'rollBack', reason: guess, word: guess });
        expect((await ownerApp.request(url, { method: 'POST', body })).status).toBe(422);
      }
    }
    expect(life.stands).toBe('OfferRollback');
    await life.days(20);
    expect(life.stands).toBe('completed');
  });

  it('an unintended confirmation is still harmless: the key in use stays', async () => {
    const life = await Life.begin();
    await life.start();
    await life.owner.confirm({ keyId: life.user.keys[1]?.id ?? '' });
    await life.days(35);
    expect(life.stands).toBe('escalated');
    expect(life.keys).toEqual(['Active', 'Active']);
  });
});

it('every mail names the user', async () => {
  const life = await Life.begin();
  await life.start();
  for (const { subject } of life.world.aws.mails)
    expect(subjectOf({ subject })).toMatchObject({ userName, accountId });
});
