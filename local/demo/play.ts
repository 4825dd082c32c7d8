import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { later } from '../../tasks/domain/time.ts';
import type { DeliveredMail } from '../aws/ses/ses.ts';
import { kindOf, subjectOf } from '../story/mails.ts';
import type { Step } from '../story/step.ts';
import { clientDefaults } from '../world/lambda.ts';
import { Owner } from '../world/owner.ts';
import type { World } from '../world/world.ts';
import type { Casting } from './cast.ts';
import type { Occasion } from './personas.ts';

type Tell = (part: Casting, step: Step) => void;

/** The owners: each starts with its rotation, and acts on its mails as its persona does. */
export class Play {
  readonly #owners = new Map<
    string,
    { readonly owner: Owner; readonly part: Casting; readonly seen: Occasion[] }
  >();

  constructor(
    private readonly world: World,
    parts: readonly Casting[],
    private readonly random: () => number,
    private readonly tell: Tell,
  ) {
    for (const part of parts) this.#begin(part);
  }

  /** Passes a mail to the owner it is about; other recipients (operators) do nothing. */
  deliver(mail: DeliveredMail): void {
    const { accountId, userName } = subjectOf(mail);
    const found = this.#owners.get(`${accountId}/${userName}`);
    const occasion = occasionOf(mail);
    if (found === undefined || occasion === undefined) return;
    const { owner, part, seen } = found;
    seen.push(occasion);
    const nth = seen.filter((earlier) => earlier === occasion).length;
    for (const { afterMilliseconds, act } of part.persona.deeds(occasion, nth, this.random)) {
      const at = later(this.world.clock.now(), afterMilliseconds);
      this.world.clock.at(at, async () => {
        const why = await act(owner, this.world.clock.now());
        this.tell(part, { stage: 'Owner', why, tone: 'person' });
      });
    }
  }

  #begin(part: Casting): void {
    const { clock } = this.world;
    const { accountId, userName, persona, startsAfterMilliseconds } = part;
    const owner = new Owner(this.world, accountId, userName);
    this.#owners.set(`${accountId}/${userName}`, { owner, part, seen: [] });
    persona.prepare?.(owner, this.world);
    clock.at(later(clock.now(), startsAfterMilliseconds), async () => {
      if (persona.begins === undefined) return this.#start(part);
      this.tell(part, { stage: 'AWS Health', why: persona.begins.act(owner, this.world), tone: 'alarm' });
    });
  }

  async #start({ accountId, userName }: Casting): Promise<void> {
    const { aws, settings, stateMachineArn } = this.world;
    const client = new SFNClient(clientDefaults(aws, settings.region, 'operator'));
    const input = JSON.stringify({ accountId, userName });
    await client.send(new StartExecutionCommand({ stateMachineArn, input }));
  }
}

const occasions: Readonly<Record<string, Occasion>> = {
  newKeyReady: 'asked',
  retirement: 'askedToRetire',
  askedInPlace: 'askedInstead',
  leakedKey: 'leaked',
};

/** The occasion of a mail. Reminders have none: an owner who answers had meant to since the first mail. */
function occasionOf(mail: DeliveredMail): Occasion | undefined {
  const kind = kindOf(mail) ?? '';
  if (Object.hasOwn(occasions, kind)) return occasions[kind];
  return mail.subject.includes('(the old access key is inactive)') ? 'windowOpened' : undefined;
}
