import type { DescribeSecretResponse } from '@aws-sdk/client-secrets-manager';
import type { Caller, Operation, Operations } from '../types.ts';
import { describeSecret, notFound, type SecretsManager } from './common.ts';
import { findSecret, type Secret } from './secrets.ts';

/** How far behind Secrets Manager's reads are, and how long it keeps versions without a label. */
export interface SecretLags {
  /** For how long DescribeSecret may miss a change; 0 by default. */
  readonly secretLagSeconds?: number | undefined;
  /** How long a version without a label can still be read by its ID; forever by default. */
  readonly unlabelledHours?: number | undefined;
}

interface Before {
  readonly at: number;
  /** Undefined if there was no such secret. */
  readonly description: DescribeSecretResponse | undefined;
}

const changing = /^(?:Create|Put|Update|Delete|Restore|Tag|Untag|Replicate|RemoveRegions)/;

/**
 * Secrets Manager's eventual consistency: for some seconds after a change, DescribeSecret answers, one time in two by
 * seed, what was there before such a recent change. It also removes versions that have lost their last label.
 */
export class StaleSecrets {
  readonly #before = new Map<string, Before[]>();
  readonly #lagMilliseconds: number;
  readonly #kept: number;

  constructor(
    private readonly manager: SecretsManager,
    { secretLagSeconds = 0, unlabelledHours = Infinity }: SecretLags,
  ) {
    this.#lagMilliseconds = secretLagSeconds * 1000;
    this.#kept = unlabelledHours * 3_600_000;
  }

  /** Wraps the operations: each removes expired versions without a label, and remembers what it is about to change. */
  around(operations: Operations): Operations {
    const wrapped = Object.entries(operations).map(([name, run]): [string, Operation] => [
      name,
      (input: { SecretId?: unknown; Name?: unknown }, caller: Caller) => {
        const id = String(input.SecretId ?? input.Name ?? '');
        const before = this.#find(caller, id);
        if (before !== undefined) this.#forgetUnlabelled(before);
        if (changing.test(name)) this.#remember(before, caller, id);
        const output = run(input, caller);
        const after = this.#find(caller, id);
        if (after !== undefined) this.#noteUnlabelled(after);
        return output;
      },
    ]);
    return Object.fromEntries(wrapped);
  }

  /**
   * The response of a lagging read; undefined if it is up to date.
   * @throws AwsError ResourceNotFoundException if it misses that the secret was created
   */
  read(caller: Caller, id: string): DescribeSecretResponse | undefined {
    const secret = this.#find(caller, id);
    const recent = secret === undefined ? [] : this.#recent(secret.arn);
    const { random } = this.manager.model;
    if (recent.length === 0 || random() < 0.5) return undefined;
    const before = recent[Math.floor(random() * recent.length)];
    if (before === undefined) return undefined;
    if (before.description !== undefined) return before.description;
    throw notFound("Secrets Manager can't find the specified secret.");
  }

  #find(caller: Caller, id: string): Secret | undefined {
    return findSecret(this.manager.model, this.manager.secrets, caller.accountId, id);
  }

  #remember(secret: Secret | undefined, caller: Caller, id: string): void {
    if (this.#lagMilliseconds === 0) return;
    const at = this.manager.model.now().getTime();
    const key = secret?.arn ?? `${caller.accountId}/${id}`;
    const before = { at, description: secret === undefined ? undefined : describeSecret(secret) };
    this.#before.set(key, [...this.#recent(key), before]);
  }

  #recent(key: string): Before[] {
    if (this.#lagMilliseconds === 0) return [];
    const since = this.manager.model.now().getTime() - this.#lagMilliseconds;
    // What was remembered about a secret before it had an ARN is under its name.
    const [, account, name] = /^arn:[^:]+:secretsmanager:[^:]+:(\d+):secret:(.+)-\w{6}$/.exec(key) ?? [];
    const unborn = name === undefined ? [] : (this.#before.get(`${account}/${name}`) ?? []);
    return [...unborn, ...(this.#before.get(key) ?? [])].filter(({ at }) => at > since);
  }

  #noteUnlabelled({ versions }: Secret): void {
    for (const version of versions.values()) {
      if (version.stages.size > 0) version.unlabelledSince = undefined;
      else version.unlabelledSince ??= this.manager.model.now();
    }
  }

  #forgetUnlabelled({ versions }: Secret): void {
    const now = this.manager.model.now().getTime();
    for (const { id, unlabelledSince } of versions.values()) {
      if (unlabelledSince !== undefined && now - unlabelledSince.getTime() >= this.#kept) versions.delete(id);
    }
  }
}
