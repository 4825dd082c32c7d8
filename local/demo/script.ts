import { shortKeyId } from '../../tasks/domain/keys.ts';
import { day, hour, later } from '../../tasks/domain/time.ts';
import type { Account, User } from '../aws/iam/account.ts';
import type { Owner } from '../world/owner.ts';
import { between, pick } from '../world/random.ts';

/** What an owner's mail asks of it. */
export type Occasion = 'asked' | 'windowOpened';

/** Something that an owner does after a mail, with that delay. `act` returns the timeline's text about it. */
interface Deed {
  readonly afterMilliseconds: number;
  readonly act: (owner: Owner, now: Date) => Promise<string>;
}

interface Persona {
  /** Completes "the owner …". */
  readonly story: string;
  /** Sets up anything else about its applications before the start. */
  readonly prepare?: (owner: Owner) => void;
  /** @param nth how often this occasion has come, from 1 */
  readonly deeds: (occasion: Occasion, nth: number, random: () => number) => readonly Deed[];
}

/** A random number of hours, plus some minutes. @returns milliseconds */
const hours = (random: () => number, least: number, most: number): number =>
  between(random, least * 60, most * 60) * 60_000 + between(random, 1, 59) * 1000;

async function must(response: Promise<Response>, what: string): Promise<string> {
  const { ok, status } = await response;
  if (!ok) throw new Error(`the page answered ${status} when the owner ${what}`);
  return what;
}

const install = async (owner: Owner): Promise<string> =>
  `installs ${shortKeyId(await owner.install())} where its application had the old key`;

const confirm = (owner: Owner): Promise<string> =>
  must(owner.confirm(), 'opens the page, types the end of the new key, confirms');

const rollBack =
  (reason: string) =>
  (owner: Owner): Promise<string> =>
    must(owner.rollBack(reason), 'opens the page, gives the reason, rolls back');

const askForTime =
  (days: number, reason: string) =>
  (owner: Owner): Promise<string> =>
    must(owner.askForTime(days, reason), `opens the page, asks for ${days} days more, and says why`);

function installAndConfirm(random: () => number): Deed[] {
  const installed = hours(random, 3, 100);
  return [
    { afterMilliseconds: installed, act: install },
    { afterMilliseconds: installed + hours(random, 1, 20), act: confirm },
  ];
}

const reasonsBefore = [
  'release freeze until the end of the quarter',
  'the vendor needs two weeks to take a new key',
  'not before the migration is over',
] as const;
const reasonsInWindow = [
  'the monthly invoice run had the old key too',
  'a weekly export on another machine fails',
  'the disaster recovery job still needs it',
] as const;

const confirms: Persona = {
  story: 'asks for a week more, then installs the new key and confirms',
  deeds: (occasion, _, random) => {
    if (occasion !== 'asked') return [];
    const asked = hours(random, 2, 40);
    const later = installAndConfirm(random).map((deed) => ({
      ...deed,
      afterMilliseconds: asked + 120 * hour + deed.afterMilliseconds,
    }));
    return [{ afterMilliseconds: asked, act: askForTime(7, 'the next release is on Thursday') }, ...later];
  },
};

const rollsBackBefore: Persona = {
  story: 'rolls back before anything is installed',
  deeds: (occasion, _, random) =>
    occasion === 'asked'
      ? [{ afterMilliseconds: hours(random, 2, 90), act: rollBack(pick(random, reasonsBefore)) }]
      : [],
};

const rollsBackInWindow: Persona = {
  story: 'confirms, rolls back in the window, confirms later',
  deeds: (occasion, nth, random) => {
    if (occasion === 'asked') return nth === 1 ? installAndConfirm(random) : finishOtherJob(random);
    if (nth > 1) return [];
    const missed = hours(random, 20, 150);
    const back = missed + hours(random, 1, 9);
    return [
      {
        afterMilliseconds: missed,
        act: runOtherJob('an application that runs seldom is refused: it has the old key'),
      },
      { afterMilliseconds: back, act: rollBack(pick(random, reasonsInWindow)) },
      {
        afterMilliseconds: back + hours(random, 1, 2),
        act: runOtherJob('the application that was refused runs again'),
      },
    ];
  },
};

function finishOtherJob(random: () => number): Deed[] {
  const done = hours(random, 4, 60);
  return [
    {
      afterMilliseconds: done,
      act: async () => 'gives the new key to the application that had been forgotten',
    },
    { afterMilliseconds: done + hours(random, 1, 8), act: confirm },
  ];
}

/** One request with the key that was there first; AWS refuses it while the key is inactive. */
const runOtherJob =
  (what: string) =>
  async ({ user }: Owner, now: Date): Promise<string> => {
    const [first] = user.usages;
    if (first === undefined) throw new Error(`nobody ever used a key of ${user.name}`);
    const { keyId, service, region } = first;
    user.usages.push({ keyId, from: now, until: later(now, 1), everyHours: Infinity, service, region });
    return what;
  };

const neverAnswers: Persona = { story: 'never answers', deeds: () => [] };

const keepsUsing: Persona = {
  story: 'confirms, but one more application goes on using the old key',
  prepare: ({ user }) => {
    const [only] = user.usages;
    if (only === undefined) throw new Error(`nobody uses a key of ${user.name}`);
    // Before the other in the list: an owner switches its last usage.
    user.usages.unshift({ ...only, from: later(only.from, 17 * 60_000), everyHours: 9, service: 'sqs' });
  },
  deeds: (occasion, nth, random) => (occasion === 'asked' && nth === 1 ? installAndConfirm(random) : []),
};

const twoKeys: Persona = {
  story: 'is not asked: two keys are in use, and the operators must choose',
  deeds: () => [],
};

/** A part in the demo: the user to rotate, its owner, and the delay before the start. */
export interface Casting {
  readonly accountId: string;
  readonly accountName: string;
  readonly userName: string;
  readonly persona: Persona;
  readonly startsAfterMilliseconds: number;
}

const inDailyUse = ({ keys, usages }: User): boolean => keys.length === 1 && usages.length === 1;
const withTwoInUse = ({ keys, usages }: User): boolean =>
  keys.length === 2 && keys.every(({ id }) => usages.some(({ keyId }) => keyId === id));

/** Assigns the parts to random users of the organization. @returns them in the order of their starts */
export function cast(accounts: Iterable<Account>, random: () => number, now: Date): Casting[] {
  const users = [...accounts].flatMap((account) =>
    [...account.users.values()].map((user) => ({ account, user })),
  );
  const old = ({ user }: { readonly user: User }): boolean =>
    inDailyUse(user) && user.keys.every(({ createdAt }) => later(createdAt, 90 * day) < now);
  const candidates = shuffled(users.filter(old), random);
  const undecided = shuffled(
    users.filter(({ user }) => withTwoInUse(user)),
    random,
  );
  const personas = [confirms, rollsBackBefore, rollsBackInWindow, neverAnswers, keepsUsing];
  const parts = [
    ...personas.map((persona) => [persona, candidates.pop()] as const),
    [twoKeys, undecided.pop()] as const,
  ];
  return parts
    .map(([persona, given]) => {
      if (given === undefined) throw new Error(`the organization has nobody whose owner ${persona.story}`);
      const { account, user } = given;
      const startsAfterMilliseconds = hours(random, 0, 44);
      return {
        accountId: account.id,
        accountName: account.name,
        userName: user.name,
        persona,
        startsAfterMilliseconds,
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
