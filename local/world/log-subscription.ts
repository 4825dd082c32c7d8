import { gzipSync } from 'node:zlib';
import { reportedSteps } from '../../tasks/aws/reported.ts';
import type { Events } from '../../tasks/dependencies.ts';
import { later } from '../../tasks/domain/time.ts';
import { type FunctionRow, kebabCase, publishEvents } from '../../tasks/manifest.ts';
import type { VirtualClock } from './clock.ts';
import { centralAccountId } from './organization.ts';

/** How long CloudWatch Logs takes to deliver a line. Milliseconds. */
const delay = 5000;

/**
 * The subscription of CloudWatch Logs to the functions that report steps: it delivers each line to the function that
 * makes events of them.
 */
export class LogSubscription {
  #count = 0;

  constructor(
    private readonly world: {
      readonly clock: VirtualClock;
      readonly isOn: () => boolean;
      /** Sees every line. */
      readonly read: (line: string) => void;
      readonly deliver: (functionName: string, delivery: unknown) => void;
    },
  ) {}

  /**
   * What a function reports to; undefined if the deployment asks for no events.
   * @throws {Error} when a function reports whose log isn't subscribed to, because its row doesn't say that it reports
   */
  for({ name, reports }: Pick<FunctionRow, 'name' | 'reports'>): Events | undefined {
    const { clock, isOn } = this.world;
    if (!isOn()) return undefined;
    if (reports !== true) {
      return {
        report: () => {
          throw new Error(`${name} reports a step, and its row doesn't say so`);
        },
      };
    }
    return reportedSteps((line) => this.#write(name, line), clock.now);
  }

  #write(functionName: string, line: string): void {
    const { clock, read, deliver } = this.world;
    read(line);
    this.#count += 1;
    const id = String(this.#count).padStart(56, '0');
    const logEvents = [{ id, timestamp: clock.now().getTime(), message: line }];
    const data = gzipSync(
      JSON.stringify({
        messageType: 'DATA_MESSAGE',
        owner: centralAccountId,
        logGroup: `/aws/lambda/keyturn-${kebabCase(functionName)}`,
        logStream: 'stream',
        subscriptionFilters: ['steps'],
        logEvents,
      }),
    ).toString('base64');
    clock.at(later(clock.now(), delay), () => deliver(publishEvents.name, { awslogs: { data } }));
  }
}
