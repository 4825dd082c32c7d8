import type { InMemoryAws } from './aws/in-memory-aws.ts';
import { configurationSet, type MailFate, mailEvent, simulator } from './aws/mail-events.ts';
import type { Mail } from './aws/ses.ts';
import type { VirtualClock } from './clock.ts';
import type { LambdaFunction } from './engine/task-state.ts';

/** How long after a mail its event comes, and comes again: EventBridge promises at least once. Milliseconds. */
const deliveries = [3 * 60_000, 2 * 3_600_000] as const;
/** How often an event is tried that a function failed at, as Lambda does where nobody waits. Milliseconds. */
const retries = [0, 60_000, 120_000] as const;

/** Lets mails bounce or be complained of, and brings the event to the function that hears of it. */
export class Postman {
  #fateOf = (recipient: string): MailFate | undefined => simulator[recipient];

  constructor(
    private readonly world: {
      readonly aws: InMemoryAws;
      readonly clock: VirtualClock;
      readonly region: string;
      readonly accountId: string;
      readonly hear: LambdaFunction;
    },
  ) {
    world.aws.onMail((mail) => this.#take(mail));
  }

  /** What becomes of mail to whom; in place of the simulator's addresses. */
  decide(fateOf: (recipient: string) => MailFate | undefined): void {
    this.#fateOf = fateOf;
  }

  #take(mail: Mail): void {
    const { clock } = this.world;
    const fate = this.#fateOf(mail.to[0] ?? '');
    if (fate === undefined || mail.headers[configurationSet] === undefined) return;
    for (const after of deliveries) {
      clock.at(new Date(clock.now().getTime() + after), () => this.#deliver(mail, fate));
    }
  }

  async #deliver(mail: Mail, fate: MailFate): Promise<void> {
    const { clock, region, accountId, hear } = this.world;
    const event = mailEvent(mail, fate, { region, accountId, at: clock.now() });
    for (const pause of retries) {
      if (pause > 0) await clock.sleep(pause);
      try {
        return void (await hear(event, { executionArn: '', stateName: '' }));
      } catch {
        // Tried again; the function's log has said why.
      }
    }
  }
}
