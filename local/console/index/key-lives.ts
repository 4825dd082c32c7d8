import type { UserKey } from '../../aws/iam/account.ts';
import type { Call } from '../../aws/types.ts';
import type { KeyLife } from '../../story/key-picture.ts';
import type { World } from '../../world/world.ts';
import { keyOf } from './people.ts';

interface Known {
  readonly key: UserKey;
  deletedAt: Date | undefined;
}

/** From when on a secret's current version holds which key. */
interface Current {
  readonly at: Date;
  readonly keyId: string;
}

/** What became of every key of the users that anybody has looked at, deleted keys too. */
export class KeyLives {
  readonly #keys = new Map<string, Map<string, Known>>();
  readonly #currents = new Map<string, Current[]>();

  constructor(private readonly world: World) {
    world.aws.onCall((call, answer) => {
      if ('error' in answer) return;
      if (call.service === 'iam') this.#hearKeys(call);
      if (call.service === 'secretsmanager' && call.operation !== 'GetSecretValue') this.#hearSecret(call);
    });
  }

  /** The oldest key first. */
  of(accountId: string, userName: string): readonly KeyLife[] {
    const known = this.#look(accountId, userName);
    const currents = this.#currents.get(keyOf(accountId, userName)) ?? [];
    return [...known.values()]
      .toSorted((a, b) => a.key.createdAt.getTime() - b.key.createdAt.getTime())
      .map(({ key: { id, createdAt, periods }, deletedAt }) => ({
        ...{ id, createdAt, deletedAt },
        active: periods.map(({ from, until }) => ({ from, until })),
        current: currents.flatMap(({ at, keyId }, index) =>
          keyId === id ? [{ from: at, until: currents[index + 1]?.at }] : [],
        ),
        used: this.#used(accountId, userName, id),
        lastUsedAt: this.world.aws.lastUse(accountId, id)?.at,
      }));
  }

  #used(accountId: string, userName: string, keyId: string): KeyLife['used'] {
    const usages = this.world.aws.accounts.get(accountId)?.users.get(userName)?.usages ?? [];
    return usages.filter((usage) => usage.keyId === keyId).map(({ from, until }) => ({ from, until }));
  }

  #look(accountId: string, userName: string): ReadonlyMap<string, Known> {
    const key = keyOf(accountId, userName);
    const known = this.#keys.get(key) ?? new Map<string, Known>();
    this.#keys.set(key, known);
    const there = this.world.aws.accounts.get(accountId)?.users.get(userName)?.keys ?? [];
    for (const each of there)
      if (!known.has(each.id)) known.set(each.id, { key: each, deletedAt: undefined });
    for (const each of known.values())
      if (!there.includes(each.key)) each.deletedAt ??= this.world.clock.now();
    return known;
  }

  #hearKeys({ input: { UserName }, caller }: Call): void {
    if (typeof UserName === 'string') this.#look(caller.accountId, UserName);
  }

  /** Reads what the secret's current version holds now. */
  #hearSecret({ input: { SecretId, Name }, caller }: Call): void {
    const { aws, settings, clock } = this.world;
    const given = String(SecretId ?? Name ?? '');
    const [, inArn, name = given] =
      /^arn:aws:secretsmanager:[^:]+:(\d{12}):secret:(.+)-\w{6}$/.exec(given) ?? [];
    if (!name.startsWith(settings.secretPrefix)) return;
    const versions =
      aws.secrets
        .get(inArn ?? caller.accountId)
        ?.get(name)
        ?.versions.values() ?? [];
    const current = [...versions].find(({ stages }) => stages.has('AWSCURRENT'));
    const [keyId] = /AKIA[A-Z0-9]{12,}/.exec(current?.text ?? '') ?? [];
    const key = name.slice(settings.secretPrefix.length);
    const known = this.#currents.get(key) ?? [];
    if (keyId === undefined || known.at(-1)?.keyId === keyId) return;
    this.#currents.set(key, [...known, { at: clock.now(), keyId }]);
  }
}
