import { describe, expect, it } from 'vitest';
import { Life, stagesOf } from '../../workflows/life.ts';

const second = 1000;

/** The calls of a function, with their times in seconds since the world began. */
function callsOf(life: Life, role: string): { operation: string; at: number }[] {
  const calls: { operation: string; at: number }[] = [];
  const start = life.world.clock.now().getTime();
  life.world.aws.onCall(({ caller, operation, at }) => {
    if ((caller.via ?? caller.roleName) === role)
      calls.push({ operation, at: (at.getTime() - start) / second });
  });
  return calls;
}

describe('functions that take time', () => {
  it('spend it in each call, and the rotation gets equally far', async () => {
    const life = await Life.begin({ callSeconds: () => 2 });
    const calls = callsOf(life, 'keyturn-assess');
    const begun = life.world.clock.now().getTime();
    await life.start();
    expect(life.stands).toBe('AskOwner');
    expect(calls.length).toBeGreaterThan(2);
    for (const [index, { at }] of calls.entries())
      expect(at).toBeGreaterThanOrEqual((calls[index - 1]?.at ?? 0) + (index === 0 ? 0 : 2));
    expect(life.world.clock.now().getTime() - begun).toBeGreaterThan(20 * second);
  });

  it('continue after their execution was stopped', async () => {
    const life = await Life.begin({ callSeconds: (name) => (name === 'Assess' ? 10 : 0) });
    const calls = callsOf(life, 'keyturn-assess');
    const { engine, clock } = life.world;
    clock.at(new Date(clock.now().getTime() + 15 * second), () => {
      engine.stopExecution(life.rotation.arn);
    });
    await life.start();
    expect(life.rotation.status).toBe('ABORTED');
    expect(calls.filter(({ at }) => at > 15).length).toBeGreaterThan(0);
    expect(stagesOf(life.rotation).at(-1)).toBe('Assess');
  });

  it('end at their own time-out, in the middle of their work', async () => {
    const life = await Life.begin({ callSeconds: (name) => (name === 'Assess' ? 20 : 0) });
    const calls = callsOf(life, 'keyturn-assess');
    await life.start();
    const { cause = '', error } =
      life.rotation.history.find(({ type }) => type === 'TaskFailed')?.taskFailedEventDetails ?? {};
    expect(error).toBe('Sandbox.Timedout');
    expect(cause).toContain('timed out after 50');
    expect(calls.slice(0, 2).map(({ at }) => at)).toEqual([20, 40]);
    await life.days(1);
    expect(life.rotation.status).not.toBe('RUNNING');
  });
});
