import { describe, expect, it } from 'vitest';
import { giveAnswer } from '../../cli/answering.ts';
import { clientDefaults } from '../../local/world/lambda.ts';
import type { StandIn } from '../../tasks/domain/asking/stand-in.ts';
import { Life, stagesOf } from './life.ts';

const who = { by: 'Jane Doe, security', reason: 'INC-4711: the owner left' };

/** Answers for the owner, with an operator's credentials. */
async function answer(life: Life, asked: Omit<StandIn, 'by' | 'reason'>): Promise<string> {
  const { world } = life;
  const operator = clientDefaults(world.aws, world.settings.region, 'operator');
  const { state } = await giveAnswer(operator, life.rotation.arn, { ...who, ...asked }, world.clock.now());
  await world.clock.settle();
  return state;
}

describe('an operator who answers for the owner', () => {
  it('confirms: the owner is told who did, and the quiet period still holds', async () => {
    const life = await Life.begin();
    await life.start();
    expect(await answer(life, { kind: 'confirm' })).toBe('taken');
    expect(stagesOf(life.rotation).slice(-4)).toEqual([
      'PromoteNewKey',
      'TellOverridden',
      'CheckOldKey',
      'WaitForQuiet',
    ]);
    expect(life.subjects.at(-1)).toBe('install the new access key now (confirmed by an operator)');
    expect(life.world.aws.mails.at(-1)?.text).toContain(who.by);
    await life.days(20);
    // The application still uses the old key.
    expect(life.keys).toEqual(['Active', 'Active']);
    await life.owner.install();
    await life.days(9);
    expect(life.stands).toBe('OfferRollback');
    expect(life.world.aws.mails.at(-1)?.text).toContain(who.by);
  });

  it('confirms a retirement without touching the secret', async () => {
    const life = await Life.begin({ situation: 'twoKeysOneUnused' });
    await life.start();
    await answer(life, { kind: 'confirm' });
    expect(stagesOf(life.rotation).slice(-3)).toEqual(['TellOverridden', 'CheckOldKey', 'WaitForQuiet']);
    await life.days(20);
    expect(life.stands).toBe('completed');
  });

  it('grants more time within its bounds, and rolls back', async () => {
    const life = await Life.begin();
    await life.start();
    expect(await answer(life, { kind: 'moreTime', days: 15 })).toBe('refused');
    expect(await answer(life, { kind: 'moreTime', days: 10 })).toBe('taken');
    expect(life.stands).toBe('AskOwner');
    expect(await answer(life, { kind: 'moreTime', days: 5 })).toBe('refused');
    expect(await answer(life, { kind: 'rollBack' })).toBe('taken');
    await life.days(20);
    expect(life.stands).toBe('rolledBack');
    expect(life.world.aws.mails.at(-1)?.text).toContain(`${who.by} (operator)`);
  });

  it('takes a confirmation back while the key drains, and the owner is asked again', async () => {
    const life = await Life.confirmed();
    expect(life.stands).toBe('WaitForQuiet');
    expect(await answer(life, { kind: 'confirm' })).toBe('refused');
    expect(await answer(life, { kind: 'rollBack' })).toBe('taken');
    expect(life.stands).toBe('AskOwner');
    // The owner's own answer counts as the owner's.
    await life.confirm();
    expect(stagesOf(life.rotation)).not.toContain('TellOverridden');
  });

  it('rolls back in the window, and says that no key is needed any more', async () => {
    const life = await Life.inWindow();
    expect(await answer(life, { kind: 'rollBack' })).toBe('taken');
    expect(life.keys).toEqual(['Active', 'Active']);
    expect(life.stands).toBe('AskOwner');
    expect(await answer(life, { kind: 'notNeeded' })).toBe('taken');
    expect(life.stands).toBe('WaitForQuiet');
  });
});
