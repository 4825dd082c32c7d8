import { describe, expect, it } from 'vitest';
import type { Call, Fault } from '../../local/aws/types.ts';
import { isStored } from '../../local/watcher/secrets.ts';
import type { Violation } from '../../local/watcher/watched.ts';
import type { Life, LifeOptions } from './life.ts';
import { answer, isByTask, liveWith, type Path, patience, placesIn, sampled, shortDays } from './places.ts';

const hour = 3_600_000;

/** Installs the new key and confirms it, if a mail came that says how. */
const confirm = (life: Life): Promise<void> => answer(life, () => life.confirm());

const paths: Readonly<Record<string, Pick<Path, 'live'> & { readonly options?: LifeOptions }>> = {
  'goes well': {
    live: async (life) => {
      await life.start();
      await life.days(1);
      await confirm(life);
      await life.days(14);
    },
  },
  'is rolled back in the window': {
    live: async (life) => {
      await life.start();
      await life.days(1);
      await confirm(life);
      await life.days(4);
      await answer(life, () => life.owner.rollBack('the nightly job broke'));
      await life.days(1);
      await answer(life, () => life.owner.confirm());
      await life.days(14);
    },
  },
  'is withdrawn by silence': {
    options: { tags: { ...shortDays, 'keyturn:reminders': '1', 'keyturn:reminder-every-days': '1' } },
    live: async (life) => {
      await life.start();
      await life.days(16);
    },
  },
  'retires a key': {
    options: { situation: 'twoKeysOneUnused' },
    live: async (life) => {
      const unused = life.user.keys.find(({ id }) => life.user.usages.every(({ keyId }) => keyId !== id));
      await life.start({ action: 'retire', keyId: unused?.id });
      await life.days(1);
      await answer(life, () => life.owner.confirm(unused === undefined ? {} : { keyId: unused.id }));
      await life.days(14);
    },
  },
};

const pathOf = ({ live, options }: (typeof paths)[string]): Path => ({
  options: { tags: shortDays, ...options },
  isMeant: isByTask,
  live,
});

/** Uses each of the user's keys that still work once, `ago` earlier. */
function use({ user }: Life, at: Date, ago: number): void {
  for (const { id: keyId } of user.keys)
    user.usages.push({
      keyId,
      from: new Date(at.getTime() - ago),
      everyHours: Number.POSITIVE_INFINITY,
      service: 's3',
      region: 'eu-west-1',
    });
}

interface Evidence {
  readonly options?: LifeOptions;
  /** What changes at the crash. */
  readonly change?: (life: Life, at: Date) => void;
  /** The faults of calls after it. */
  readonly after?: (call: Call, sinceCrash: number) => Fault | undefined;
}

const lastUseFor =
  (milliseconds: number, fault: Fault) =>
  ({ operation }: Call, sinceCrash: number): Fault | undefined =>
    operation === 'GetAccessKeyLastUsed' && sinceCrash < milliseconds ? fault : undefined;

const changes: Readonly<Record<string, Evidence>> = {
  'the keys are used in between': { change: (life, at) => use(life, at, 0) },
  'the last use is denied for a day': { after: lastUseFor(24 * hour, 'denied') },
  'the last use is throttled for an hour': { after: lastUseFor(hour, 'throttle') },
  'a use is told of hours late': {
    options: { lastUsedLagMinutes: 240 },
    change: (life, at) => use(life, at, 4 * hour - 1_000),
  },
};

/**
 * The violations. But a key whose secret was lost stays as long as IAM doesn't tell whether it was used, since
 * unknown is not unused: then the next attempt must remove it.
 */
const brokenIn = ({ world }: Life, { after }: Evidence): readonly Violation[] =>
  world.watcher.violations.filter(({ what }) => after === undefined || !/and its secret nowhere$/.test(what));

/** Active keys of ours whose secret access key nobody has. */
const orphansOf = ({ user, world }: Life): string[] =>
  user.keys
    .filter(({ createdBy, status }) => createdBy.includes('keyturn-member') && status === 'Active')
    .filter((key) => !isStored(key, world.aws))
    .map(({ id }) => id);

const combinations = Object.entries(paths).flatMap(([path, way]) =>
  Object.entries(changes).map(([change, evidence]) => [path, change, way, evidence] as const),
);

describe('a task that crashes right after a call, and finds a changed situation when it runs again,', () => {
  it.each(combinations)(
    'a rotation that %s, and %s',
    async (_, __, way, evidence) => {
      const path = pathOf({
        ...way,
        options: { tags: shortDays, expectViolations: true, ...way.options, ...evidence.options },
      });
      const { places, life: undisturbed } = await placesIn(path);
      expect(undisturbed.rotation.status).toBe('SUCCEEDED');
      for (const place of sampled(places, 4)) {
        let crashedAt: Date | undefined;
        const life = await liveWith(path, (number, call, itself) => {
          if (number === place) {
            crashedAt = call.at;
            evidence.change?.(itself, call.at);
            return 'crashAfter';
          }
          if (crashedAt === undefined) return undefined;
          return evidence.after?.(call, call.at.getTime() - crashedAt.getTime());
        });
        const where = `a crash after call ${place}`;
        expect(brokenIn(life, evidence), where).toEqual([]);
        await life.days(60);
        expect(life.rotation.status, where).not.toBe('RUNNING');
        if (orphansOf(life).length > 0) {
          await life.start({}, 'again');
          await life.days(60);
        }
        expect(orphansOf(life), where).toEqual([]);
        expect(brokenIn(life, evidence), where).toEqual([]);
      }
    },
    patience,
  );
});
