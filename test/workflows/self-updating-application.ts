import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { UserKey } from '../../local/aws/iam/account.ts';
import { clientDefaults } from '../../local/world/lambda.ts';
import { secretNameOf } from '../../tasks/domain/rotation.ts';
import { hour, later } from '../../tasks/domain/time.ts';
import { readAs } from './application.ts';
import type { Life } from './life.ts';

const hoursBetween = 3;

/** When an application reads its secret: whenever it works, or only when an event says that a key is ready. */
export type ReadsSecret = 'regularly' | 'when an event says so';

/**
 * An application as docs/self-updating.md describes it: it works every few hours with the key it has, and reads its secret
 * with that key. If it can't read it, it keeps the key that it has.
 */
export class SelfUpdatingApplication {
  readonly failed: string[] = [];
  /** The keys that it has worked with, in order. */
  readonly keyIds: string[] = [];
  calls = 0;
  #key: Pick<UserKey, 'id' | 'secret'>;
  #eventsSeen = 0;

  constructor(
    private readonly life: Life,
    private readonly reads: ReadsSecret,
  ) {
    this.#key = life.oldKey;
    // From now on, only what it really calls counts as use.
    for (const usage of life.user.usages) usage.until = life.world.clock.now();
    this.#again();
  }

  #again(): void {
    const { clock } = this.life.world;
    clock.at(later(clock.now(), hoursBetween * hour), async () => {
      await this.#work();
      if (this.reads === 'regularly' || this.#isToldOfKey()) await this.#read();
      this.#again();
    });
  }

  #isToldOfKey(): boolean {
    const events = this.life.world.aws.buses.get('keyturn') ?? [];
    const fresh = events.slice(this.#eventsSeen);
    this.#eventsSeen = events.length;
    return fresh.some((event) => event['detail-type'] === 'Key ready');
  }

  async #read(): Promise<void> {
    const { user, owner, world } = this.life;
    const name = secretNameOf(world.settings.secretPrefix, owner);
    const key = { ...user.keys[0], ...this.#key } as UserKey;
    try {
      const { accessKeyId: id = '', secretAccessKey: secret = '' } = await readAs(this.life, key, name);
      this.#key = { id, secret };
    } catch (error) {
      // Until there is a secret, nothing lets the user read it.
      if (this.life.secret !== undefined) this.#note(error);
    }
  }

  async #work(): Promise<void> {
    const { aws, settings } = this.life.world;
    const { id: accessKeyId, secret: secretAccessKey } = this.#key;
    const credentials = { accessKeyId, secretAccessKey };
    this.calls += 1;
    if (this.keyIds.at(-1) !== accessKeyId) this.keyIds.push(accessKeyId);
    try {
      const sts = new STSClient({ ...clientDefaults(aws, settings.region, 'none'), credentials });
      await sts.send(new GetCallerIdentityCommand({}));
    } catch (error) {
      this.#note(error);
    }
  }

  #note(error: unknown): void {
    const at = this.life.world.clock.now().toISOString();
    this.failed.push(`${at}: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`);
  }
}
