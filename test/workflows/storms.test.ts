import { describe, expect, it } from 'vitest';
import { removeKey } from '../../local/aws/iam/account.ts';
import type { Fault } from '../../local/aws/types.ts';
import { isStored } from '../../local/watcher/secrets.ts';
import { between, pick, randomStream } from '../../local/world/random.ts';
import { Life } from './life.ts';
import { hardships, isMeddling, isMisfortune, meddling, misfortunes } from './storm-deeds.ts';

const faults = [
  'throttle',
  'unavailable',
  'lostRequest',
  'lostAnswer',
  'crashBefore',
  'crashAfter',
  'denied',
] as const;
const hour = 3_600_000;

/** What anybody may do at any time, likelier things more often. */
const deeds: readonly [string, ...string[]] = [
  'nothing',
  'nothing',
  'install',
  'install',
  'confirm',
  'confirm',
  'confirm',
  'rollBack',
  'notNeeded',
  'takeBack',
  'takeBack',
  'moreTime',
  'mailsBounce',
  'mailsArrive',
  'start',
  'start',
  'startTwice',
  'emergency',
  'retire',
  'stop',
  'stranger',
  'strangerGone',
  'outage',
  'guardrail',
  'memberRoleAway',
  'mailPaused',
  'renameUser',
  'stripTags',
  'shoutTags',
  'putByHand',
  'deleteSecret',
  'switchKey',
  'deleteKeyByHand',
  'twoLeaks',
  'answerTwice',
];

/** Some deeds fail: no mail came yet, the link is closed, the page is unreachable. */
async function tryTo(deed: () => Promise<unknown>): Promise<void> {
  await Promise.resolve()
    .then(deed)
    .catch(() => undefined);
}

class Storm {
  private outageUntil = 0;
  /** What ends each hardship that is still on. */
  private readonly lifts: (() => void)[] = [];

  constructor(
    readonly life: Life,
    readonly random: () => number,
  ) {
    life.world.aws.inject(({ caller, at }): Fault | undefined => {
      if (!/^keyturn-(?!owner-pages$)/.test(caller.roleName ?? '')) return undefined;
      if (at.getTime() < this.outageUntil) return 'throttle';
      return this.random() < 0.02 ? pick(this.random, faults) : undefined;
    });
  }

  /** Three months, with a deed every few hours or days. */
  async rage(): Promise<void> {
    const { clock } = this.life.world;
    const end = clock.now().getTime() + 90 * 24 * hour;
    await tryTo(() => this.life.start());
    while (clock.now().getTime() < end) {
      await clock.advance(between(this.random, 1, 60) * hour);
      await tryTo(() => this.doing(pick(this.random, deeds)));
      await clock.settle();
    }
    this.life.world.aws.inject(undefined);
    for (const lift of this.lifts.splice(0)) lift();
    await clock.advance(60 * 24 * hour);
  }

  /** Deeds that don't answer a mail: misfortunes, which pass, and what people do bypassing keyturn. */
  private befall(deed: string): void {
    const { life, random, lifts } = this;
    const { clock } = life.world;
    if (isMeddling(deed)) meddling[deed](life, random);
    if (!isMisfortune(deed)) return;
    const lift = misfortunes[deed](life, random);
    if (lift === undefined) return;
    lifts.push(lift);
    clock.at(new Date(clock.now().getTime() + between(random, 1, 2) * hour), lift);
  }

  private async doing(deed: string): Promise<void> {
    const { life, random } = this;
    const { owner, user, world } = life;
    const key = user.keys[Math.floor(random() * user.keys.length)];
    switch (deed) {
      case 'install':
        return void (await owner.install());
      case 'confirm':
        return void (await owner.confirm(random() < 0.3 && key !== undefined ? { keyId: key.id } : {}));
      case 'rollBack':
        return void (await owner.rollBack('something broke'));
      case 'notNeeded':
        return void (await owner.notNeeded());
      case 'takeBack':
        return void (await owner.takeBack());
      case 'moreTime':
        return void (await owner.askForTime(pick(random, [3, 7, 14]), 'not now'));
      case 'mailsBounce':
        return world.postman.decide(() => pick(random, ['bounce', 'complaint', 'delay', undefined]));
      case 'mailsArrive':
        return world.postman.decide(() => undefined);
      case 'start':
        return void (await life.start());
      case 'startTwice':
        return void (await Promise.all([life.start({}, 'a'), life.start({}, 'b')]));
      case 'emergency':
        return void (await life.start({ action: 'emergency', keyId: key?.id }));
      case 'retire':
        return void (await life.start({ action: 'retire', keyId: key?.id }));
      case 'stop':
        world.engine.stopExecution(life.rotation.arn);
        return undefined;
      case 'stranger':
        if (user.keys.length < 2) life.strangersKey();
        return undefined;
      case 'strangerGone': {
        const strangers = user.keys.find(({ createdBy }) => createdBy.endsWith('stranger'));
        if (strangers !== undefined) removeKey(user, strangers, world.clock.now());
        return undefined;
      }
      case 'outage':
        this.outageUntil = world.clock.now().getTime() + between(random, 1, 30) * hour;
        return undefined;
      case 'twoLeaks': {
        const [first, second] = user.keys;
        await life.start({ action: 'emergency', keyId: first?.id, alsoLeaked: second ? [second.id] : [] });
        return undefined;
      }
      case 'answerTwice': {
        const link = owner.link('confirm');
        await Promise.all([owner.confirm({ link }), owner.confirm({ link })]);
        return undefined;
      }
      default:
        return this.befall(deed);
    }
  }
}

/** A few each time; `KEYTURN_STORMS=400` looks for what is rare. */
const storms = Number(process.env.KEYTURN_STORMS ?? 12);

describe('three months in which anything happens at any time', () => {
  it.each(Array.from({ length: storms }, (_, index) => index + 1))(
    'seed %i: the promise holds',
    async (seed) => {
      const random = randomStream(seed, 'storm');
      const situation = pick(random, [
        'oldKeyInDailyUse',
        'oldKeyInDailyUse',
        'twoKeysOneUnused',
        'oneKeyInactive',
        'twoKeysInUse',
      ]);
      const life = await Life.begin({ seed, situation, ...hardships(random) });
      await new Storm(life, random).rage();
      expect(life.world.watcher.violations).toEqual([]);
      for (const execution of life.rotations) expect(execution.status).not.toBe('RUNNING');
      const orphans = life.user.keys.filter(
        (key) =>
          key.createdBy.includes('keyturn-member') &&
          key.status === 'Active' &&
          !isStored(key, life.world.aws),
      );
      expect(orphans.map(({ id }) => id)).toEqual([]);
    },
  );
});
