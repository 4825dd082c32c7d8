import { AsyncLocalStorage } from 'node:async_hooks';
import type { S3ClientConfig } from '@aws-sdk/client-s3';
import type { STSClientConfig } from '@aws-sdk/client-sts';
import { ConfiguredRetryStrategy } from '@smithy/core/retry';
import type { ClientDefaults, Events, Log, Metrics } from '../../tasks/dependencies.ts';
import { later } from '../../tasks/domain/time.ts';
import { type FunctionRow, kebabCase, useCanaryKey } from '../../tasks/manifest.ts';
import { environmentFrom, fileFrom, type Settings, settingsFrom } from '../../tasks/settings.ts';
import type { InMemoryAws } from '../aws/in-memory-aws.ts';
import type { LambdaFunction } from '../engine/steps.ts';
import type { VirtualClock } from './clock.ts';
import type { LocalFunction } from './functions.ts';
import { invocationFailed, LambdaError, type LambdaFault, processEnded, timedOut } from './lambda-faults.ts';

/**
 * The configuration of SDK clients here: AWS in memory, as that role of the central account or another, with the
 * SDK's retries but not its pauses. It also sets everything that the SDK would otherwise take from the environment
 * and the AWS configuration of the person who runs this.
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
    ignoreConfiguredEndpointUrls: true,
  } satisfies STSClientConfig & S3ClientConfig;
  return {
    ...notFromOutside,
    region,
    credentials: aws.credentialsFor(roleName, accountId),
    ...aws.sdkSettings,
    retryStrategy: new ConfiguredRetryStrategy(3, () => 0),
  };
}

/** The environment of the functions. */
export interface LambdaWorld {
  readonly aws: InMemoryAws;
  readonly clock: VirtualClock;
  /** A deployment's settings. */
  readonly settings: Settings;
  readonly log: Log;
  readonly metrics: Metrics;
  /** What a function reports steps to. */
  readonly eventsFor?: (row: FunctionRow) => Events | undefined;
  /** How many virtual seconds each AWS call of a function takes; none if omitted. */
  readonly callSeconds?: ((functionName: string) => number) | undefined;
  /** The fault to inject into an invocation, asked before each. */
  readonly faultOf: (functionName: string) => LambdaFault | undefined;
}

/**
 * The settings as functions get them: through the file and the variables of a deployment. Read again only when they
 * have changed, as after a deployment.
 */
export function settingsReader(settings: Settings): () => Settings {
  let last: { readonly text: string; readonly settings: Settings } | undefined;
  return () => {
    const [file, environment] = [fileFrom(settings), environmentFrom(settings)];
    const text = file + JSON.stringify(environment);
    if (last?.text !== text) last = { text, settings: settingsFrom(file, environment) };
    return last.settings;
  };
}

/** Which function runs: the canary's application uses its key as any application does, and not as keyturn's proof. */
const running = new AsyncLocalStorage<string>();

/**
 * The functions as they are invoked: each under a role of its own, on the virtual clock, told the deployment's
 * settings, and ended after its row's seconds. A run that was ended does nothing any more, even if it still awaits
 * something.
 */
export function lambdaFunctions(
  functions: readonly LocalFunction[],
  world: LambdaWorld,
): Map<string, LambdaFunction> {
  world.aws.onCrash(() => world.clock.breakOff(processEnded()));
  world.aws.tellOwnCalls(() => world.clock.isInside() && running.getStore() !== useCanaryKey.name);
  return new Map(functions.map((one): [string, LambdaFunction] => [one.name, lambdaFunction(one, world)]));
}

function lambdaFunction({ name, row, invoke }: LocalFunction, world: LambdaWorld): LambdaFunction {
  const { aws, clock, log, metrics } = world;
  const settings = settingsReader(world.settings);
  const start = (role: string): ClientDefaults => ({
    ...clientDefaults(aws, world.settings.region, role),
    requestHandler: whileRunning(aws.requestHandler, clock, world.callSeconds?.(name) ?? 0),
  });
  // A process serves one run at a time; what it keeps in memory is available to the next one, under the same role.
  const idleOf = new Map<string, ClientDefaults[]>();
  return async (payload) => {
    const fault = world.faultOf(name);
    if (fault?.ran === false) throw invocationFailed(fault);
    const role = roleOf(name, world.settings);
    const idle = idleOf.get(role) ?? [];
    idleOf.set(role, idle);
    const process = idle.pop() ?? start(role);
    const { result, breakOff } = clock.breakable(async () =>
      running.run(name, () =>
        invoke(payload, {
          settings: settings(),
          aws: process,
          now: clock.now,
          sleep: clock.sleep,
          log,
          metrics,
          events: world.eventsFor?.(row),
        }),
      ),
    );
    const timer = clock.at(later(clock.now(), row.seconds * 1000), () => breakOff(timedOut(row.seconds)));
    let isAlive = true;
    try {
      const answer = await result;
      if (fault !== undefined) throw invocationFailed(fault);
      return answer;
    } catch (error) {
      // Its memory is lost.
      isAlive = !(error instanceof LambdaError);
      throw error;
    } finally {
      if (isAlive) idle.push(process);
      timer.cancel();
    }
  };
}

/** Delays every call by that long before it arrives. No call of a run that has ended is sent, and no answer reaches it. */
function whileRunning(
  handler: InMemoryAws['requestHandler'],
  clock: VirtualClock,
  seconds: number,
): InMemoryAws['requestHandler'] {
  // One after the other: the clock treats a task as one thread, which either sleeps or doesn't.
  let waiting = Promise.resolve();
  return {
    ...handler,
    handle: async (request) => {
      if (seconds > 0) {
        waiting = clock.isOver() ? waiting : waiting.then(() => clock.sleep(seconds * 1000));
        await waiting;
      }
      if (clock.isOver()) return new Promise(() => {});
      const response = await handler.handle(request);
      return clock.isOver() ? new Promise(() => {}) : response;
    },
  };
}

/** `ProvisionNewKey` runs as `keyturn-provision-new-key`: all of a deployment's roles begin alike. */
export const roleOf = (
  functionName: string,
  { memberRole }: Pick<Settings, 'memberRole'> = { memberRole: 'keyturn-member' },
): string => `${memberRole.replace(/-member$/, '')}-${kebabCase(functionName)}`;
