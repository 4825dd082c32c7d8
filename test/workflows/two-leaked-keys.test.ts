import { describe, expect, it } from 'vitest';
import { healthEvent } from './health-event.ts';
import { Life, type LifeOptions } from './life.ts';

/** One event names both keys of a user. */
async function leakBoth(options: LifeOptions = {}): Promise<Life> {
  const life = await Life.begin({ situation: 'twoKeysInUse', ...options });
  life.world.putEvent('HearLeak', healthEvent({ entities: life.user.keys.map(({ id }) => id) }));
  await life.world.clock.settle();
  return life;
}

describe('two leaked keys, all that a user has', () => {
  it('are both said to be active within the hour, as nothing can replace either', async () => {
    const life = await leakBoth();
    await life.days(1 / 24);
    expect(life.keys).toEqual(['Active', 'Active']);
    expect(life.subjects).toContain('Leaked access key still active');
    const [mail] = life.world.aws.mails;
    expect(mail?.text).toContain('leaked too');
  });

  it('are both inactive within minutes, if the setting is to do without', async () => {
    const life = await leakBoth({ settings: { leakWithoutReplacement: 'deactivate' } });
    await life.days(1 / 96);
    expect(life.keys).toEqual(['Inactive', 'Inactive']);
    expect(life.subjects).toContain('Leaked access key made inactive');
  });

  it('are both deleted in the end, each after its window', async () => {
    const life = await leakBoth({ settings: { leakWithoutReplacement: 'deactivate' } });
    await life.days(40);
    expect(life.keys).toEqual([]);
    expect(life.stands).toBe('nothing');
  });
});
