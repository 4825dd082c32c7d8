import { day, hour, later } from '../../tasks/domain/time.ts';
import type { DeliveredMail } from '../aws/ses/ses.ts';
import { kindOf, type MailedUser, usersIn } from '../story/mails.ts';
import { Owner } from '../world/owner.ts';
import { between } from '../world/random.ts';
import type { World } from '../world/world.ts';

/** The percentages of owners who never answer and who roll back; the others install and confirm. */
const silent = 15;
const unwilling = 10;

/** The mails that ask for the first time. */
const asking: ReadonlySet<string> = new Set(['newKeyReady', 'retirement', 'severalKeys']);

/** All the owners of a large organization: each answers its mails at some time, or never, at random. */
export class Crowd {
  readonly #asked = new Set<string>();

  constructor(
    private readonly world: World,
    private readonly random: () => number,
  ) {}

  /** Only the first mail that asks counts: reminders lead to nothing new. */
  deliver(mail: DeliveredMail): void {
    if (!asking.has(kindOf(mail) ?? '')) return;
    for (const user of usersIn(mail, this.world.engine)) this.#ask(user);
  }

  #ask({ accountId, userName }: MailedUser): void {
    const user = `${accountId}/${userName}`;
    if (this.#asked.has(user)) return;
    this.#asked.add(user);
    const chance = between(this.random, 1, 100);
    if (chance <= silent) return;
    const at = later(this.world.clock.now(), between(this.random, 1, 6 * 24) * hour);
    const owner = new Owner(this.world, accountId, userName);
    this.world.clock.at(at, () => this.#answer(owner, chance <= silent + unwilling));
    // An owner may be asked again by a later rotation.
    this.world.clock.at(later(at, 30 * day), () => void this.#asked.delete(user));
  }

  async #answer(owner: Owner, isUnwilling: boolean): Promise<void> {
    const isRetirement = !owner.hasNewKey;
    if (isUnwilling) return void (await owner.rollBack('not before the release'));
    if (!isRetirement) await owner.install();
    const [only] = owner.user.keys;
    await owner.confirm(isRetirement && only !== undefined ? { keyId: only.id } : {});
  }
}
