import { describe, expect, it } from 'vitest';
import { healthEvent } from './health-event.ts';
import { Life, type LifeOptions } from './life.ts';

/** Reports both keys of a user in one event. */
async function leakBoth(options: LifeOptions = {}): Promise<Life> {
  const life = await Life.begin({ situation: 'twoKeysInUse', ...options });
  life.world.putEvent('HandleLeak', healthEvent({ entities: life.user.keys.map(({ id }) => id) }));
  await life.world.clock.settle();
  return life;
}

describe('two leaked keys, all that a user has', () => {
  it('are both reported as active within the hour, since nothing can replace either', async () => {
    const life = await leakBoth();
    await life.days(1 / 24);
    expect(life.keys).toEqual(['Active', 'Active']);
    expect(life.subjects).toContain('Leaked access key still active');
    const [mail] = life.world.aws.mails;
    expect(mail?.text).toContain('leaked too');
  });

  it('are both inactive within minutes, if the setting allows deactivation without a replacement', async () => {
    const life = await leakBoth({ settings: { leakWithoutReplacement: 'deactivate' } });
    await life.days(1 / 96);
    expect(life.keys).toEqual(['Inactive', 'Inactive']);
    expect(life.subjects).toContain('install another access key now (leaked access key made inactive)');
  });

  it.each<[string, (life: Life) => void]>([
    ['nobody can be told', ({ world }) => void Object.assign(world.aws.sending, { stopped: 'paused' })],
    ['somebody else makes a key in the meantime', (life) => void life.strangersKey()],
    ['tags are denied', ({ world }) => void world.aws.guardrail('iam:ListUserTags')],
    ['the last use is denied', ({ world }) => void world.aws.guardrail('iam:GetAccessKeyLastUsed')],
  ])('are both inactive within the hour although %s', async (_, befall) => {
    const life = await leakBoth({ settings: { leakWithoutReplacement: 'deactivate' } });
    const leaked = [...life.user.keys];
    befall(life);
    await life.days(1 / 24);
    expect(leaked.map(({ status }) => status)).toEqual(['Inactive', 'Inactive']);
  });

  it('are both deleted in the end, each after its window', async () => {
    const life = await leakBoth({ settings: { leakWithoutReplacement: 'deactivate' } });
    await life.days(40);
    expect(life.keys).toEqual([]);
    expect(life.stands).toBe('nothing');
  });
});
