import { day, hour, later } from '../tasks/domain/time.ts';
import type { VirtualClock } from './clock.ts';
import type { Engine } from './engine/engine.ts';
import type { LambdaFunction } from './engine/task-state.ts';

/** Lambda tries an event three times, a minute and then two apart. */
const secondsBetweenTries = [60, 120];

/** Hands an event to the function of that name, as a rule does, once the clock turns. */
export function deliver(
  functionName: string,
  event: unknown,
  lambdas: ReadonlyMap<string, LambdaFunction>,
  clock: VirtualClock,
  tries = 0,
): void {
  const run = lambdas.get(functionName);
  if (run === undefined) throw new Error(`there is no function ${functionName}`);
  clock.at(clock.now(), async () => {
    try {
      await run(event, { executionArn: '', stateName: functionName });
    } catch {
      const pause = secondsBetweenTries[tries];
      if (pause === undefined) return;
      clock.at(new Date(clock.now().getTime() + pause * 1000), () =>
        deliver(functionName, event, lambdas, clock, tries + 1),
      );
    }
  });
}

/** What EventBridge Scheduler does: a sweep a day, named for its day, so that a second delivery starts no second. */
export function scheduleSweeps(
  engine: Engine,
  stateMachineArn: string,
  clock: VirtualClock,
  hourOfDay: number,
): void {
  const today = new Date(clock.now().toISOString().slice(0, 10));
  const first = later(today, hourOfDay * hour);
  const scheduleAt = (at: Date): void => {
    clock.at(at, () => {
      engine.startExecution({ stateMachineArn, name: `daily-${at.toISOString().slice(0, 10)}`, input: '{}' });
      scheduleAt(later(at, day));
    });
  };
  scheduleAt(first > clock.now() ? first : later(first, day));
}
