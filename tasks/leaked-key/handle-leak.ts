import { lookAtKey } from '../aws/key-owner.ts';
import { isPassing } from '../aws/passing.ts';
import type { Dependencies } from '../dependencies.ts';
import { AwsUnavailable } from '../domain/errors.ts';
import {
  type Emergency,
  isTemporary,
  type Leak,
  type LeakedKey,
  leakEventSchema,
  leakIn,
  mostEmergencies,
  respondTo,
} from '../domain/leaks/leak.ts';
import { holding } from '../holder.ts';
import { lambdaHandler } from '../lambda.ts';
import { leakNeedsPerson } from '../messages/leak.ts';
import { speakerOf } from '../presentation/speaker.ts';
import { needed } from '../settings.ts';
import { task } from '../task.ts';
import { tell } from '../tell.ts';
import { Emergencies } from './emergencies.ts';

/** The result of handling an event. */
interface Heard {
  readonly keyId: string;
  readonly act: 'started' | 'none' | 'askPerson';
  readonly because: string;
}

/**
 * Receives leaked keys from AWS Health, through an EventBridge rule, and starts an emergency rotation for each user
 * who owns one. Scope and mode aren't checked here: the emergency does that, and reports what it isn't allowed to do.
 * If none can be started, the operators are told, because an unnoticed leak is the worst outcome.
 */
export const handleLeak = task({
  name: 'HandleLeak',
  input: leakEventSchema,
  run: async (event, dependencies): Promise<{ readonly heard: readonly Heard[] }> => {
    const leak = leakIn(event);
    const hearing = new Hearing(leak, dependencies);
    if (leak.severity === 'leaked') await hearing.leaked();
    if (leak.severity === 'suspected') await hearing.suspected();
    // Lambda retries what failed; events that keep failing go to the dead-letter queue.
    if (hearing.failures.length > 0) throw hearing.failures[0];
    return { heard: hearing.heard };
  },
});

/** For how long a region on standby lets the other one act, and how often it looks meanwhile. */
const patienceSeconds = 120;
const lookSeconds = 15;

interface Looked {
  readonly keyId: string;
  readonly key: LeakedKey;
}
type Owned = { readonly keyId: string; readonly key: Extract<LeakedKey, { userName: string }> };

/** The handling of one event. An error with one key is kept until the other keys have been handled. */
class Hearing {
  readonly heard: Heard[] = [];
  readonly failures: unknown[] = [];
  readonly #emergencies: Emergencies;

  constructor(
    private readonly leak: Leak,
    private readonly dependencies: Dependencies,
  ) {
    this.#emergencies = new Emergencies(dependencies);
  }

  async leaked(): Promise<void> {
    const { keyIds, isClosed } = this.leak;
    if (keyIds.length === 0 && !isClosed) await this.#unnamed();
    if (await this.#isLeftToHolder()) return;
    const byUser = new Map<string, Owned[]>();
    for (const keyId of keyIds) {
      await this.#trying([keyId], undefined, async () => {
        const key = await this.#look(keyId);
        if (key.state === 'nobodys') await this.#respondAlone({ keyId, key });
        else byUser.set(key.userName, [...(byUser.get(key.userName) ?? []), { keyId, key }]);
      });
    }
    for (const [userName, keys] of byUser) {
      const ids = keys.map(({ keyId }) => keyId);
      await this.#trying(ids, userName, () => this.#respondFor(userName, keys));
    }
  }

  /** A mere suspicion changes nothing; a person is asked unless the matter is closed. */
  async suspected(): Promise<void> {
    const { keyIds, isClosed, eventTypeCode } = this.leak;
    if (isClosed) return;
    if (keyIds.length === 0) await this.#unnamed();
    const because = `${eventTypeCode} is a suspicion, or a code that keyturn doesn't know`;
    for (const keyId of keyIds) {
      await this.#trying([keyId], undefined, async () => {
        const key = await this.#look(keyId).catch(() => undefined);
        if (key?.state === 'inactive') return this.#note(keyId, 'none', 'the key is inactive');
        if (key?.state === 'nobodys') return this.#askPerson(keyId, `${because}. ${key.because}`);
        return this.#askPerson(keyId, because, key?.userName);
      });
    }
  }

  /**
   * In a region on standby: gives the one that holds the lease a moment, because it hears of the same leak. If a key is
   * still active after that, or anything is uncertain, it is handled here: a leak waits for no lease.
   */
  async #isLeftToHolder(): Promise<boolean> {
    const { sleep } = this.dependencies;
    const standing = await holding(this.dependencies).catch(() => undefined);
    if (standing?.state !== 'elsewhere') return false;
    for (let waited = 0; waited <= patienceSeconds; waited += lookSeconds) {
      if (await this.#areAllInactive()) {
        for (const keyId of this.leak.keyIds) this.#note(keyId, 'none', `handled in ${standing.region}`);
        return true;
      }
      await sleep(lookSeconds * 1000);
    }
    return false;
  }

  async #areAllInactive(): Promise<boolean> {
    for (const keyId of this.leak.keyIds) {
      const key = await this.#look(keyId).catch(() => undefined);
      if (key?.state !== 'inactive') return false;
    }
    return true;
  }

  #unnamed(): Promise<void> {
    return this.#trying([], undefined, () =>
      this.#askPerson('an unnamed key', 'the event names no access key'),
    );
  }

  async #look(keyId: string): Promise<LeakedKey> {
    if (isTemporary(keyId)) {
      const because = `${keyId} is a temporary credential of a role's or user's session, not an access key of an IAM user`;
      return { state: 'nobodys', because };
    }
    const { accountId } = this.leak;
    return lookAtKey(this.dependencies, { accountId, keyId, executionArn: this.#emergencies.arnOf(keyId) });
  }

  async #respondAlone({ keyId, key }: Looked): Promise<void> {
    const before = (await this.#emergencies.startedFor(keyId)).at(-1);
    const { act, because } = respondTo(key, before, this.leak.isClosed);
    if (act === 'none') return this.#note(keyId, 'none', because);
    return this.#askPerson(keyId, because);
  }

  /** One emergency for all keys of a user that need one: a leaked key must not replace another. */
  async #respondFor(userName: string, keys: readonly Owned[]): Promise<void> {
    const started = new Map<string, Emergency[]>();
    for (const { keyId } of keys) started.set(keyId, await this.#emergencies.startedFor(keyId));
    const all = [...started.values()].flat();
    const urgent: string[] = [];
    for (const { keyId, key } of keys) {
      const { act, because } = respondTo(key, latestAbout(keyId, all), this.leak.isClosed);
      if (act === 'start') urgent.push(keyId);
      else if (act === 'askPerson') await this.#askPerson(keyId, because, userName);
      else this.#note(keyId, 'none', because);
    }
    const [first, ...others] = urgent;
    if (first === undefined) return;
    const attempt = (started.get(first)?.length ?? 0) + 1;
    if (attempt > mostEmergencies) {
      const because = `it is still active after ${mostEmergencies} emergency rotations`;
      for (const keyId of urgent) await this.#askPerson(keyId, because, userName);
      return;
    }
    const { accountId, report } = this.leak;
    const name = await this.#emergencies.start({ accountId, userName }, [first, ...others], attempt, report);
    for (const keyId of urgent) this.#note(keyId, 'started', `its emergency is ${name}`);
  }

  /**
   * Transient errors are left to Lambda's retries. Any other is reported to a person immediately, and retried too.
   */
  async #trying(
    keyIds: readonly string[],
    userName: string | undefined,
    run: () => Promise<void>,
  ): Promise<void> {
    try {
      await run();
    } catch (error) {
      this.failures.push(error);
      const because = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      const { accountId } = this.leak;
      this.dependencies.log.error('a leaked key could not be handled', { accountId, keyIds, because });
      if (isPassing(error) || error instanceof AwsUnavailable) return;
      for (const keyId of keyIds) {
        await this.#askPerson(keyId, because, userName).catch((reason: unknown) => {
          this.failures.push(reason);
        });
      }
    }
  }

  async #askPerson(keyId: string, because: string, userName?: string): Promise<void> {
    const { settings } = this.dependencies;
    const { accountId, severity, report } = this.leak;
    const machine = needed(settings, 'rotationMachine');
    const about = {
      ...{ accountId, keyId, userName, because, severity, report, machine },
      speaker: speakerOf(settings),
    };
    this.#note(keyId, 'askPerson', because);
    this.dependencies.events?.report({ name: 'Escalated', accountId, userName, cause: 'leakNeedsPerson' });
    await tell(this.dependencies, [settings.operators], leakNeedsPerson(about));
  }

  #note(keyId: string, act: Heard['act'], because: string): void {
    this.heard.push({ keyId, act, because });
    const { accountId, eventTypeCode } = this.leak;
    this.dependencies.log.warn('handled a report of a leaked key', {
      accountId,
      keyId,
      eventTypeCode,
      act,
      because,
    });
  }
}

const latestAbout = (keyId: string, all: readonly Emergency[]): Emergency | undefined =>
  all
    .filter(({ keyIds }) => keyIds.includes(keyId))
    .toSorted((a, b) => a.startedAt.getTime() - b.startedAt.getTime())
    .at(-1);

export const handler = lambdaHandler(handleLeak);
