import { describe, expect, it } from 'vitest';
import { Life } from './life.ts';

describe('a service that fails for a long time', () => {
  it.each([
    ['GetAccessKeyLastUsed', 'denied'],
    ['GetAccessKeyLastUsed', 'throttle'],
  ] as const)('%s %s counts as in use: the old key stays active', async (operation, fault) => {
    const life = await Life.confirmed();
    life.world.aws.inject((call) => (call.operation === operation ? fault : undefined));
    await life.days(40);
    expect(life.stands).toBe('escalated');
    expect(life.keys).toEqual(['Active', 'Active']);
  });

  it('Secrets Manager refusing every new version leaves no key behind', async () => {
    const life = await Life.begin();
    life.world.aws.inject((call) => (call.operation === 'PutSecretValue' ? 'denied' : undefined));
    await life.start();
    await life.days(1);
    expect(life.stands).toBe('NewKeyNotStored');
    expect(life.keys).toEqual(['Active']);
  });

  it('Secrets Manager refusing to make the secret means that no key is made', async () => {
    const life = await Life.begin();
    life.world.aws.inject((call) => (call.operation === 'CreateSecret' ? 'denied' : undefined));
    await life.start();
    await life.days(1);
    expect(life.keys).toEqual(['Active']);
    expect(life.world.watcher.changes.filter(({ operation }) => operation === 'CreateAccessKey')).toEqual([]);
  });

  it('IAM throttling everything for an hour only delays', async () => {
    const life = await Life.begin();
    const until = life.world.clock.now().getTime() + 3_600_000;
    life.world.aws.inject((call) =>
      call.service === 'iam' && call.at.getTime() < until ? 'throttle' : undefined,
    );
    await life.start();
    await life.days(1);
    expect(life.stands).toBe('AskOwner');
  });

  it('the user’s tags unreadable: an exempt user is not rotated', async () => {
    const life = await Life.begin({ tags: { 'keyturn:exempt': '2027-01-01 never' } });
    life.world.aws.inject((call) => (call.operation === 'ListUserTags' ? 'denied' : undefined));
    await life.start();
    await life.days(1);
    expect(life.stands).toBe('AccessDenied');
    expect(life.world.watcher.changes).toEqual([]);
  });

  it('a create whose answer is lost every time ends with no key but the old one', async () => {
    const life = await Life.begin();
    life.world.aws.inject((call) => (call.operation === 'CreateAccessKey' ? 'lostAnswer' : undefined));
    await life.start();
    await life.days(1);
    expect(life.stands).toBe('AwsUnavailable');
    // Each orphan was removed right away.
    expect(life.keys).toEqual(['Active']);
    life.world.aws.inject(undefined);
  });

  it('a new key that AWS never accepts is not given to anybody', async () => {
    const life = await Life.begin({ propagationSeconds: 1e9 });
    await life.start();
    await life.days(1);
    expect(life.stands).toBe('NewKeyDoesNotSign');
    expect(life.subjects).toEqual(['Rotation failed, NewKeyDoesNotSign in ProvisionNewKey']);
    expect(life.current?.complete).toBe(false);
  });

  it('a new key that AWS refuses for half a minute is waited for', async () => {
    const life = await Life.begin({ propagationSeconds: 35 });
    await life.start();
    expect(life.stands).toBe('AskOwner');
  });

  it('a mail that SES refuses goes to the account’s address and the operators instead', async () => {
    const life = await Life.begin();
    life.world.aws.rejectMailTo((address) => address === 'anna.lind@example.com');
    await life.start();
    expect(life.world.aws.mails.map(({ to }) => to)).toEqual([
      ['aws+payments@example.com'],
      ['operators@example.com'],
    ]);
    await life.confirm();
    await life.days(30);
    expect(life.stands).toBe('completed');
  });

  it('if no mail can be sent, a rotation stops before the old key is touched', async () => {
    const life = await Life.begin();
    life.world.aws.rejectMailTo(() => true);
    await life.start();
    // A sender may be paused for a day.
    await life.days(3);
    expect(life.stands).toBe('MailRefused');
    expect(life.keys).toEqual(['Active', 'Active']);
  });

  it('if no mail can be sent once the old key is inactive, it becomes active again', async () => {
    const life = await Life.confirmed();
    life.world.aws.rejectMailTo(() => true);
    await life.days(9);
    expect(life.keys).toEqual(['Active', 'Active']);
    expect(life.stands).toBe('WaitForQuiet');
    // A sender that is paused for weeks ends it in the end.
    await life.days(40);
    expect(life.stands).toBe('MailRefused');
    expect(life.keys).toEqual(['Active', 'Active']);
  });
});
