import { shortKeyId } from '../../tasks/domain/keys.ts';
import { hour, later } from '../../tasks/domain/time.ts';
import { leakEvent } from '../aws/health-events.ts';
import type { Owner } from '../world/owner.ts';
import { between, pick } from '../world/random.ts';
import type { World } from '../world/world.ts';

/** What an owner's mail asks of it. `askedInstead`: the mail to somebody else came back. */
export type Occasion = 'asked' | 'askedToRetire' | 'askedInstead' | 'windowOpened' | 'leaked';

/** Something that an owner does after a mail, with that delay. `act` returns the timeline's text about it. */
interface Deed {
  readonly afterMilliseconds: number;
  readonly act: (owner: Owner, now: Date) => Promise<string>;
}

/** An owner's behaviour, and what happens to its keys. */
export interface Persona {
  /** Completes "the owner …". */
  readonly story: string;
  /** What the user's keys must be like. */
  readonly needs: 'oldKey' | 'surplusKey' | 'twoKeysInUse';
  /** Sets up anything else about its applications and its mail before the start. */
  readonly prepare?: (owner: Owner, world: World) => void;
  /** What starts its rotation, with the timeline's text about it; somebody does, by hand, if omitted. */
  readonly begins?: {
    readonly act: (owner: Owner, world: World) => string;
    readonly withinHours: readonly [number, number];
  };
  /** @param nth how often this occasion has come, from 1 */
  readonly deeds: (occasion: Occasion, nth: number, random: () => number) => readonly Deed[];
}

/** A random number of hours, plus some minutes. @returns milliseconds */
export const hours = (random: () => number, least: number, most: number): number =>
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
  needs: 'oldKey',
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
  needs: 'oldKey',
  deeds: (occasion, _, random) =>
    occasion === 'asked'
      ? [{ afterMilliseconds: hours(random, 2, 90), act: rollBack(pick(random, reasonsBefore)) }]
      : [],
};

const rollsBackInWindow: Persona = {
  story: 'confirms, rolls back in the window, confirms later',
  needs: 'oldKey',
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

const neverAnswers: Persona = { story: 'never answers', needs: 'oldKey', deeds: () => [] };

const keepsUsing: Persona = {
  story: 'confirms, but one more application goes on using the old key',
  needs: 'oldKey',
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
  needs: 'twoKeysInUse',
  deeds: () => [],
};

/** Has left; the mail's address no longer exists. */
const formerOwner = 'former.owner@example.com';

const bounces: Persona = {
  story: 'has left: its mail comes back, so the account’s contact is asked, and confirms',
  needs: 'oldKey',
  prepare: ({ user }, { postman }) => {
    user.tags.set('owner', formerOwner);
    postman.decide((recipient) => (recipient === formerOwner ? 'bounce' : undefined));
  },
  deeds: (occasion, nth, random) =>
    occasion === 'askedInstead' && nth === 1 ? installAndConfirm(random) : [],
};

const retires: Persona = {
  story: 'has a second key that nobody uses, and agrees that it can be deleted',
  needs: 'surplusKey',
  deeds: (occasion, _, random) =>
    occasion === 'askedToRetire' ? [{ afterMilliseconds: hours(random, 5, 60), act: agreeToDelete }] : [],
};

const agreeToDelete = (owner: Owner): Promise<string> => {
  const [surplus] = owner.user.keys;
  return must(
    owner.confirm(surplus === undefined ? {} : { keyId: surplus.id }),
    'opens the page, types the end of the surplus key, agrees',
  );
};

const leaks: Persona = {
  story: 'hears that its key has leaked: it is replaced and inactive within minutes',
  needs: 'oldKey',
  begins: {
    withinHours: [50, 90],
    act: ({ accountId, user }, world) => {
      const [key] = user.keys;
      if (key === undefined) throw new Error(`${user.name} has no key to leak`);
      world.putBusEvent(leakEvent(key.id, { accountId, at: world.clock.now() }));
      return `found ${shortKeyId(key.id)} in public, and says so`;
    },
  },
  deeds: (occasion, nth, random) =>
    occasion === 'leaked' && nth === 1 ? [{ afterMilliseconds: hours(random, 0, 2), act: install }] : [],
};

/** Everybody's part, in the order in which they are cast. */
export const personas: readonly Persona[] = [
  confirms,
  rollsBackBefore,
  rollsBackInWindow,
  neverAnswers,
  keepsUsing,
  bounces,
  leaks,
  retires,
  twoKeys,
];
