import { describe, expect, it } from 'vitest';
import type { DeliveredMail } from '../../local/aws/ses/ses.ts';
import { kindOf } from '../../local/story/mails.ts';
import { day } from '../../tasks/domain/time.ts';
import { lifted, organizationOf, Swept } from './swept.ts';

const quarter = 90 * day;
const operators = 'operators@example.com';

/** The most of these mails that fall into one period, wherever it begins. */
function mostWithin(mails: readonly DeliveredMail[], period: number): number {
  const times = mails.map(({ sentAt }) => sentAt.getTime());
  return Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + period).length));
}

describe('150 days of sweeps over 48 users whose owners are silent', () => {
  it('cost each owner at most 12 mails a quarter per user, and the operators one digest a week besides what is new', async () => {
    const organization = organizationOf(2, 24, 'oldKeyInDailyUse');
    const users = organization.flatMap((account) =>
      [...account.users.values()].map((user) => ({ user, owner: `${user.name}.${account.id}@example.com` })),
    );
    for (const { user, owner } of users) user.tags.set('owner', owner);
    const swept = await Swept.begin({ organization, settings: lifted });
    for (let passed = 0; passed < 150; passed += 3) {
      await swept.sweep();
      await swept.world.clock.advance(2.75 * day);
    }
    const { mails } = swept.world.aws;
    const to = (address: string) => mails.filter((mail) => mail.to.includes(address));
    const perOwner = users.map(({ owner }) => mostWithin(to(owner), quarter));
    const accounts = organization.map(
      ({ email, users: { size } }) => mostWithin(to(email), quarter) / Math.max(1, size),
    );
    expect(users).toHaveLength(48);
    expect(Math.min(...perOwner)).toBeGreaterThanOrEqual(7);
    expect(Math.max(...perOwner)).toBeLessThanOrEqual(12);
    expect(Math.max(...accounts)).toBeLessThanOrEqual(12);
    const toOperators = to(operators);
    const digests = toOperators.filter(({ subject }) => subject.startsWith('Access keys: '));
    expect(mostWithin(digests, 7 * day - 1)).toBeLessThanOrEqual(1);
    // Each silence is new once; asked again, the same owner's silence is no news.
    const escalations = toOperators.filter((mail) => kindOf(mail) === 'escalation');
    expect(escalations).toHaveLength(48);
    expect(new Set(escalations.map(({ subject }) => subject)).size).toBe(48);
    const figures = `${mails.length} mails; owner ${Math.max(...perOwner)}, account ${Math.max(...accounts)}, operators ${toOperators.length}, digests ${digests.length}`;
    expect(mails.length, figures).toBeLessThan(2049 / 2);
  }, 1_200_000);
});
