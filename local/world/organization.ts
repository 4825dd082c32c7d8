import { day, later } from '../../tasks/domain/time.ts';
import {
  type Account,
  makeAccount,
  makeKey,
  makeUser,
  type Usage,
  type User,
  type UserKey,
} from '../aws/iam/account.ts';
import { between, pick } from './random.ts';

/** What a user's keys are like when the world begins. */
export type KeySituation =
  | 'freshKey'
  | 'oldKeyInDailyUse'
  | 'oldKeyUnused'
  | 'twoKeysInUse'
  | 'twoKeysOneUnused'
  | 'oneKeyInactive'
  | 'noKeys';

export interface OrganizationSize {
  readonly accounts: number;
  /** In each account. */
  readonly users: number;
}

export const centralAccountId = '111111111111';

const accountNames = [
  ['Management', '111111111111'],
  ['Payments', '222222222222'],
  ['Web shop', '333333333333'],
  ['Data platform', '444444444444'],
  ['Logistics', '555555555555'],
  ['Support', '666666666666'],
] as const;

const jobs = [
  'deploy-bot',
  'backup-agent',
  'report-mailer',
  'invoice-sync',
  'log-shipper',
  'image-resizer',
  'partner-feed',
  'ci-runner',
  'metrics-push',
  'data-export',
  'mail-relay',
  'stock-import',
] as const;
const teams = [
  'anna.lind',
  'ben.okoye',
  'carla.rossi',
  'dmitri.ivanov',
  'emma.chen',
  'farid.haddad',
] as const;
const services = [
  ['s3', 'eu-west-1'],
  ['sqs', 'eu-west-1'],
  ['dynamodb', 'eu-central-1'],
  ['ecr', 'us-east-1'],
  ['ses', 'eu-west-1'],
] as const;

/** The situations of an account's first users, so that even a small organization has each of them; the rest is random. */
const first: readonly KeySituation[] = [
  'oldKeyInDailyUse',
  'freshKey',
  'oldKeyInDailyUse',
  'twoKeysOneUnused',
  'oldKeyUnused',
  'oldKeyInDailyUse',
  'noKeys',
  'twoKeysInUse',
  'oneKeyInactive',
];
const usual = [
  'oldKeyInDailyUse',
  'oldKeyInDailyUse',
  'oldKeyInDailyUse',
  'freshKey',
  'freshKey',
  'oldKeyUnused',
  'noKeys',
] as const;

/**
 * An organization by seed: the management account, which is the central one too, and member accounts, each with
 * users in every situation that a rotation can meet. The last account's root has an access key.
 */
export function makeOrganization(size: OrganizationSize, random: () => number, now: Date): Account[] {
  return Array.from({ length: size.accounts }, (_, index) => {
    const [name, id] = accountNames[index] ?? [`Team ${index + 1}`, String(700_000_000_000 + index)];
    const account = makeAccount({
      id,
      name,
      email: `aws+${name.toLowerCase().replaceAll(' ', '-')}@example.com`,
      path: `o-keyturn/r-root/${index === 0 ? '' : `ou-root-${index % 2 === 0 ? 'product' : 'platform'}/`}`,
      users: Array.from({ length: size.users }, (__, user) =>
        makeSituated(random, {
          accountId: id,
          name: userName(user),
          situation: first[user] ?? pick(random, usual),
          now,
        }),
      ),
    });
    if (index === size.accounts - 1) account.rootKeys = 1;
    return account;
  });
}

const userName = (index: number): string => {
  const round = Math.floor(index / jobs.length);
  return `${jobs[index % jobs.length]}${round === 0 ? '' : `-${round + 1}`}`;
};

/** A user in that situation: keys of fitting ages, and applications that use them. */
export function makeSituated(
  random: () => number,
  about: {
    readonly accountId: string;
    readonly name: string;
    readonly situation: KeySituation;
    readonly now: Date;
  },
): User {
  const { accountId, name, situation, now } = about;
  const createdAt = later(now, -between(random, 500, 900) * day);
  const key = (least: number, most: number, status: UserKey['status'] = 'Active'): UserKey =>
    makeKey(random, {
      createdAt: later(now, -between(random, least, most) * day - between(random, 0, 86_399) * 1000),
      createdBy: `arn:aws:iam::${accountId}:user/admin`,
      status,
    });
  const daily = (of: UserKey): Usage => dailyUse(random, of);
  const owner = { owner: `${pick(random, teams)}@example.com` };
  const user = { accountId, name, createdAt, tags: random() < 0.8 ? owner : {} };
  const old = key(100, 400);
  switch (situation) {
    case 'freshKey': {
      const fresh = key(1, 60);
      return makeUser(random, { ...user, keys: [fresh], usages: [daily(fresh)] });
    }
    case 'oldKeyInDailyUse':
      return makeUser(random, { ...user, keys: [old], usages: [daily(old)] });
    case 'oldKeyUnused':
      return makeUser(random, { ...user, keys: [old] });
    case 'twoKeysInUse': {
      const second = key(10, 90);
      return makeUser(random, { ...user, keys: [old, second], usages: [daily(old), daily(second)] });
    }
    case 'twoKeysOneUnused': {
      const second = key(10, 90);
      return makeUser(random, { ...user, keys: [old, second], usages: [daily(second)] });
    }
    case 'oneKeyInactive': {
      const second = key(10, 90);
      return makeUser(random, {
        ...user,
        keys: [key(200, 400, 'Inactive'), second],
        usages: [daily(second)],
      });
    }
    case 'noKeys':
      return makeUser(random, user);
  }
}

/** An application that signs with this key a few times a day, from the key's first hour. */
function dailyUse(random: () => number, key: UserKey): Usage {
  const [service, region] = pick(random, services);
  return {
    keyId: key.id,
    from: later(key.createdAt, between(random, 1, 60) * 60_000),
    everyHours: between(random, 1, 12),
    service,
    region,
  };
}
