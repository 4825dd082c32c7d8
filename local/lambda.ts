import { AsyncLocalStorage } from 'node:async_hooks';
import type { S3ClientConfig } from '@aws-sdk/client-s3';
import type { STSClientConfig } from '@aws-sdk/client-sts';
import { ConfiguredRetryStrategy } from '@smithy/core/retry';
import type { ClientDefaults, Dependencies, Log, Metrics } from '../tasks/dependencies.ts';
import type { Settings } from '../tasks/settings.ts';
import type { Task } from '../tasks/task.ts';
import type { InMemoryAws } from './aws/in-memory-aws.ts';
import type { InProcessHandler } from './aws/in-process.ts';
import type { VirtualClock } from './clock.ts';
import type { LambdaFunction } from './engine/task-state.ts';

/** What Lambda calls a function whose process ended. */
class ProcessEnded extends Error {
  override readonly name = 'Lambda.Unknown';
}

/** The run that a call belongs to, so that a crash ends the right one. */
const runs = new AsyncLocalStorage<Run>();

interface Run {
  readonly crash: () => void;
  readonly timeOut: () => void;
  /** When the function's own time-out ends it. */
  readonly endsAt: number;
  /** What it waits for at the moment: one thing after the other, as the clock takes an event to be one thread. */
  waiting: Promise<void>;
}

/** What Lambda calls a function that its own time-out ended. */
class TimedOut extends Error {
  override readonly name = 'Sandbox.Timedout';
}

/** How long functions take, in virtual time. */
export interface Durations {
  /** What each call of AWS by a function takes; nothing unless told. */
  readonly callSeconds?: ((functionName: string) => number) | undefined;
  /** The function's own time-out; none unless told. */
  readonly timeoutSeconds?: ((functionName: string) => number | undefined) | undefined;
}

/**
 * What SDK clients are made with here: AWS in memory, as that role of the central account or another, with the SDK's
 * retries but not its pauses. And what else the SDK would look for in the environment and in the AWS configuration of
 * whoever runs this.
 */
export function clientDefaults(
  aws: InMemoryAws,
  region: string,
  roleName: string,
  accountId?: string,
): ClientDefaults {
  const notFromOutside = {
    useFipsEndpoint: false,
    useDualstackEndpoint: false,
    defaultsMode: 'standard',
    retryMode: 'standard',
    maxAttempts: 3,
    userAgentAppId: 'keyturn-local',
    authSchemePreference: [],
    requestChecksumCalculation: 'WHEN_SUPPORTED',
    responseChecksumValidation: 'WHEN_SUPPORTED',
    disableS3ExpressSessionAuth: true,
    useArnRegion: false,
  } satisfies STSClientConfig & S3ClientConfig;
  return {
    ...notFromOutside,
    region,
    credentials: aws.credentialsFor(roleName, accountId),
    requestHandler: aws.requestHandler,
    retryStrategy: new ConfiguredRetryStrategy(3, () => 0),
  };
}

/**
 * The functions as the engine invokes them: each under a role of its own, on the virtual clock. A run that a
 * fault crashes ends there, whatever it still awaits.
 */
export function lambdaFunctions(
  tasks: readonly Task<unknown>[],
  world: {
    readonly aws: InMemoryAws;
    readonly clock: VirtualClock;
    readonly settings: Settings;
    readonly log: Log;
    readonly metrics: Metrics;
  },
  durations: Durations = {},
): Map<string, LambdaFunction> {
  const { aws, clock, settings, log, metrics } = world;
  aws.onCrash(() => runs.getStore()?.crash());
  aws.tellOwnCalls(() => runs.getStore() !== undefined);
  return new Map(
    tasks.map(({ name, invoke }): [string, LambdaFunction] => {
      const dependencies: Dependencies = {
        settings,
        aws: {
          ...clientDefaults(aws, settings.region, roleOf(name)),
          ...slowed(aws.requestHandler, clock, durations.callSeconds?.(name) ?? 0),
        },
        now: clock.now,
        sleep: (milliseconds) => pass(clock, milliseconds),
        log,
        metrics,
      };
      const seconds = durations.timeoutSeconds?.(name) ?? Infinity;
      const run: LambdaFunction = (payload) =>
        new Promise((resolve, reject) => {
          const crash = (): void => reject(new ProcessEnded(`${name} ended before it answered`));
          const timeOut = (): void => reject(new TimedOut(`${name} timed out after ${seconds} seconds`));
          const endsAt = clock.now().getTime() + seconds * 1000;
          runs
            .run({ crash, timeOut, endsAt, waiting: Promise.resolve() }, () => invoke(payload, dependencies))
            .then(resolve, reject);
        });
      return [name, run];
    }),
  );
}

/** Every call takes that long before it arrives, and its caller may be stopped meanwhile, or timed out. */
function slowed(
  handler: InProcessHandler,
  clock: VirtualClock,
  seconds: number,
): { readonly requestHandler?: InProcessHandler } {
  if (seconds === 0) return {};
  const handle: InProcessHandler['handle'] = async (request) => {
    await pass(clock, seconds * 1000);
    return handler.handle(request);
  };
  return { requestHandler: { ...handler, handle } };
}

/** Lets time pass for a function, up to its time-out, at which it ends. */
function pass(clock: VirtualClock, milliseconds: number): Promise<void> {
  const run = runs.getStore();
  if (run === undefined) return clock.sleep(milliseconds);
  const wait = async (): Promise<void> => {
    const left = run.endsAt - clock.now().getTime();
    await clock.sleep(Math.min(milliseconds, Math.max(left, 0)));
    if (milliseconds < left) return;
    run.timeOut();
    return new Promise(() => {});
  };
  run.waiting = run.waiting.then(wait);
  return run.waiting;
}

/** `ProvisionNewKey` runs as `keyturn-provision-new-key`. */
export const roleOf = (functionName: string): string =>
  `keyturn${functionName.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
