import { describe, expect, it } from 'vitest';
import type { Fault } from '../../local/aws/types.ts';
import type { Life, LifeOptions } from './life.ts';
import { isByTask, liveWith, type Path, patience, placesIn, sampled, shortDays } from './places.ts';

const faults = [
  'throttle',
  'unavailable',
  'denied',
  'lostRequest',
  'lostAnswer',
  'crashBefore',
  'crashAfter',
] as const;

/** A fault at one call and, if given, a crash that many calls later. */
interface Case {
  readonly at: number;
  readonly fault: Fault;
  readonly crashLater?: number;
}

const nameOf = ({ at, fault, crashLater }: Case): string =>
  `${fault} at call ${at}${crashLater === undefined ? '' : `, a crash ${crashLater} later`}`;

/** Every fault at every place, and each again with a crash at the next call and at another one. */
const casesAt = (places: readonly number[]): Case[] =>
  places.flatMap((at, index) =>
    faults.flatMap((fault, kind) => [
      { at, fault },
      { at, fault, crashLater: 1 },
      { at, fault, crashLater: 2 + ((index * faults.length + kind) % 17) },
    ]),
  );

/** A user with one key that leaks, one with two keys that both leak, and the same if no replacement is required. */
const emergencies: readonly (readonly [string, number, LifeOptions])[] = [
  ['one leaked key', 1, {}],
  ['two leaked keys', 2, { situation: 'twoKeysInUse' }],
  [
    'two leaked keys that may go without a replacement',
    2,
    { situation: 'twoKeysInUse', settings: { leakWithoutReplacement: 'deactivate' } },
  ],
];

/** Days until its end; or, if both leaked and nothing can replace them, for as long as its tries differ. */
const daysOf = ({ situation, settings }: LifeOptions): number =>
  situation !== undefined && settings === undefined ? 1.5 : 9;

function emergency(count: number, options: LifeOptions): Path {
  return {
    options: { tags: shortDays, ...options },
    isMeant: isByTask,
    live: async (life) => {
      const [keyId, ...alsoLeaked] = life.user.keys.slice(0, count).map(({ id }) => id);
      await life.start({ action: 'emergency', keyId, alsoLeaked });
      await life.days(daysOf(options));
    },
  };
}

/** At the end each leaked key is inactive or deleted, or a mail says that it is not, and nobody lost anything. */
function expectSettled(life: Life, leaked: readonly string[], where: string): void {
  for (const key of life.user.keys.filter(({ id, status }) => leaked.includes(id) && status === 'Active'))
    expect(life.world.aws.mails.map(({ subject, text }) => `${subject}\n${text}`).join(), where).toMatch(
      new RegExp(`^Leaked access key still active[^]*${key.id.slice(-4)}`, 'm'),
    );
  expect(life.world.watcher.violations, where).toEqual([]);
}

const leakedOf = ({ rotations }: Life): string[] =>
  rotations.flatMap(({ input }) => {
    const { keyId, alsoLeaked = [] }: { keyId?: string; alsoLeaked?: string[] } = Object(input.value);
    return [keyId ?? '', ...alsoLeaked];
  });

describe.each(emergencies)('an emergency, %s', (_, count, options) => {
  const path = emergency(count, options);
  const lives = 22;

  it(
    'settles each leaked key or says that it is active, under any fault at any call, alone and with a crash after it',
    async () => {
      const { places, life: undisturbed } = await placesIn(path);
      expectSettled(undisturbed, leakedOf(undisturbed), 'undisturbed');
      expect(places.length).toBeGreaterThan(count === 2 && options.settings === undefined ? 10 : 35);
      for (const one of sampled(casesAt(places), lives)) {
        const crashAt = one.crashLater === undefined ? undefined : one.at + one.crashLater;
        const life = await liveWith(path, (number) => {
          if (number === one.at) return one.fault;
          return number === crashAt ? 'crashAfter' : undefined;
        });
        expectSettled(life, leakedOf(life), nameOf(one));
      }
    },
    patience,
  );
});
