import { describe, expect, it } from 'vitest';
import { Life } from './life.ts';

describe('a rollback before the old key was touched', () => {
  it('removes the new key by the same states as any other, and leaves everything as it was', async () => {
    const life = await Life.begin();
    const old = life.oldKey;
    await life.start();
    await life.rollBack('the vendor is on holiday');
    expect(life.stands).toBe('WaitForQuiet');
    expect(life.keys).toEqual(['Active', 'Active']);
    await life.days(8);
    expect(life.stands).toBe('OfferRollback');
    expect(life.keys).toEqual(['Active', 'Inactive']);
    expect(life.current).toEqual({ keyId: old.id, complete: false });
    await life.days(11);
    expect(life.stands).toBe('rolledBack');
    expect(life.user.keys).toEqual([old]);
    expect(life.current).toEqual({ keyId: old.id, complete: false });
    expect(life.subjects.at(-1)).toBe('nothing to do, the new access key is withdrawn');
  });

  it('waits for quiet where the application had the new key already', async () => {
    const life = await Life.begin();
    const old = life.oldKey;
    await life.start();
    const newKeyId = await life.owner.install();
    await life.days(1);
    await life.rollBack('it does not work');
    expect(life.stands).toBe('WaitForQuiet');
    // Nobody stored the old secret access key, so an application that reads the secret keeps the new one.
    expect(life.current?.keyId).toBe(newKeyId);
    life.owner.switchTo(old.id, life.world.clock.now());
    await life.days(8);
    expect(life.current?.keyId).toBe(old.id);
    await life.days(11);
    expect(life.stands).toBe('rolledBack');
    expect(life.user.keys.map(({ id }) => id)).not.toContain(newKeyId);
  });

  it('keeps both keys and asks a person where the new key stays in use', async () => {
    const life = await Life.begin();
    await life.start();
    await life.owner.install();
    await life.days(1);
    await life.owner.rollBack('somebody said so');
    await life.days(40);
    expect(life.stands).toBe('escalated');
    expect(life.keys).toEqual(['Active', 'Active']);
    expect(life.subjects.at(-1)).toMatch('is still in use');
  });

  it('withdraws a new key that an earlier rotation made and could not finish with', async () => {
    const life = await Life.begin({ tags: { 'keyturn:on-silence': 'keep' } });
    const old = life.oldKey;
    await life.start();
    await life.days(16);
    await life.start();
    await life.owner.rollBack('we leave this account');
    await life.days(19);
    expect(life.rotations).toHaveLength(2);
    expect(life.stands).toBe('rolledBack');
    expect(life.user.keys).toEqual([old]);
  });
});

describe('a rollback in the window', () => {
  it('makes the old key active and current again, together, and asks again', async () => {
    const life = await Life.inWindow();
    const old = life.oldKey;
    expect(life.keys).toEqual(['Inactive', 'Active']);
    await life.rollBack('the nightly job broke');
    expect(life.keys).toEqual(['Active', 'Active']);
    // Its secret access key was never stored: an application that reads the secret keeps what works.
    expect(life.current?.keyId).not.toBe(old.id);
    expect(life.stands).toBe('AskOwner');
    expect(life.subjects.slice(-2)).toEqual([
      'rolled back, the old access key is active again',
      'install the new access key',
    ]);
    await life.days(1);
    await life.confirm();
    expect(life.current?.keyId).not.toBe(old.id);
    await life.days(5);
    // It was inactive for a while, in which nobody could use it: the quiet period starts again.
    expect(life.keys).toEqual(['Active', 'Active']);
    await life.days(30);
    expect(life.stands).toBe('completed');
  });

  it('ends with a person being asked after the third', async () => {
    const life = await Life.begin();
    await life.start();
    for (const round of [1, 2, 3]) {
      await life.confirm();
      await life.days(9);
      expect(life.stands).toBe('OfferRollback');
      await life.rollBack(`round ${round}`);
    }
    expect(life.stands).toBe('escalated');
    expect(life.keys).toEqual(['Active', 'Active']);
    expect(life.subjects.at(-1)).toMatch('rolled back 3 times');
  });
});

describe('a rotation that an operator stopped in its window', () => {
  it('continues when it is started again; rolling that back makes the old key active', async () => {
    const life = await Life.inWindow();
    const old = life.oldKey;
    life.world.engine.stopExecution(life.rotation.arn);
    await life.start();
    expect(life.subjects.at(-1)).toBe('say if the access key can be deleted');
    await life.owner.confirm({ keyId: old.id });
    await life.days(8);
    expect(life.stands).toBe('OfferRollback');
    await life.rollBack('the yearly report needs it');
    expect(life.keys).toEqual(['Active', 'Active']);
    expect(life.subjects.at(-1)).toBe('rolled back, the old access key is active again');
  });
});
