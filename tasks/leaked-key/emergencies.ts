import * as z from 'zod';
import { type DescribedExecution, Executions } from '../aws/executions.ts';
import type { Dependencies } from '../dependencies.ts';
import { defined } from '../domain/defined.ts';
import { AwsUnavailable } from '../domain/errors.ts';
import { executionArnOf } from '../domain/execution-name.ts';
import { fromJson } from '../domain/json.ts';
import { type Emergency, keysOfEmergency, leakExecutionName, mostEmergencies } from '../domain/leaks/leak.ts';
import type { LeakReport } from '../domain/leaks/report.ts';
import { needed } from '../settings.ts';

const outputSchema = z.object({ outcome: z.string(), rotation: z.string().optional() });

/** The emergencies of leaked keys, identified by the names under which they were started. */
export class Emergencies {
  readonly #executions: Executions;
  readonly #machine: string;

  constructor(private readonly dependencies: Dependencies) {
    this.#executions = new Executions(dependencies);
    this.#machine = needed(dependencies.settings, 'rotationMachine');
  }

  /** The ARN of this key's first emergency. It also names the session that looks at the key. */
  arnOf(keyId: string): string {
    return executionArnOf(this.#machine, leakExecutionName(keyId));
  }

  /** Every emergency that was started under a name of this key, oldest first. */
  async startedFor(keyId: string): Promise<Emergency[]> {
    const found: Emergency[] = [];
    for (let attempt = 1; attempt <= mostEmergencies; attempt += 1) {
      const name = leakExecutionName(keyId, attempt);
      const execution = await this.#describe(executionArnOf(this.#machine, name));
      if (execution === undefined) break;
      const { input, startedAt } = execution;
      const state = await this.#stateOf(execution);
      found.push({ name, state, keyIds: keysOfEmergency(input), startedAt });
    }
    return found;
  }

  /**
   * Starts one for these keys of a user, named after the first key.
   * @param attempt the number of this attempt under that key's name
   * @throws {AwsUnavailable} if the name is taken by one that isn't visible yet: worth another try
   */
  async start(
    user: { readonly accountId: string; readonly userName: string },
    [keyId, ...alsoLeaked]: readonly [string, ...string[]],
    attempt: number,
    reported?: LeakReport,
  ): Promise<string> {
    const name = leakExecutionName(keyId, attempt);
    const also = alsoLeaked.length === 0 ? {} : { alsoLeaked };
    const request = { ...user, action: 'emergency', keyId, ...also, ...defined({ reported }) };
    const { state } = await this.#executions.start(this.#machine, name, request);
    if (state === 'nameTaken') throw new AwsUnavailable(`${name} was started a moment ago; look again`);
    return name;
  }

  /** The state of an emergency; if it delegated, of the one that it delegated to, which doesn't delegate again. */
  async #stateOf(execution: DescribedExecution, isLast = false): Promise<Emergency['state']> {
    const { status, output } = execution;
    if (status === 'RUNNING') return 'running';
    if (status !== 'SUCCEEDED') return 'failed';
    const { outcome, rotation } = outputSchema.safeParse(fromJson(output)).data ?? { outcome: '' };
    switch (outcome) {
      case 'completed':
        return 'completed';
      case 'rolledBack':
        return 'takenBack';
      case 'handedOn': {
        const to = rotation === undefined ? undefined : await this.#describe(rotation);
        return to === undefined || isLast ? 'ended' : this.#stateOf(to, true);
      }
      default:
        return 'ended';
    }
  }

  /**
   * This is only informative: an execution that can't be described must not prevent an emergency from being started.
   */
  async #describe(executionArn: string): Promise<DescribedExecution | undefined> {
    try {
      return await this.#executions.describe(executionArn);
    } catch (error) {
      const because = error instanceof Error ? error.name : 'no answer';
      this.dependencies.log.warn("an earlier emergency can't be described", { executionArn, because });
      return undefined;
    }
  }
}
