import { AsyncLocalStorage } from 'node:async_hooks';
import type { S3ClientConfig } from '@aws-sdk/client-s3';
import type { STSClientConfig } from '@aws-sdk/client-sts';
import { ConfiguredRetryStrategy } from '@smithy/core/retry';
import type { ClientDefaults, Dependencies, Log, Metrics } from '../tasks/dependencies.ts';
import type { Settings } from '../tasks/settings.ts';
import type { Task } from '../tasks/task.ts';
import type { InMemoryAws } from './aws/in-memory-aws.ts';
import type { VirtualClock } from './clock.ts';
import type { LambdaFunction } from './engine/task-state.ts';

/** What Lambda calls a function whose process ended. */
class ProcessEnded extends Error {
  override readonly name = 'Lambda.Unknown';
}

/** The run that a call belongs to, so that a crash ends the right one. */
const runs = new AsyncLocalStorage<{ readonly crash: () => void }>();

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
): Map<string, LambdaFunction> {
  const { aws, clock, settings, log, metrics } = world;
  aws.onCrash(() => runs.getStore()?.crash());
  return new Map(
    tasks.map(({ name, invoke }): [string, LambdaFunction] => {
      const dependencies: Dependencies = {
        settings,
        aws: clientDefaults(aws, settings.region, roleOf(name)),
        now: clock.now,
        sleep: clock.sleep,
        log,
        metrics,
      };
      const run: LambdaFunction = (payload) =>
        new Promise((resolve, reject) => {
          const crash = (): void => reject(new ProcessEnded(`${name} ended before it answered`));
          runs.run({ crash }, () => invoke(payload, dependencies)).then(resolve, reject);
        });
      return [name, run];
    }),
  );
}

/** `ProvisionNewKey` runs as `keyturn-provision-new-key`. */
export const roleOf = (functionName: string): string =>
  `keyturn${functionName.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
