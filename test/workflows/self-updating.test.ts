import { expect, it } from 'vitest';
import { Life, outcomeIn, stagesOf } from './life.ts';
import { type ReadsSecret, SelfUpdatingApplication } from './self-updating-application.ts';

it.each<ReadsSecret>(['regularly', 'when an event says so'])(
  'an application that reads its secret %s goes through three rotations without a person and without a failed call',
  async (reads) => {
    const life = await Life.begin({
      tags: { 'keyturn:self-updating': 'true' },
      settings: { events: true, policy: { maxAgeDays: 30 } },
      sweepAtHour: 9,
    });
    let answers = 0;
    life.world.aws.onCall(({ operation }) => {
      if (operation === 'SendTaskSuccess') answers += 1;
    });
    const application = new SelfUpdatingApplication(life, reads);
    const { id: installed } = life.oldKey;
    await life.days(90);
    const outcomes = life.rotations.map(({ output }) => outcomeIn(output));
    expect(outcomes.filter((outcome) => outcome === 'completed').length).toBeGreaterThanOrEqual(3);
    expect(outcomes).not.toContain('escalated');
    expect(application.calls).toBeGreaterThan(700);
    expect(application.failed).toEqual([]);
    expect(application.keyIds.length).toBeGreaterThan(3);
    expect(application.keyIds[0]).toBe(installed);
    expect(answers).toBe(0);
    expect(life.rotations.flatMap(stagesOf)).not.toContain('AskOwner');
    // Each uptake was proved by IAM before the old key went.
    const confirmed = (life.world.aws.buses.get('keyturn') ?? []).filter(
      (event) => event['detail-type'] === 'Confirmed',
    );
    expect(confirmed.length).toBeGreaterThanOrEqual(3);
    for (const { detail } of confirmed) expect(detail).toMatchObject({ by: 'newKeyInUse' });
  },
  // Hundreds of calls, ninety sweeps.
  300_000,
);

it('an application that only claims to read its secret keeps its key, and the operators are told', async () => {
  const life = await Life.begin({ tags: { 'keyturn:self-updating': 'true' } });
  await life.start();
  await life.days(40);
  expect(life.user.keys.find(({ id }) => id === life.oldKey.id)?.status).toBe('Active');
  expect(life.stands).toBe('escalated');
});
