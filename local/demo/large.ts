import { day, later } from '../../tasks/domain/time.ts';
import type { Execution } from '../engine/execution.ts';
import type { Size } from '../options.ts';
import { randomStream } from '../world/random.ts';
import { createWorld, type World } from '../world/world.ts';
import { Crowd } from './crowd.ts';
import { runDays } from './run-days.ts';
import { type RunReport, reportOn } from './summary.ts';

const days = runDays.least;
/** Daily sweeps would show nothing new and take longer, because most keys are due here. */
const daysBetweenSweeps = 14;

/** What a sweep found, for its line. */
export interface SweptLine {
  readonly day: number;
  readonly at: Date;
  readonly counts: Readonly<Record<'accounts' | 'users' | 'keys' | 'due' | 'inRotation' | 'started', number>>;
}

export interface LargeAudience {
  readonly hear: (line: SweptLine) => void;
  readonly passDay: (days: number, of: number) => void;
  /** Called after each AWS call with how many there were: a sweep takes a while, in which no day passes. */
  readonly call: (calls: number) => void;
}

export interface LargeReport extends RunReport {
  readonly sweeps: readonly SweptLine[];
}

/**
 * Runs an organization of that size: a sweep every other week finds what is due and starts some of it, and owners
 * answer.
 */
export async function runLarge(
  { seed, accounts, users }: Size,
  audience: LargeAudience,
): Promise<LargeReport> {
  const perSweep = Math.max(20, Math.ceil((accounts * users) / 200));
  const world = await createWorld({
    seed,
    organization: { accounts, users },
    settings: { waves: { perSweep, perAccount: 5 } },
  });
  const crowd = new Crowd(world, randomStream(seed, 'crowd'));
  let calls = 0;
  let delivered = 0;
  world.aws.onCall(() => {
    calls += 1;
    audience.call(calls);
    for (const mail of world.aws.mails.slice(delivered)) {
      delivered += 1;
      crowd.deliver(mail);
    }
  });
  const start = world.clock.now();
  const sweeps: SweptLine[] = [];
  audience.passDay(0, days);
  for (let passed = 0; passed < days; passed += 1) {
    const sweep = passed % daysBetweenSweeps === 0 ? begin(world, passed) : undefined;
    await world.clock.advanceTo(later(start, (passed + 1) * day));
    if (sweep !== undefined) {
      const line = { day: passed, at: sweep.startDate, counts: countsOf(sweep) };
      sweeps.push(line);
      audience.hear(line);
    }
    audience.passDay(passed + 1, days);
  }
  return { ...reportOn(world, { virtualDays: days, calls }), sweeps };
}

function begin({ engine, sweepMachineArn }: World, passed: number): Execution {
  return engine.startExecution({ stateMachineArn: sweepMachineArn, name: `day-${passed}`, input: '{}' });
}

function countsOf({ status, output, cause }: Execution): SweptLine['counts'] {
  if (status !== 'SUCCEEDED') throw new Error(`the sweep is ${status}: ${cause ?? ''}`);
  const { totals, starts } = JSON.parse(output ?? '{}');
  const { byDecision, surveyed, users, keys } = totals;
  const { due, inRotation } = byDecision;
  return { accounts: surveyed, users, keys, due, inRotation, started: starts.started };
}
