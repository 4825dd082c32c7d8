import { describe, expect, it } from 'vitest';
import type { Call, Fault } from '../../local/aws/types.ts';
import { hour } from '../../tasks/domain/time.ts';
import { Life } from './life.ts';

const anna = 'anna.lind@example.com';
const ben = 'ben.okoye@example.com';
const twoOwners = { tags: { owner: `${anna} ${ben}` } };

const copies = (life: Life, address: string): number =>
  life.world.aws.mails.filter(
    ({ to, subject }) => to.includes(address) && subject.includes('install the new access key'),
  ).length;
const isMailTo = ({ service, input }: Call, address: string): boolean =>
  service === 'ses' && JSON.stringify(input.Destination).includes(address);

/** Makes SES fail with that fault for mail to that address, from now on for that long. */
function failFor(life: Life, address: string, fault: Fault, milliseconds: number): void {
  const until = life.world.clock.now().getTime() + milliseconds;
  life.world.aws.inject((call) => (isMailTo(call, address) && call.at.getTime() < until ? fault : undefined));
}

describe('a mail that SES does not accept for one of its recipients', () => {
  it.each([
    [1, 'throttle'],
    [6, 'throttle'],
    [6, 'unavailable'],
    [6, 'denied'],
    [6, 'lostRequest'],
  ] as const)('reaches the other owner once, during %i hours of “%s”', async (hours, fault) => {
    const life = await Life.begin(twoOwners);
    failFor(life, ben, fault, hours * hour);
    await life.start();
    await life.days(1);
    expect([copies(life, anna), copies(life, ben), life.stands]).toEqual([1, 0, 'AskOwner']);
    expect(life.world.metrics).toContainEqual(expect.objectContaining({ counts: { MailNotSent: 1 } }));
  });

  it('reaches both once if SES accepts one mail per second, as in its sandbox', async () => {
    const life = await Life.begin(twoOwners);
    let last = Number.NEGATIVE_INFINITY;
    life.world.aws.inject(({ service, at }) => {
      if (service !== 'ses') return undefined;
      if (at.getTime() - last < 1000) return 'throttle';
      last = at.getTime();
      return undefined;
    });
    await life.start();
    await life.days(1);
    expect([copies(life, anna), copies(life, ben), life.stands]).toEqual([1, 1, 'AskOwner']);
  });

  it('waits for the only owner while SES is too busy, and mails nobody else in the meantime', async () => {
    const life = await Life.begin();
    failFor(life, anna, 'throttle', hour);
    await life.start();
    await life.world.clock.advance(hour / 2);
    expect(life.world.aws.mails).toEqual([]);
    await life.days(1);
    expect(life.world.aws.mails.map(({ to }) => to)).toEqual([[anna]]);
    expect(life.stands).toBe('AskOwner');
  });

  it('is counted in a metric if SES refused it for everybody', async () => {
    const life = await Life.begin();
    life.world.aws.rejectMailTo(() => true);
    await life.start();
    await life.world.clock.advance(hour);
    expect(life.world.metrics).toContainEqual(expect.objectContaining({ counts: { MailRefused: 1 } }));
    expect(life.world.metrics).toContainEqual(
      expect.objectContaining({ counts: { OperatorsUnreachable: 1 } }),
    );
  });
});
