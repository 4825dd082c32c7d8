import { describe, expect, it } from 'vitest';
import type { Account } from '../../local/aws/iam/account.ts';
import type { Call } from '../../local/aws/types.ts';
import { accountId, Life, type LifeOptions } from './life.ts';
import { organizationOf, payments, Swept } from './swept.ts';

const isLookUp = ({ operation }: Pick<Call, 'operation'>): boolean =>
  operation === 'ListTagsForResource' || operation === 'GetAlternateContact';

/** A life of a user with that owner tag, in an account that says who answers for it. */
async function begin(owner: string, says: (account: Account) => void, options: LifeOptions = {}) {
  const life = await Life.begin({ ...options, tags: { owner } });
  const account = life.world.aws.accounts.get(accountId);
  if (account !== undefined) says(account);
  const lookUps: string[] = [];
  life.world.aws.onCall((call) => {
    if (isLookUp(call))
      lookUps.push(`${call.operation} ${String(call.input.AlternateContactType ?? '')}`.trim());
  });
  return { life, lookUps };
}

const everywhere = ({ tags, contacts }: Account): void => {
  tags.set('Owner', 'team@example.com/lead@example.com');
  contacts.set('SECURITY', 'security@example.com');
  contacts.set('OPERATIONS', 'operations@example.com');
};
const address = 'aws+payments@example.com';
/** Everybody who was mailed: each address gets a mail of its own. */
const mailed = ({ world }: Life): string[] => [...new Set(world.aws.mails.flatMap(({ to }) => to))];

describe('the owner of a user', () => {
  it('is asked by its own tag, and then nothing is looked up, in a rotation or an emergency', async () => {
    const { life, lookUps } = await begin('anna.lind@example.com ben.okoye@example.com', everywhere);
    await life.start();
    expect(mailed(life)).toEqual(['anna.lind@example.com', 'ben.okoye@example.com']);
    await life.start({ action: 'emergency', keyId: life.oldKey.id });
    expect(life.oldKey.status).toBe('Inactive');
    expect(lookUps).toEqual([]);
  });

  it.each<[string, (account: Account) => void, string[], string]>([
    ['the account’s tag', everywhere, ['team@example.com', 'lead@example.com'], "the account's tag"],
    [
      'its security contact',
      (account) => {
        everywhere(account);
        account.tags.delete('Owner');
      },
      ['security@example.com'],
      "the account's security contact",
    ],
    [
      'its operations contact, if the tag names no address',
      ({ tags, contacts }) => {
        tags.set('owner', 'Payments');
        contacts.set('OPERATIONS', 'operations@example.com');
      },
      ['operations@example.com'],
      "the account's operations contact); the account's tag has “Payments”, which isn't a mail address",
    ],
    ['its address', () => {}, [address], "the account's address"],
  ])('without a tag is named by %s', async (_, says, to, where) => {
    const { life, lookUps } = await begin('', says);
    await life.start();
    expect(mailed(life)).toEqual(to);
    expect(life.world.aws.mails.at(-1)?.text).toContain(`(${where}`);
    expect(lookUps.length).toBeLessThanOrEqual(3);
  });

  it('falls to the next place if one can’t be read, which the mail says, and so does the page', async () => {
    const { life } = await begin('Payments team', everywhere);
    life.world.aws.inject((call) =>
      isLookUp(call) && call.input.AlternateContactType !== 'OPERATIONS' ? 'denied' : undefined,
    );
    await life.start();
    const mail = life.world.aws.mails.at(-1);
    expect(mail?.to).toEqual(['operations@example.com']);
    for (const said of [
      'the user’s tag has “Payments team”, which aren’t mail addresses',
      'the account’s tag can’t be read (AccessDeniedException)',
      'the account’s security contact can’t be read (AccessDeniedException)',
    ])
      expect(mail?.text).toContain(said.replaceAll('’', "'"));
    await life.confirm();
    expect(life.rotation.status).toBe('RUNNING');
  });

  it('is tried again if AWS is busy, before another is asked', async () => {
    let busy = 6;
    const { life } = await begin('', everywhere);
    life.world.aws.inject((call) => (isLookUp(call) && busy-- > 0 ? 'throttle' : undefined));
    await life.start();
    await life.days(1 / 24);
    expect(mailed(life)).toEqual(['team@example.com', 'lead@example.com']);
  });

  it('is the operators’ if nothing names one', async () => {
    const { life } = await begin('', () => {}, { settings: { ownersFrom: [] } });
    await life.start();
    expect(life.world.aws.mails.at(-1)?.to).toEqual(['operators@example.com']);
    expect(life.world.aws.mails.at(-1)?.text).toContain('(nothing else names one)');
  });
});

describe('a leaked key', () => {
  it('doesn’t wait for the look-up of its owner, which may never be answered', async () => {
    const { life } = await begin('', everywhere);
    const never = () => new Promise(() => {});
    life.world.aws.use('account', { GetAlternateContact: never });
    life.world.aws.accounts.get(accountId)?.tags.clear();
    await life.start({ action: 'emergency', keyId: life.oldKey.id });
    expect(life.oldKey.status).toBe('Inactive');
    expect(mailed(life)).toContain(address);
  });

  it('has its owner found beside everything else', async () => {
    const { life } = await begin('', everywhere);
    await life.start({ action: 'emergency', keyId: life.oldKey.id });
    expect(life.oldKey.status).toBe('Inactive');
    expect(mailed(life)).toContain('team@example.com');
  });
});

describe('a sweep', () => {
  it('asks who answers for an account once, however many of its users are due, and names what is wrong', async () => {
    const organization = organizationOf(3, 4, 'oldKeyInDailyUse');
    const swept = await Swept.begin({ organization, settings: { waves: { perSweep: 0, perAccount: 5 } } });
    swept.account(payments).contacts.set('SECURITY', 'security@example.com');
    swept.account(payments).tags.set('owner', 'Payments');
    for (const { id, users } of organization)
      for (const { tags } of users.values())
        tags.set('owner', id === '333333333333' ? 'ada@example.com' : '');
    swept.world.aws.inject(({ operation, input }) =>
      operation === 'ListTagsForResource' && input.ResourceId === '111111111111' ? 'denied' : undefined,
    );
    const execution = await swept.sweep();
    const lookUps = swept.calls
      .filter(isLookUp)
      .map(({ input }) => input.ResourceId ?? input.AccountId ?? 'own');
    expect(lookUps.toSorted()).toEqual(['111111111111', payments, payments, 'own', 'own']);
    const owners = (id: string) => new Set(swept.rows(execution, id).map(({ owner }) => owner));
    expect(owners(payments)).toEqual(new Set(['security@example.com']));
    expect(owners('333333333333')).toEqual(new Set(['ada@example.com']));
    expect(swept.report(execution).overview.problems).toEqual([
      "111111111111: the account's tag can't be read (AccessDeniedException)",
      `${payments}: the account's tag has “Payments”, which isn't a mail address`,
    ]);
    await swept.sweep();
    const digests = swept.world.aws.mails.filter(({ subject }) => subject.startsWith('Access keys: '));
    expect(digests).toHaveLength(1);
    expect(digests[0]?.text).toContain("the account's tag has “Payments”");
  });
});
