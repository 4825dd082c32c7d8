import { describe, expect, it } from 'vitest';
import { day } from '../../tasks/domain/time.ts';
import { Life, saidBy } from './life.ts';

const settled = async (life: Life, answer: Promise<Response>): Promise<Response> => {
  const response = await answer;
  await life.world.clock.settle();
  return response;
};
/** The subjects of mails, with the days after the rotation's start on which they came. */
const calendar = (life: Life, start: Date): string[] =>
  life.world.aws.mails.map(
    (mail) => `${Math.round((mail.sentAt.getTime() - start.getTime()) / day)} ${saidBy(mail)}`,
  );

describe('an owner who needs more time', () => {
  it('gets it: reminders and the deadline move by that many days, and stay in order', async () => {
    const life = await Life.begin();
    const start = life.world.clock.now();
    await life.start();
    await life.days(4);
    const { status } = await settled(life, life.owner.askForTime(7, 'release freeze until Friday'));
    expect(status).toBe(200);
    expect(life.stands).toBe('AskOwner');
    expect(life.owner.mails.at(-1)?.text).toContain('Answer by 2026-03-24 08:00 UTC');
    await life.days(40);
    expect(life.stands).toBe('escalated');
    expect(calendar(life, start)).toEqual([
      '0 install the new access key',
      '3 install the new access key',
      '4 install the new access key (7 days more)',
      '13 install the new access key',
      '16 install the new access key',
      ...Array(2).fill('19 install the new access key (last reminder)'),
      ...Array(2).fill('22 Needs attention, the owner did not answer'),
      '30 if something broke, roll back (the new access key is inactive)',
      '40 nothing to do, the new access key is withdrawn',
    ]);
  });

  it('can confirm with the first mail’s link during the extension, after the day that this mail named', async () => {
    const life = await Life.begin();
    await life.start();
    const link = life.owner.link('confirm');
    await life.owner.install();
    await life.days(14);
    await settled(life, life.owner.askForTime(14, 'on holiday'));
    await life.days(9);
    expect((await settled(life, life.owner.confirm({ link }))).status).toBe(200);
    expect(life.stands).toBe('WaitForQuiet');
  });

  it('gets at most two weeks in total, however often it asks, in any round', async () => {
    const life = await Life.begin();
    await life.start();
    await settled(life, life.owner.askForTime(7, 'one week'));
    expect(await life.owner.open(life.owner.link('moreTime'))).toContain('value="7"');
    await settled(life, life.owner.askForTime(7, 'and another one'));
    expect((await settled(life, life.owner.askForTime(3, 'and some days'))).status).toBe(422);
    await life.confirm();
    await life.days(9);
    await settled(life, life.owner.rollBack('it broke'));
    expect(life.stands).toBe('AskOwner');
    const page = await life.owner.open(life.owner.link('moreTime'));
    expect(page).toContain('All 14 days of extra time are used up');
    expect((await settled(life, life.owner.askForTime(3, 'please'))).status).toBe(422);
    // The new round's dates are its own.
    expect(life.owner.mails.at(-1)?.text).toMatch(/by 2026-03-26 \d\d:\d\d UTC/);
  });

  it('does not get it twice by submitting one form twice', async () => {
    const life = await Life.begin();
    await life.start();
    const link = life.owner.link('moreTime');
    const form = { decision: 'moreTime', days: '7', reason: 'on holiday', word: 'more time', postponed: '0' };
    expect((await settled(life, life.owner.submit(link, form))).status).toBe(200);
    const again = await settled(life, life.owner.submit(link, form));
    expect(again.status).toBe(422);
    expect(await again.text()).toContain('the deadlines were moved after this page was opened');
    expect(life.rotation.variables.asking).toMatchObject({ postponedDays: 7, postponedInAll: 7 });
  });

  it('is recorded: who asked, how long, why, and from where', async () => {
    const life = await Life.begin();
    await life.start();
    await settled(life, life.owner.askForTime(3, 'waits for the vendor'));
    expect(life.rotation.variables.decision).toMatchObject({
      decision: 'moreTime',
      days: 3,
      reason: 'waits for the vendor',
      by: 'the link mailed to anna.lind@example.com',
      from: {},
    });
    const lines = life.world.logs.map(({ message, details }) => `${message} ${JSON.stringify(details)}`);
    expect(
      lines.filter((line) => line.includes('waits for the vendor')).map((line) => line.slice(0, 11)),
    ).toEqual(['an owner an', 'keeps askin']);
  });

  it('can also ask for it when a key is to be retired', async () => {
    const life = await Life.begin({ situation: 'twoKeysOneUnused' });
    await life.start();
    await settled(life, life.owner.askForTime(3, 'the auditor is away'));
    expect(life.subjects).toEqual([
      'say if the access key can be deleted',
      'say if the access key can be deleted (3 days more)',
    ]);
    await life.days(17);
    expect(life.stands).toBe('AskOwner');
    await life.days(2);
    expect(life.stands).toBe('escalated');
    expect(life.keys).toEqual(['Active', 'Active']);
  });
});
