import { day, hour, isoDay, later } from '../../tasks/domain/time.ts';
import { type Place, patternAt, retriesOf, type ScheduleRow } from '../../tasks/manifest.ts';
import type { BusEvent } from '../aws/bus-event.ts';
import type { Engine } from '../engine/engine.ts';
import type { LambdaFunction } from '../engine/steps.ts';
import type { VirtualClock } from './clock.ts';
import { matchesPattern } from './event-pattern.ts';
import type { LocalFunction } from './functions.ts';

/** An event that a function failed to handle every time. */
export interface DeadLetter {
  readonly functionName: string;
  readonly event: unknown;
}

/** Seconds that Lambda pauses before the first and the second retry of an event. */
const pauses = [60, 120] as const;

/** The account's bus: the rules are those of the manifest, with this place's values filled in. */
export class EventBridge {
  readonly deadLetters: DeadLetter[] = [];

  constructor(
    private readonly world: {
      readonly functions: readonly LocalFunction[];
      readonly lambdas: ReadonlyMap<string, LambdaFunction>;
      readonly clock: VirtualClock;
      readonly place: Place;
    },
  ) {}

  /** Passes an event to each function whose pattern it matches. @returns the functions' names */
  put(event: BusEvent): string[] {
    const matched = this.world.functions.filter(
      ({ row: { trigger } }) =>
        trigger.kind === 'event' && matchesPattern(patternAt(trigger.pattern, this.world.place), event),
    );
    for (const { name } of matched) this.deliver(name, event);
    return matched.map(({ name }) => name);
  }

  /** Passes an event to one function, when the clock advances. */
  deliver(functionName: string, event: unknown): void {
    const found = this.world.functions.find(({ name }) => name === functionName);
    const run = this.world.lambdas.get(functionName);
    if (found === undefined || run === undefined) throw new Error(`there is no function ${functionName}`);
    this.#invoke(found, run, event, 0);
  }

  /** What EventBridge Scheduler does with the functions of the canary. */
  invokeByClock(): void {
    for (const { name, row } of this.world.functions) {
      if (row.trigger.kind === 'clock') this.#again(name, row.trigger.everyHours);
    }
  }

  #again(name: string, everyHours: number): void {
    const { clock } = this.world;
    clock.at(later(clock.now(), everyHours * hour), () => {
      this.deliver(name, {});
      this.#again(name, everyHours);
    });
  }

  #invoke(to: LocalFunction, run: LambdaFunction, event: unknown, failures: number): void {
    const { clock } = this.world;
    const pause = failures === 0 ? 0 : (pauses[failures - 1] ?? 0);
    clock.at(later(clock.now(), pause * 1000), async () => {
      try {
        await run(event, { executionArn: '', stateName: to.name });
      } catch {
        if (failures < retriesOf(to.row)) this.#invoke(to, run, event, failures + 1);
        else this.deadLetters.push({ functionName: to.name, event });
      }
    });
  }
}

/**
 * What EventBridge Scheduler does: starts the machine daily at that hour, with the input in the schedule's row.
 * A row without one gets AWS's own notification.
 */
export function startDaily(
  { machine, input }: ScheduleRow,
  world: {
    readonly engine: Engine;
    readonly stateMachineArn: string;
    readonly clock: VirtualClock;
    readonly place: Place;
    readonly hourOfDay: number;
  },
): void {
  const { engine, stateMachineArn, clock, place, hourOfDay } = world;
  const today = new Date(isoDay(clock.now()));
  const first = later(today, hourOfDay * hour);
  const startAt = (at: Date): void => {
    clock.at(at, () => {
      const sent = input ?? notification(machine, place, at);
      engine.startExecution({ stateMachineArn, input: JSON.stringify(sent) });
      startAt(later(at, day));
    });
  };
  startAt(first > clock.now() ? first : later(first, day));
}

/** What a schedule without input passes to its target, according to the Scheduler's documentation. */
const notification = (schedule: string, { partition, region, account }: Place, at: Date) => ({
  version: '0',
  id: `00000000-0000-4000-8000-${String(at.getTime()).slice(0, -1).padStart(12, '0')}`,
  'detail-type': 'Scheduled Event',
  source: 'aws.scheduler',
  account,
  time: at.toISOString().replace('.000Z', 'Z'),
  region,
  resources: [`arn:${partition}:scheduler:${region}:${account}:schedule/default/keyturn-${schedule}`],
  detail: '{}',
});
