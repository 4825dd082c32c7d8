import type { BusEvent } from '../aws/bus-event.ts';
import type { InMemoryAws } from '../aws/in-memory-aws.ts';
import { configurationSet, type MailFate, mailEvent, simulator } from '../aws/ses/mail-events.ts';
import type { DeliveredMail } from '../aws/ses/ses.ts';
import type { VirtualClock } from './clock.ts';

/** Milliseconds after a mail at which its event comes, and comes again: EventBridge delivers at least once. */
const deliveries = [3 * 60_000, 2 * 3_600_000] as const;

/** Makes mails bounce or draw complaints, and puts the events on the bus. */
export class Postman {
  #fateOf = (recipient: string): MailFate | undefined => simulator[recipient];

  constructor(
    private readonly world: {
      readonly aws: InMemoryAws;
      readonly clock: VirtualClock;
      readonly region: string;
      readonly accountId: string;
      /** Puts an event on the account's bus, as SES does. */
      readonly put: (event: BusEvent) => void;
    },
  ) {
    world.aws.onMail((mail) => this.#take(mail));
  }

  /** Decides what becomes of mail to a recipient, in place of the simulator's addresses. */
  decide(fateOf: (recipient: string) => MailFate | undefined): void {
    this.#fateOf = fateOf;
  }

  #take(mail: DeliveredMail): void {
    const { clock } = this.world;
    const [to = ''] = mail.to;
    const fate = this.world.aws.sending.suppressed.has(to) ? 'suppressed' : this.#fateOf(to);
    if (fate === undefined || mail.headers[configurationSet] === undefined) return;
    for (const after of deliveries) {
      clock.at(new Date(clock.now().getTime() + after), () => this.#deliver(mail, fate));
    }
  }

  #deliver(mail: DeliveredMail, fate: MailFate): void {
    const { clock, region, accountId, put } = this.world;
    put(mailEvent(mail, fate, { region, accountId, at: clock.now() }));
  }
}
