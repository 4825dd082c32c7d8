import { describe, expect, it } from 'vitest';
import { setStatus } from '../../local/aws/iam/account.ts';
import { Life } from './life.ts';

describe('a leaked key', () => {
  it('goes inactive at once, with a new one stored, and still has its window', async () => {
    const life = await Life.begin();
    const leaked = life.oldKey;
    await life.start({ action: 'emergency', keyId: leaked.id });
    expect(life.stands).toBe('OfferRollback');
    expect(life.keys).toEqual(['Inactive', 'Active']);
    expect(life.current?.complete).toBe(true);
    expect(life.world.aws.mails.map(({ to }) => to[0])).toEqual([
      'anna.lind@example.com',
      'aws+payments@example.com',
      'operators@example.com',
    ]);
    await life.days(11);
    expect(life.stands).toBe('completed');
    expect(life.user.keys).not.toContain(leaked);
  });

  it('can be rolled back in its window; then everybody hears that it is active, and nobody fights over it', async () => {
    const life = await Life.begin();
    await life.start({ action: 'emergency', keyId: life.oldKey.id });
    await life.rollBack('production is down');
    expect(life.keys).toEqual(['Active', 'Active']);
    expect(life.stands).toBe('AskAboutLeak');
    expect(new Set(life.subjects.slice(-6))).toEqual(
      new Set(['Leaked access key made active again', 'Leaked access key still active']),
    );
    await life.days(3);
    expect(life.keys).toEqual(['Active', 'Active']);
    setStatus(life.oldKey, 'Inactive', life.world.clock.now());
    await life.days(13);
    expect(life.stands).toBe('completed');
    expect(life.keys).toEqual(['Active']);
  });

  it('goes without a new one where the user has another that is active', async () => {
    const life = await Life.begin({ situation: 'twoKeysInUse' });
    await life.start({ action: 'emergency', keyId: life.oldKey.id });
    expect(life.keys).toEqual(['Inactive', 'Active']);
    await life.days(11);
    expect(life.stands).toBe('completed');
    expect(life.keys).toEqual(['Active']);
  });

  it('is a question where an inactive key takes the place of a new one', async () => {
    const life = await Life.begin({ situation: 'oneKeyInactive' });
    const active = life.user.keys.find(({ status }) => status === 'Active');
    await life.start({ action: 'emergency', keyId: active?.id });
    expect(life.stands).toBe('AskAboutLeak');
    expect(life.subjects.at(-1)).toBe('Leaked access key still active');
    expect(life.keys).toEqual(['Inactive', 'Active']);
  });
});

describe('a key that leaks while a rotation of its user runs', () => {
  it.each([
    ['waits for its owner', 0, ['Inactive', 'Active']],
    ['drains', 3, ['Inactive', 'Active']],
  ])('stops that one, which %s, and goes on with its new key', async (_, days, keys) => {
    const life = await Life.begin();
    await life.start();
    const stopped = life.rotation;
    if (days > 0) {
      await life.confirm();
      await life.days(days);
    }
    const newKeyId = life.user.keys[1]?.id;
    await life.start({ action: 'emergency', keyId: life.oldKey.id });
    expect(stopped.status).toBe('ABORTED');
    expect(life.keys).toEqual(keys);
    expect(life.current).toEqual({ keyId: newKeyId, complete: true });
    await life.days(11);
    expect(life.stands).toBe('completed');
  });

  it('is handled once, however often it is reported', async () => {
    const life = await Life.begin();
    const leaked = life.oldKey.id;
    await life.start({ action: 'emergency', keyId: leaked });
    await life.start({ action: 'emergency', keyId: leaked });
    expect(life.rotations).toHaveLength(1);
    expect(
      life.subjects.filter((subject) => subject.startsWith('Leaked') || subject.includes('leaked')),
    ).toHaveLength(3);
  });

  it('and is the new one: the old key becomes current again, and a rollback takes that back', async () => {
    const life = await Life.begin();
    const old = life.oldKey;
    await life.start();
    const [, leaked] = life.user.keys;
    await life.start({ action: 'emergency', keyId: leaked?.id });
    expect(life.keys).toEqual(['Active', 'Inactive']);
    expect(life.current?.keyId).toBe(old.id);
    await life.rollBack('it was a false alarm');
    expect(life.keys).toEqual(['Active', 'Active']);
    expect(life.current?.keyId).toBe(leaked?.id);
  });
});

describe('a leaked new key, where the task dies between the secret and IAM', () => {
  it('is made inactive by the next run, and a rollback takes both back', async () => {
    const life = await Life.begin();
    await life.start();
    const [old, leaked] = life.user.keys;
    let died = false;
    life.world.aws.inject(({ operation, caller }) => {
      if (
        died ||
        operation !== 'UpdateSecretVersionStage' ||
        (caller.via ?? caller.roleName) !== 'keyturn-deactivate-old-key'
      ) {
        return undefined;
      }
      died = true;
      return 'crashAfter';
    });
    await life.start({ action: 'emergency', keyId: leaked?.id });
    await life.days(1);
    expect(died).toBe(true);
    expect(life.keys).toEqual(['Active', 'Inactive']);
    expect(life.current?.keyId).toBe(old?.id);
    await life.rollBack('it was a false alarm');
    expect(life.keys).toEqual(['Active', 'Active']);
    expect(life.current?.keyId).toBe(leaked?.id);
  });
});

describe('a leaked new key, beside an inactive old one', () => {
  it('is replaced by the old one, if the rotation had made that inactive', async () => {
    const life = await Life.begin();
    await life.start();
    await life.confirm();
    await life.days(12);
    expect(life.keys).toEqual(['Inactive', 'Active']);
    life.user.tags.clear();
    await life.start({ action: 'emergency', keyId: life.user.keys[1]?.id });
    await life.days(1);
    expect(life.keys).toEqual(['Active', 'Inactive']);
  });

  it('is for a person to decide, if a person had made the old key inactive', async () => {
    const life = await Life.begin();
    await life.start();
    await life.owner.install();
    setStatus(life.oldKey, 'Inactive', life.world.clock.now());
    await life.days(1);
    await life.start({ action: 'emergency', keyId: life.user.keys[1]?.id });
    await life.days(1);
    expect(life.keys).toEqual(['Inactive', 'Active']);
    expect(life.subjects).toContain('Leaked access key still active');
  });
});
