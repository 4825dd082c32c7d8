import { describe, expect, it } from 'vitest';
import { type MailFate, mailEvent } from '../../local/aws/ses/mail-events.ts';
import { centralAccountId } from '../../local/world/organization.ts';
import { day, hour } from '../../tasks/domain/time.ts';
import { Life, saidBy } from './life.ts';

const owner = 'anna.lind@example.com';
const account = 'aws+payments@example.com';
const operators = 'operators@example.com';
const minutes = (life: Life, count: number): Promise<void> => life.world.clock.advance(count * 60_000);
const sent = (life: Life): string[] =>
  life.world.aws.mails.map((mail) => `${saidBy(mail)} > ${mail.to.join()}`);
const bouncing =
  (...addresses: string[]) =>
  (recipient: string): MailFate | undefined =>
    addresses.includes(recipient) ? 'bounce' : undefined;

describe('a mail to the owner that bounces', () => {
  it('asks the account and the operators immediately, and they can answer', async () => {
    const life = await Life.begin();
    life.world.postman.decide(bouncing(owner));
    await life.start();
    await minutes(life, 5);
    expect(sent(life)).toEqual([
      `install the new access key > ${owner}`,
      `install the new access key (owner not reached) > ${account}`,
      `install the new access key (owner not reached) > ${operators}`,
    ]);
    expect(life.world.aws.mails.at(-1)?.text).toContain(`The mail to ${owner} came back`);
    expect(life.stands).toBe('AskOwner');
    await life.confirm();
    expect(life.stands).toBe('WaitForQuiet');
  });

  it('works with SES’s own simulator', async () => {
    const life = await Life.begin({ tags: { owner: 'bounce@simulator.amazonses.com' } });
    await life.start();
    await minutes(life, 5);
    expect(life.subjects).toContain('install the new access key (owner not reached)');
  });

  it('keeps the dates, and mails nothing more to that address', async () => {
    const life = await Life.begin();
    life.world.postman.decide(bouncing(owner));
    await life.start();
    await life.days(16);
    expect(life.stands).toBe('WaitForQuiet');
    const reminders = sent(life).filter((line) => line.startsWith('install the new access key >'));
    // Three reminders to both after the first mail, which bounced.
    expect(new Set(reminders.slice(1))).toEqual(
      new Set([account, operators].map((to) => `install the new access key > ${to}`)),
    );
    expect(reminders).toHaveLength(7);
    expect(life.world.aws.mails.filter(({ to }) => to.includes(owner))).toHaveLength(1);
  });

  it('neither ends the rotation nor loops if the others’ bounce too', async () => {
    const life = await Life.begin();
    life.world.postman.decide(() => 'bounce');
    await life.start();
    await life.days(2);
    expect(sent(life)).toEqual([
      `install the new access key > ${owner}`,
      `install the new access key (owner not reached) > ${account}`,
      `install the new access key (owner not reached) > ${operators}`,
      `install the new access key (owner not reached) > ${operators}`,
    ]);
    expect(life.world.logs.filter(({ level }) => level === 'error').map(({ message }) => message)).toContain(
      "the operators' own mail was lost: failures go unnoticed",
    );
    await life.days(40);
    expect(life.stands).toBe('escalated');
    expect(life.keys).toEqual(['Active']);
  });

  it('counts for each owner by itself', async () => {
    const life = await Life.begin({ tags: { owner: 'anna.lind@example.com ben.okoye@example.com' } });
    life.world.postman.decide(bouncing(owner));
    await life.start();
    await minutes(life, 5);
    expect(sent(life).slice(2)).toEqual(
      ['ben.okoye@example.com', account, operators].map(
        (to) => `install the new access key (owner not reached) > ${to}`,
      ),
    );
  });

  it('in the window tells the others that the key is inactive, and the window stays as long as it was', async () => {
    const life = await Life.confirmed();
    life.world.postman.decide(bouncing(owner));
    await life.days(9);
    expect(life.stands).toBe('OfferRollback');
    expect(sent(life).slice(-3)).toEqual(
      [owner, account, operators].map(
        (to) => `if something broke, roll back (the old access key is inactive) > ${to}`,
      ),
    );
    await life.days(10);
    expect(life.stands).toBe('completed');
    expect(sent(life).slice(-2)).toEqual(
      [account, operators].map((to) => `nothing to do, the old access key is deleted > ${to}`),
    );
  });

  it('late in the window gives the others a day before the key is deleted, as the mail’s date and link say', async () => {
    const life = await Life.confirmed();
    await life.days(8);
    const inactive = life.world.aws.mails.at(-1);
    if (inactive === undefined) throw new Error('no mail was sent');
    expect(inactive.subject).toMatch(/\(the old access key is inactive\)/);
    const over = inactive.sentAt.getTime() + 10 * day;
    await life.world.clock.advance(over - hour - life.world.clock.now().getTime());
    const { aws, clock, settings } = life.world;
    const bounced = { region: settings.region, accountId: centralAccountId, at: clock.now() };
    life.world.putEvent('HandleMailEvents', mailEvent(inactive, 'bounce', bounced));
    await minutes(life, 5);
    const told = aws.mails.slice(-2);
    expect(told.map(({ to }) => to.join())).toEqual([account, operators]);
    const end = new Date(over - hour + day).toISOString().slice(0, 13).replace('T', ' ');
    expect(told[0]?.text).toContain(`it is deleted on ${end}`);
    await minutes(life, 23 * 60);
    expect(life.keys).toEqual(['Inactive', 'Active']);
    await life.owner.rollBack('a job broke');
    await clock.settle();
    expect(life.keys).toEqual(['Active', 'Active']);
  });

  it('may also be a complaint', async () => {
    const life = await Life.begin();
    life.world.postman.decide((to) => (to === owner ? 'complaint' : undefined));
    await life.start();
    await minutes(life, 5);
    expect(life.subjects).toContain('install the new access key (owner not reached)');
  });
});

describe('a mail event that changes nothing', () => {
  it('can be a delay or a full mailbox: reminders follow', async () => {
    const life = await Life.begin();
    life.world.postman.decide(() => 'delay');
    await life.start();
    await life.days(1);
    expect(life.subjects).toEqual(['install the new access key']);
  });

  it('can come after the owner has answered anyway', async () => {
    const life = await Life.begin();
    life.world.postman.decide(bouncing(owner));
    await life.start();
    await life.confirm();
    await minutes(life, 300);
    expect(life.stands).toBe('WaitForQuiet');
    expect(life.subjects).toEqual(['install the new access key']);
  });

  it('can be about a mail that only informs: a line in the log', async () => {
    const life = await Life.begin();
    await life.start();
    await life.owner.rollBack('not now');
    await life.days(17);
    life.world.postman.decide(bouncing(owner));
    await life.days(3);
    expect(life.stands).toBe('rolledBack');
    expect(life.world.logs).toContainEqual(
      expect.objectContaining({
        level: 'warn',
        message: 'a mail was lost',
        details: expect.objectContaining({ mail: 'withdrawn', address: owner }),
      }),
    );
  });

  it('does not come at all if the deployment has no configuration set', async () => {
    const life = await Life.begin({ settings: { mailConfigurationSet: undefined } });
    life.world.postman.decide(bouncing(owner));
    await life.start();
    await life.days(1);
    expect(life.subjects).toEqual(['install the new access key']);
  });
});

it('is handled despite a crash of its handler, and despite a lost answer of AWS', async () => {
  for (const fault of ['crashAfter', 'lostAnswer', 'throttle'] as const) {
    const life = await Life.begin();
    life.world.postman.decide(bouncing(owner));
    let broken = false;
    life.world.aws.inject(({ operation }) => {
      if (broken || operation !== 'SendTaskFailure') return undefined;
      broken = true;
      return fault;
    });
    await life.start();
    await minutes(life, 10);
    expect(broken).toBe(true);
    expect(life.subjects.slice(1)).toEqual(Array(2).fill('install the new access key (owner not reached)'));
  }
});
