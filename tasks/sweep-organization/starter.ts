import pMap from 'p-map';
import * as z from 'zod';
import { Executions } from '../aws/executions.ts';
import { isPassing } from '../aws/passing.ts';
import type { Dependencies } from '../dependencies.ts';
import { executionArnOf, executionName } from '../domain/execution-name.ts';
import type { Candidate } from '../domain/sweeps/row.ts';
import type { Sweep } from '../domain/sweeps/sweep.ts';
import { day, later } from '../domain/time.ts';
import { needed } from '../settings.ts';
import { mostAttempts } from './last-rotation.ts';

const startsAtOnce = 10;

/** Step Functions' errors about a name or an input: a problem of one user only. */
const ofOneUser = ['InvalidName', 'InvalidExecutionInput', 'ValidationException'];

/** The results of a round of starts. Those in `failed`, including ended ones, have no place in the wave. */
export const roundSchema = z.object({
  started: z.number(),
  running: z.number(),
  ended: z.number(),
  failed: z.array(z.object({ user: z.string(), because: z.string() })),
});
export type Round = z.infer<typeof roundSchema>;

type Result =
  | { readonly came: 'started' | 'running' }
  | { readonly came: 'ended'; readonly because: string }
  | { readonly came: 'refused'; readonly because: string; readonly error?: Error };

/** Starts users' rotations for one sweep. */
export class Starter {
  readonly #executions: Executions;
  readonly #machine: string;
  /** Users whose rotation ended later than this are left alone for now. */
  readonly #restsSince: Date;

  constructor(
    dependencies: Dependencies,
    private readonly sweep: Sweep,
  ) {
    const { settings, now } = dependencies;
    this.#executions = new Executions(dependencies);
    this.#machine = needed(settings, 'rotationMachine');
    this.#restsSince = later(now(), -settings.survey.restDays * day);
  }

  /**
   * Starts them independently: if one is refused, the others are still started.
   * @param about.isFirst nobody has been started yet
   * @throws Step Functions' error, if it isn't about one user and nobody could be started at all
   */
  async start(candidates: readonly Candidate[], { isFirst }: { readonly isFirst: boolean }): Promise<Round> {
    const results = await pMap(candidates, (candidate) => this.#tryStart(candidate), {
      concurrency: startsAtOnce,
    });
    const many = (came: Result['came']): number => results.filter((one) => one.came === came).length;
    const [error] = results.flatMap((one) => (one.came === 'refused' && one.error ? [one.error] : []));
    if (error !== undefined && isFirst && many('started') + many('running') === 0) throw error;
    const failed = results.flatMap((result, index) => {
      const candidate = candidates[index];
      if (candidate === undefined || !('because' in result)) return [];
      return [{ user: `${candidate.accountId}/${candidate.userName}`, because: result.because }];
    });
    return { started: many('started'), running: many('running'), ended: many('ended'), failed };
  }

  async #tryStart(candidate: Candidate): Promise<Result> {
    try {
      return await this.#start(candidate);
    } catch (error) {
      if (isPassing(error) || !(error instanceof Error)) throw error;
      const because = `Step Functions refused to start it: ${error.name}`;
      return { came: 'refused', because, ...(ofOneUser.includes(error.name) ? {} : { error }) };
    }
  }

  /**
   * Skips names whose execution ended long ago without leaving a mark on the user; otherwise the user could never be
   * started again. Doesn't skip an execution that ended just now: that was this sweep's, or somebody's by hand.
   */
  async #start(candidate: Candidate): Promise<Result> {
    const beganAt = this.sweep.startedAt.getTime();
    for (let attempt = candidate.attempt; attempt < candidate.attempt + mostAttempts; attempt += 1) {
      const name = executionName(candidate, attempt);
      const started = await this.#executions.start(this.#machine, name, candidate.input);
      if (started.state === 'started') {
        const at = started.startedAt?.getTime() ?? beganAt;
        return { came: at < beganAt ? 'running' : 'started' };
      }
      const taken = await this.#executions.describe(executionArnOf(this.#machine, name));
      // If it isn't found, that may be Step Functions' lag: then it counts as running.
      if (taken?.stoppedAt === undefined) return { came: 'running' };
      // This sweep's own, if the task runs again; one started by a person usually has another input.
      const isOwn = taken.startedAt.getTime() >= beganAt && taken.input === JSON.stringify(candidate.input);
      if (isOwn) return { came: 'started' };
      if (taken.stoppedAt.getTime() > this.#restsSince.getTime()) {
        return { came: 'ended', because: `its last rotation, ${name}, has just ended as ${taken.status}` };
      }
    }
    return { came: 'refused', because: `the names of ${mostAttempts} consecutive attempts are taken` };
  }
}
