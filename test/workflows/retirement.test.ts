import { describe, expect, it } from 'vitest';
import { Life } from './life.ts';

describe('a retirement', () => {
  it('of an unused second key asks its owner, drains, deactivates, waits and deletes, and makes no key', async () => {
    const life = await Life.begin({ situation: 'twoKeysOneUnused' });
    const surplus = life.oldKey;
    await life.start();
    expect(life.subjects).toEqual(['say if the access key can be deleted']);
    await life.owner.confirm({ keyId: surplus.id });
    await life.days(6);
    expect(life.keys).toEqual(['Active', 'Active']);
    await life.days(2);
    expect(life.stands).toBe('OfferRollback');
    expect(life.keys).toEqual(['Inactive', 'Active']);
    await life.days(11);
    expect(life.stands).toBe('completed');
    expect(life.keys).toEqual(['Active']);
    expect(life.current).toBeUndefined();
  });

  it('is refused by an owner who needs the key', async () => {
    const life = await Life.begin({ situation: 'twoKeysOneUnused' });
    await life.start();
    await life.rollBack('the yearly audit uses it');
    expect(life.stands).toBe('rolledBack');
    expect(life.keys).toEqual(['Active', 'Active']);
  });

  it('taken back in the window ends there', async () => {
    const life = await Life.begin({ situation: 'twoKeysOneUnused' });
    await life.start();
    await life.owner.confirm({ keyId: life.oldKey.id });
    await life.days(9);
    await life.rollBack('the yearly audit uses it');
    expect(life.stands).toBe('rolledBack');
    expect(life.keys).toEqual(['Active', 'Active']);
  });

  it('asked for again after it was taken back watches for the whole quiet period again', async () => {
    const life = await Life.begin({ situation: 'twoKeysOneUnused' });
    const keyId = life.oldKey.id;
    for (const round of [1, 2]) {
      await life.start({ action: 'retire', keyId });
      await life.owner.confirm({ keyId });
      await life.days(6);
      expect(life.keys).toEqual(['Active', 'Active']);
      await life.days(3);
      expect(life.keys).toEqual(['Inactive', 'Active']);
      if (round === 1) await life.owner.rollBack('not yet');
      await life.world.clock.settle();
    }
  });

  it('of a key that is inactive already has its window, and taking it back leaves it inactive', async () => {
    const life = await Life.begin({ situation: 'oneKeyInactive' });
    const inactive = life.user.keys.find(({ status }) => status === 'Inactive');
    await life.start();
    await life.owner.confirm({ keyId: inactive?.id ?? '' });
    await life.days(8);
    expect(life.stands).toBe('OfferRollback');
    await life.rollBack('keep it for the archive');
    expect(life.stands).toBe('rolledBack');
    expect(inactive?.status).toBe('Inactive');
    expect(life.subjects.at(-1)).toBe('rolled back, the old access key stays, inactive as it was');
  });

  it('without an answer changes nothing', async () => {
    const life = await Life.begin({ situation: 'twoKeysOneUnused' });
    await life.start();
    await life.days(20);
    expect(life.stands).toBe('escalated');
    expect(life.keys).toEqual(['Active', 'Active']);
  });
});
