import { describe, expect, it } from 'vitest';
import { setStatus, type UserKey } from '../../local/aws/iam/account.ts';
import { Life } from './life.ts';

/** Brings a rotation to a stage, and says what then makes it act. */
const stages: readonly [string, (life: Life) => Promise<void>, (life: Life) => Promise<unknown>][] = [
  [
    'while the owner is asked, and confirms',
    async () => {},
    async (life) => {
      await life.confirm();
      await life.days(12);
    },
  ],
  [
    'while the owner is asked, and rolls back',
    async () => {},
    (life) => life.owner.rollBack('not now').then(() => life.days(1)),
  ],
  ['while the owner is asked, and says nothing', async () => {}, (life) => life.days(20)],
  [
    'while the old key drains',
    async (life) => {
      await life.confirm();
      await life.days(3);
    },
    (life) => life.days(10),
  ],
  [
    'in the rollback window',
    async (life) => {
      await life.confirm();
      await life.days(9);
    },
    (life) => life.days(20),
  ],
];

describe('an unrecognized new key', () => {
  it.each(stages)('%s, is never touched: the rotation stops with a question', async (_, reach, goOn) => {
    const life = await Life.begin();
    await life.start();
    await reach(life);
    const stranger = life.strangersKey();
    await goOn(life);
    expect(life.stands).toBe('UnrecognizedKey');
    expect(life.rotation.cause).toContain(stranger.id);
    expect(life.user.keys).toContain(stranger);
    expect(stranger.status).toBe('Active');
    expect(life.keys).toEqual(['Active', 'Active', 'Active']);
    expect(life.subjects.at(-1)).toMatch('Rotation failed, UnrecognizedKey');
  });

  it.each([
    ['between Assess and Provision, stops it before anything is made', 'CreateSecret'],
    [
      'at the very moment of creation, first exhausts the quota and then leads to a question',
      'CreateAccessKey',
    ],
  ])('%s', async (_, operation) => {
    const life = await Life.begin();
    let stranger: UserKey | undefined;
    life.world.aws.inject((call) => {
      if (call.operation === operation) stranger ??= life.strangersKey();
      return undefined;
    });
    await life.start();
    await life.days(1);
    expect(life.stands).toBe('UnrecognizedKey');
    expect(life.user.keys).toContain(stranger);
    expect(life.world.watcher.changes.filter(({ status }) => status !== 'Active')).toEqual([]);
  });

  it('does not keep an owner from rolling back a deactivation', async () => {
    const life = await Life.inWindow();
    life.strangersKey();
    await life.rollBack('it broke');
    expect(life.keys).toEqual(['Active', 'Active', 'Active']);
  });
});

describe('other changes from outside', () => {
  it('the old key made active again by hand is not deleted', async () => {
    const life = await Life.inWindow();
    const [old] = life.user.keys;
    if (old !== undefined) {
      setStatus(old, 'Active', life.world.clock.now());
    }
    await life.days(20);
    expect(life.stands).toBe('changedElsewhere');
    expect(life.keys).toEqual(['Active', 'Active']);
  });

  it('the new key made inactive by hand keeps the old one active', async () => {
    const life = await Life.confirmed();
    const [, newKey] = life.user.keys;
    if (newKey !== undefined) {
      setStatus(newKey, 'Inactive', life.world.clock.now());
    }
    await life.days(20);
    expect(life.stands).toBe('changedElsewhere');
    expect(life.keys).toEqual(['Active', 'Inactive']);
  });

  it.each([
    ['while the owner is asked', 0, 'UnknownUser'],
    ['while the old key drains', 3, 'UnknownUser'],
    ['in the rollback window', 9, 'UnknownUser'],
  ])(
    'if the user is deleted %s, the rotation fails with that error and the operators are told',
    async (_, days, error) => {
      const life = await Life.begin();
      await life.start();
      if (days > 0) {
        await life.confirm();
        await life.days(days);
      }
      life.world.aws.accounts.get(life.owner.accountId)?.users.delete(life.owner.userName);
      await life.days(40);
      expect(life.stands).toBe(error);
      expect(life.subjects.at(-1)).toBe(`Rotation failed, ${error} in ${stageOf(life)}`);
    },
  );
});

const stageOf = (life: Life): string => life.rotation.cause?.split(':')[0] ?? '';
