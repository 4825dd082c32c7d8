import type { DeliveredMail } from '../aws/ses/ses.ts';
import { linksIn } from '../world/owner.ts';
import type { World } from '../world/world.ts';

/** When a mail is scanned, in milliseconds after its arrival. */
const visitsAfterMilliseconds = [20_000, 7 * 60_000, 5 * 3_600_000] as const;

/** A mail scanner that opens every link of every mail several times, and submits every form empty. */
export class Scanner {
  opened = 0;
  submitted = 0;
  /** Submissions that decided something. None should. */
  decided = 0;

  constructor(private readonly world: World) {}

  /** @param onFirst called after the first visit */
  scan(mail: DeliveredMail, onFirst: () => void): void {
    const { clock } = this.world;
    for (const [index, after] of visitsAfterMilliseconds.entries()) {
      clock.at(new Date(clock.now().getTime() + after), async () => {
        for (const { url } of linksIn(mail)) await this.#visit(url);
        if (index === 0) onFirst();
      });
    }
  }

  async #visit(url: string): Promise<void> {
    const { ownerApp } = this.world;
    await ownerApp.request(url);
    this.opened += 1;
    const { ok } = await ownerApp.request(url, { method: 'POST', body: new URLSearchParams() });
    this.submitted += 1;
    if (ok) this.decided += 1;
  }
}
