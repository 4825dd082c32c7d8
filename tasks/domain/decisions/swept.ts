import type { AccountFacts, UserLook, Verdict } from '../sweeps/facts.ts';
import { type Rest, restsUntil } from '../sweeps/rest.ts';
import type { KeyDecision } from '../sweeps/row.ts';
import type { Exemption } from '../tags.ts';
import { daysBetween, isoDay } from '../time.ts';
import type { AgedDecision } from './aged.ts';
import { type DecisionTable, fact, type Ruling } from './table.ts';

/** A user's key as a sweep sees it. */
export interface SweptSituation {
  readonly isRoot: boolean;
  /** Whether this key is active. */
  readonly active: boolean;
  readonly look: UserLook | undefined;
  /** Why the user's tags or its policy can't be used. */
  readonly problem: string | undefined;
  readonly aged: AgedDecision;
  /** Those that a tag or a group says, whether or not they have run out. */
  readonly exemptions: readonly Exemption[];
  /** How its last rotation ended, if it didn't complete. */
  readonly rest: Rest | undefined;
  readonly facts: Pick<AccountFacts, 'now' | 'notLive'>;
}

type Situation = SweptSituation;

const isInactive = fact<Situation>('the key is inactive or expired', ({ active }) => !active);
const isRoot = fact<Situation>('it is the root user', (one) => one.isRoot);
const isNotRead = fact<Situation>(
  "the user's keys or tags can't be read",
  ({ look }) => look?.state === 'unreadable',
);
const hasBadTags = fact<Situation>('a tag or the policy is invalid', ({ problem }) => problem !== undefined);
const isRunning = fact<Situation>('its rotation is running', (one) => runningOf(one) !== undefined);
const isNotDue = fact<Situation>('not due', ({ aged }) => aged.why === 'notDue');
const isExempt = fact<Situation>('exempt until today or later', (one) => holding(one) !== undefined);
const isResting = fact<Situation>(
  "its last rotation didn't complete, and it still rests",
  (one) => whyResting(one) !== undefined,
);
const isPostponed = fact<Situation>(
  'more users than one sweep can look at',
  ({ look }) => look?.state === 'postponed',
);
const isNotLive = fact<Situation>(
  'nothing may be started in the account (mode, or scope)',
  ({ facts }) => facts.notLive !== undefined,
);

const runningOf = ({ look }: Situation): string | undefined =>
  look?.state === 'seen' && look.lastRotation?.running ? look.lastRotation.executionArn : undefined;

const holding = ({ exemptions, facts }: Situation): Exemption | undefined =>
  exemptions.find(({ until }) => facts.now.getTime() <= until.getTime());

/** Why a user is left alone: a person who has already been asked isn't asked again daily. */
function whyResting({ rest, facts: { now } }: Situation): string | undefined {
  if (rest === undefined || now.getTime() >= restsUntil(rest).getTime()) return undefined;
  const { outcome, endedAt, days, silences } = rest;
  if (outcome === 'silence' && silences > 0) {
    const times = silences === 1 ? 'once' : `${silences} times in a row`;
    return `its owner has not answered ${times}; the next rotation may begin on ${isoDay(restsUntil(rest))}, or once its owner tag changes`;
  }
  const ago = Math.floor(daysBetween(endedAt, now));
  return `its last rotation ended as ${outcome} ${ago} days ago; the next may begin after ${days}`;
}

const is = (decision: KeyDecision): Ruling<Situation, Verdict> => ({
  words: `\`${decision}\``,
  make: (_, because) => ({ decision, because }),
});
/** Once an exemption has run out, the report counts it. */
const dueAs = (decision: 'due' | 'deferred', words: string): Ruling<Situation, Verdict> => ({
  words: `\`${decision}\`${words}`,
  make: ({ exemptions }, because) => ({ decision, because, exemptionExpired: exemptions.length > 0 }),
});

/** What a sweep decides about a key. */
export const sweptTable: DecisionTable<Situation, Verdict> = {
  rows: [
    {
      name: 'inactive',
      when: [isInactive],
      decide: is('inactive'),
      because: 'inactive, so nobody can use it',
    },
    {
      name: 'root',
      when: [isRoot],
      decide: is('rootKey'),
      because: 'root has an access key; keyturn never touches it: delete it by hand',
    },
    { name: 'not read', when: [isNotRead], decide: is('unreadable'), because: '{why it was not read}' },
    { name: 'invalid tag', when: [hasBadTags], decide: is('unreadable'), because: '{what is invalid}' },
    {
      name: 'running',
      when: [isRunning],
      decide: {
        words: '`inRotation`',
        make: (one, because) => ({ decision: 'inRotation', because, rotation: runningOf(one) ?? '' }),
      },
      because: 'its rotation is running',
    },
    { name: 'not due', when: [isNotDue], decide: is('notDue'), because: '{why}' },
    {
      name: 'exempt',
      when: [isExempt],
      decide: is('exempt'),
      because: '{why}; exempt until {day}: {its reason}',
    },
    {
      name: 'resting',
      when: [isResting],
      decide: dueAs('deferred', ''),
      because: '{why it is due}; {why it rests}',
    },
    {
      name: 'postponed',
      when: [isPostponed],
      decide: dueAs('due', ', not started'),
      because: '{why it is due}; too many users for one sweep, the oldest go first',
    },
    {
      name: 'not live',
      when: [isNotLive],
      decide: dueAs('due', ', not started'),
      because: '{why it is due}; {why nothing may be started}',
    },
  ],
  otherwise: {
    name: 'due',
    decide: {
      words: '`due`, started in its turn',
      make: ({ aged, exemptions }, because) => ({
        ...{ decision: 'due', because, exemptionExpired: exemptions.length > 0 },
        ...(aged.why === 'notDue' ? {} : { due: aged }),
      }),
    },
    because: '{why it is due}',
  },
  words: {
    'why it was not read': ({ look }) => (look?.state === 'unreadable' ? look.because : ''),
    'what is invalid': ({ problem }) => problem ?? '',
    why: ({ aged }) => aged.because,
    day: (one) => isoDay(holding(one)?.until ?? one.facts.now),
    'its reason': (one) => holding(one)?.reason ?? '',
    'why it is due': ({ aged, exemptions }) =>
      `${aged.because}${exemptions.length > 0 ? '; its exemption has run out' : ''}`,
    'why it rests': (one) => whyResting(one) ?? '',
    'why nothing may be started': ({ facts }) => facts.notLive ?? '',
  },
};
