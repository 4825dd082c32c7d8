import type { ExecutionStatus, MapRunStatus } from '@aws-sdk/client-sfn';
import type { MapState } from './definition.ts';
import type { Execution, StateMachine, Visit } from './execution.ts';

/** How many of a Map Run's children stand how, as DescribeMapRun counts them. */
export type MapRunCounts = Readonly<
  Record<'pending' | 'running' | 'succeeded' | 'failed' | 'timedOut' | 'aborted' | 'total', number>
>;

const countedAs = {
  RUNNING: 'running',
  SUCCEEDED: 'succeeded',
  FAILED: 'failed',
  TIMED_OUT: 'timedOut',
  ABORTED: 'aborted',
  PENDING_REDRIVE: 'pending',
} as const satisfies Readonly<Record<ExecutionStatus, keyof MapRunCounts>>;

/** One run of a distributed Map: its items, and an execution for each that was started. */
export class MapRun {
  status: MapRunStatus = 'RUNNING';
  stopDate: Date | undefined;
  redriveCount = 0;
  /** By the item's place, which is the order in which they start. */
  readonly children = new Map<number, Execution>();

  constructor(
    readonly arn: string,
    /** The stay in the Map state that it belongs to; a redrive's is another. */
    public visit: Visit,
    readonly state: MapState,
    /** As the children's machine is shown: the Map's inner states under the parent's name and the label. */
    readonly machine: StateMachine,
    readonly items: readonly unknown[],
    readonly startDate: Date,
  ) {}

  /** Kept, not counted: it is asked for at every child's end. */
  readonly #tally = { running: 0, succeeded: 0, failed: 0, timedOut: 0, aborted: 0, pending: 0 };

  /** Notes that a child now stands so, where it stood as `before`; undefined for one just started. */
  note(child: Execution, before?: ExecutionStatus): void {
    if (before !== undefined) this.#tally[countedAs[before]] -= 1;
    this.#tally[countedAs[child.status]] += 1;
  }

  get counts(): MapRunCounts {
    const pending = this.items.length - this.children.size;
    return { ...this.#tally, pending, total: this.items.length };
  }
}
