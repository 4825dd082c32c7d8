import { describe, expect, it } from 'vitest';
import { setStatus } from '../../local/aws/iam/account.ts';
import { Life } from './life.ts';

const hour = 1 / 24;

/** The times of the mails: all recipients of one get it at the same time. */
const toldAt = ({ world }: Life): number[] => [
  ...new Set(
    world.aws.mails
      .filter(({ subject }) => subject.startsWith('Leaked access key still active'))
      .map(({ sentAt }) => Math.floor(sentAt.getTime() / 60_000) * 60_000),
  ),
];

/** An emergency whose key can't be made inactive for the time being. */
async function stuck(): Promise<{ life: Life; permit: () => void }> {
  const life = await Life.begin();
  const permit = life.world.aws.guardrail('iam:UpdateAccessKey');
  await life.start({ action: 'emergency', keyId: life.oldKey.id });
  return { life, permit };
}

describe('a leaked key that is still active', () => {
  it.each([3, 12, 20])(
    'is inactive within the hour once nothing is in the way, after %i hours',
    async (hours) => {
      const { life, permit } = await stuck();
      await life.days(hours * hour);
      expect(life.oldKey.status).toBe('Active');
      permit();
      await life.days(hour);
      expect(life.oldKey.status).toBe('Inactive');
    },
  );

  it('is reported within the hour, and then daily', async () => {
    const { life } = await stuck();
    const began = life.world.clock.now().getTime();
    await life.days(10);
    const told = toldAt(life);
    expect((told[0] ?? 0) - began).toBeLessThanOrEqual(3_600_000);
    const gaps = told.slice(1).map((at, index) => (at - (told[index] ?? 0)) / 3_600_000);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(26);
    expect(told.length).toBeGreaterThanOrEqual(10);
    expect(told.length).toBeLessThanOrEqual(12);
  });

  it('is reported immediately if another key leaks too', async () => {
    const life = await Life.begin({ situation: 'twoKeysInUse' });
    life.world.aws.guardrail('iam:UpdateAccessKey');
    const [first, second] = life.user.keys;
    await life.start({ action: 'emergency', keyId: first?.id });
    await life.days(2 * hour);
    const before = toldAt(life).length;
    await life.start({ action: 'emergency', keyId: second?.id });
    await life.days(hour);
    expect(toldAt(life).length).toBe(before + 1);
    const last = life.world.aws.mails.at(-1)?.text ?? '';
    for (const key of [first, second]) expect(last).toContain(`--access-key-id ${key?.id}`);
  });

  it('is reported again within the hour if the mail could not be sent', async () => {
    const { life } = await stuck();
    await life.days(hour / 2);
    life.world.aws.sending.stopped = 'paused';
    await life.days(24 * hour);
    life.world.aws.sending.stopped = undefined;
    const before = toldAt(life).length;
    await life.days(3 * hour);
    expect(toldAt(life).length).toBe(before + 1);
  });

  it('ends after a month with an alarm, within an execution’s limit of events', async () => {
    const life = await Life.begin();
    life.world.aws.inject(({ service }) => (service === 'iam' ? 'throttle' : undefined));
    await life.start({ action: 'emergency', keyId: life.oldKey.id });
    await life.days(40);
    expect(life.stands).toBe('LeakUnsettled');
    expect(life.rotation.history.length).toBeLessThan(15_000);
    expect(toldAt(life).length).toBeGreaterThanOrEqual(30);
  });

  it('is handled to its end automatically once a person has made it inactive', async () => {
    const { life } = await stuck();
    await life.days(5);
    setStatus(life.oldKey, 'Inactive', life.world.clock.now());
    await life.days(13);
    expect(life.keys).toEqual(['Active']);
    expect(life.stands).toBe('completed');
  });
});
