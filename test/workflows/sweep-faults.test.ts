import { describe, expect, it } from 'vitest';
import type { Call, Fault } from '../../local/aws/types.ts';
import { organizationOf, Swept } from './swept.ts';

const sweepTasks =
  /^keyturn-(list-accounts|survey-account|choose-wave|start-wave|write-report|record-failure)$/;

/** Calls by the sweep's tasks; in member accounts their sessions bear the sweep's name. */
const isBySweep = ({ caller }: Call): boolean =>
  sweepTasks.test(caller.roleName ?? '') || caller.sessionName === 'broken';

/** Sweeps an account of one user, with the fault from the n-th call on for `length` calls. */
async function sweepWith(fault: Fault, at: number, length: number): Promise<{ swept: Swept; calls: number }> {
  const swept = await Swept.begin({ organization: organizationOf(1, 1, 'oldKeyInDailyUse') });
  let calls = 0;
  swept.world.aws.inject((call) => {
    if (!isBySweep(call)) return undefined;
    calls += 1;
    return calls >= at && calls < at + length ? fault : undefined;
  });
  await swept.sweep({}, 'broken');
  return { swept, calls };
}

/** Whether the last report names something that went wrong. */
function isProblem(swept: Swept): boolean {
  const [execution] = swept.world.engine.executionsOf(swept.world.sweepMachineArn);
  return execution?.status === 'SUCCEEDED' && swept.report(execution).overview.problems.length > 0;
}

const everybody = ['111111111111-user-0-1'];

describe('a sweep with a fault at each of its calls', () => {
  it.each<[Fault, number]>([
    ['throttle', 4],
    ['lostAnswer', 1],
    ['crashAfter', 1],
  ])(
    '%s, %i at a time: the account is surveyed, its user started once',
    async (fault, length) => {
      const { calls } = await sweepWith(fault, Number.POSITIVE_INFINITY, 0);
      expect(calls).toBeGreaterThan(15);
      for (let at = 1; at <= calls; at += 1) {
        const { swept } = await sweepWith(fault, at, length);
        const where = `${fault} at call ${at}`;
        expect(swept.rotations, where).toEqual(everybody);
        expect(swept.counts, where).toMatchObject({
          SweepCompleted: 1,
          AccountsSurveyed: 1,
        });
        expect(swept.world.watcher.violations, where).toEqual([]);
      }
    },
    60_000,
  );

  it('that is denied from then on says so, in its report or by mail, and starts nobody twice', async () => {
    const { calls } = await sweepWith('denied', Number.POSITIVE_INFINITY, 0);
    for (let at = 1; at <= calls; at += 1) {
      const { swept } = await sweepWith('denied', at, Number.POSITIVE_INFINITY);
      const where = `denied from call ${at} on`;
      const isTold = swept.world.aws.mails.some(({ subject }) => subject.startsWith('Sweep failed'));
      const counts = swept.counts;
      const isReported =
        (counts.AccountsFailed ?? 0) > 0 || (counts.KeysUnreadable ?? 0) > 0 || isProblem(swept);
      expect(isTold || isReported, where).toBe(true);
      expect(new Set(swept.rotations).size, where).toBe(swept.rotations.length);
      expect(swept.world.watcher.violations, where).toEqual([]);
    }
  }, 60_000);
});
