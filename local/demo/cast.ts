import { day, later } from '../../tasks/domain/time.ts';
import type { Account, User } from '../aws/iam/account.ts';
import { hours, type Persona, personas } from './personas.ts';

/** A part in the demo: the user to rotate, its owner, and the delay before the start. */
export interface Casting {
  readonly accountId: string;
  readonly accountName: string;
  readonly userName: string;
  readonly persona: Persona;
  readonly startsAfterMilliseconds: number;
}

const inDailyUse = ({ keys, usages }: User): boolean => keys.length === 1 && usages.length === 1;
/** The users that can play a part, by what it needs. */
const fits: Readonly<Record<Persona['needs'], (user: User, now: Date) => boolean>> = {
  oldKey: (user, now) =>
    inDailyUse(user) && user.keys.every(({ createdAt }) => later(createdAt, 90 * day) < now),
  surplusKey: ({ keys, usages }) =>
    keys.length === 2 && keys.every(({ status }) => status === 'Active') && usages.length === 1,
  twoKeysInUse: ({ keys, usages }) =>
    keys.length === 2 && keys.every(({ id }) => usages.some(({ keyId }) => keyId === id)),
};

/** Assigns the parts to random users of the organization. @returns them in the order of their starts */
export function cast(accounts: Iterable<Account>, random: () => number, now: Date): Casting[] {
  const users = [...accounts].flatMap((account) =>
    [...account.users.values()].map((user) => ({ account, user })),
  );
  const willing = (needs: Persona['needs']) =>
    shuffled(
      users.filter(({ user }) => fits[needs](user, now)),
      random,
    );
  const candidates = {
    oldKey: willing('oldKey'),
    surplusKey: willing('surplusKey'),
    twoKeysInUse: willing('twoKeysInUse'),
  };
  return personas
    .map((persona) => {
      const given = candidates[persona.needs].pop();
      if (given === undefined) throw new Error(`the organization has nobody whose owner ${persona.story}`);
      const { account, user } = given;
      const [least, most] = persona.begins?.withinHours ?? [0, 44];
      return {
        accountId: account.id,
        accountName: account.name,
        userName: user.name,
        persona,
        startsAfterMilliseconds: hours(random, least, most),
      };
    })
    .toSorted((a, b) => a.startsAfterMilliseconds - b.startsAfterMilliseconds);
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, order: random() }))
    .toSorted((a, b) => a.order - b.order)
    .map(({ item }) => item);
}
