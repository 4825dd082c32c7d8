import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { endingOf } from '../../../tasks/domain/following/endings.ts';
import { type Badge, badgeOf } from '../../../tasks/domain/following/outcomes.ts';
import { type Progress, progressOf } from '../../../tasks/domain/following/progress.ts';
import { type Stage, stageOf } from '../../../tasks/domain/following/stages.ts';
import { day } from '../../../tasks/domain/time.ts';
import type { Execution } from '../../engine/execution.ts';
import { isTagChange, userOf } from '../../story/executions.ts';
import type { World } from '../../world/world.ts';
import { keyOf } from './people.ts';

/** A rotation as lists count and filter it: kept up to date by its events, at next to no cost. */
export interface Run {
  readonly execution: Execution;
  readonly accountId: string;
  readonly userName: string;
  badge: Badge;
  stage: Stage;
  /** As of that many events. */
  read?: { readonly events: number; readonly progress: Progress };
}

/** A rotation that Step Functions no longer knows: what a list shows of it. Its record has the rest. */
export interface ForgottenRun {
  readonly name: string;
  readonly accountId: string;
  readonly userName: string;
  readonly badge: Badge;
  readonly startDate: Date;
}

/** Badges that an operator has to see to. */
const forOperators: ReadonlySet<Badge> = new Set(['needsAPerson', 'failed', 'stopped', 'timedOut']);

/** As long as Step Functions knows a closed execution. */
const kept = 90 * day;

/** The rotations, without starts that only led to another one or changed a user's tags. */
export class Runs {
  readonly #all = new Map<string, Run>();
  readonly #byName = new Map<string, Run>();
  readonly #byUser = new Map<string, Run[]>();
  readonly #ended: Run[] = [];
  readonly #forgotten: ForgottenRun[] = [];
  readonly #badges = new Map<Badge, number>();
  readonly #stages = new Map<Stage, number>();
  readonly #unsettled = new Set<Run>();

  constructor(private readonly world: World) {
    const { engine, stateMachineArn } = world;
    for (const execution of engine.executionsOf(stateMachineArn).toReversed())
      for (const event of execution.history) this.#hear(execution, event);
    world.onEvent((execution, event) => this.#hear(execution, event));
  }

  /** The newest first. */
  get all(): readonly Run[] {
    this.#forget();
    return [...this.#all.values()].reverse();
  }

  /** Those that Step Functions has forgotten, the one that ended last first. */
  get forgotten(): readonly ForgottenRun[] {
    this.#forget();
    return this.#forgotten.toReversed();
  }

  get size(): number {
    return this.#all.size;
  }

  get badges(): ReadonlyMap<Badge, number> {
    return this.#badges;
  }

  /** Of those that run. */
  get stages(): ReadonlyMap<Stage, number> {
    return this.#stages;
  }

  named(name: string): Run | undefined {
    this.#forget();
    return this.#byName.get(name);
  }

  /** A user's, the newest first. */
  of(accountId: string, userName: string): readonly Run[] {
    return (this.#byUser.get(keyOf(accountId, userName)) ?? []).toReversed();
  }

  latestOf(accountId: string, userName: string): Run | undefined {
    return this.#byUser.get(keyOf(accountId, userName))?.at(-1);
  }

  /** Those that wait for an operator, unless the user has a newer one; the newest first. */
  get unsettled(): readonly Run[] {
    this.#forget();
    return [...this.#unsettled].filter((run) => this.latestOf(run.accountId, run.userName) === run).reverse();
  }

  /** How far it is, read from its history; again only if that has grown. */
  progress(run: Run): Progress {
    const { execution } = run;
    const { history, arn, status, input, output, startDate, stopDate, error, cause } = execution;
    if (run.read?.events !== history.length) {
      const followed = {
        executionArn: arn,
        status,
        input: input.text,
        output,
        startDate,
        stopDate,
        error,
        cause,
      };
      run.read = { events: history.length, progress: progressOf(followed, history) };
    }
    return run.read.progress;
  }

  #hear(execution: Execution, event: HistoryEvent): void {
    if (execution.stateMachine.arn !== this.world.stateMachineArn) return;
    const run = this.#all.get(execution.arn) ?? this.#begin(execution);
    if (run === undefined) return;
    const state = event.stateEnteredEventDetails?.name;
    const isEnd = execution.status !== 'RUNNING';
    if (state === undefined && !isEnd && event.type !== 'ExecutionRedriven') return;
    const outcome = isEnd ? endingOf(execution).outcome : undefined;
    const badge = badgeOf(execution.status, { state, outcome });
    if (badge === 'handedOn') {
      this.#remove(run);
      return;
    }
    this.#count(run, -1);
    run.badge = badge;
    run.stage = (state === undefined ? undefined : stageOf(state)) ?? run.stage;
    this.#count(run, 1);
    if (isEnd) this.#ended.push(run);
    if (forOperators.has(badge)) this.#unsettled.add(run);
    else this.#unsettled.delete(run);
  }

  #begin(execution: Execution): Run | undefined {
    const user = userOf(execution);
    if (user === undefined || isTagChange(execution)) return undefined;
    const run: Run = { execution, ...user, badge: 'working', stage: 'assess' };
    this.#all.set(execution.arn, run);
    this.#byName.set(execution.name, run);
    const key = keyOf(user.accountId, user.userName);
    const runs = this.#byUser.get(key);
    if (runs === undefined) this.#byUser.set(key, [run]);
    else runs.push(run);
    this.#count(run, 1);
    return run;
  }

  #count({ badge, stage, execution }: Run, one: 1 | -1): void {
    this.#badges.set(badge, (this.#badges.get(badge) ?? 0) + one);
    const runs =
      badge === 'waiting' ||
      badge === 'working' ||
      (badge === 'needsAPerson' && execution.status === 'RUNNING');
    if (runs) this.#stages.set(stage, (this.#stages.get(stage) ?? 0) + one);
  }

  #remove(run: Run): void {
    if (!this.#all.has(run.execution.arn)) return;
    this.#count(run, -1);
    this.#all.delete(run.execution.arn);
    this.#byName.delete(run.execution.name);
    this.#unsettled.delete(run);
    const runs = this.#byUser.get(keyOf(run.accountId, run.userName)) ?? [];
    runs.splice(runs.indexOf(run), 1);
  }

  #forget(): void {
    const before = this.world.clock.now().getTime() - kept;
    const isExpired = ({ execution: { stopDate } }: Run): boolean =>
      stopDate !== undefined && stopDate.getTime() < before;
    for (let run = this.#ended[0]; run !== undefined && isExpired(run); run = this.#ended[0]) {
      this.#ended.shift();
      const { execution, accountId, userName, badge } = run;
      const { name, startDate } = execution;
      // A redriven one ended twice; one that handed on is no rotation.
      if (this.#all.has(execution.arn)) this.#forgotten.push({ name, accountId, userName, badge, startDate });
      this.#remove(run);
    }
  }
}
