import { nameOnlyVersionIdOf, versionIdOf } from './keys.ts';

/** The labels that Secrets Manager moves by itself when somebody puts a value. */
export const currentLabel = 'AWSCURRENT';
export const pendingLabel = 'AWSPENDING';

/**
 * Labels of our own, on the versions of the key that a rotation replaces and of the one that replaces it. Whatever
 * others put into the secret takes `AWSCURRENT` and `AWSPREVIOUS` away, and a version without a label is lost.
 */
export const oldKeyLabel = 'keyturn-old';
export const newKeyLabel = 'keyturn-new';

/** Whether the values of a secret can be read by those who may. */
export type Readable =
  | { readonly state: 'readable' }
  | { readonly state: 'unreadable'; readonly because: string };

/**
 * Secrets Manager and IAM have clocks of their own, and IAM's is cut to the second: a key that we made right after its
 * secret may look a little older. Milliseconds.
 */
const clockDifference = 5_000;

/** A secret's versions with their labels, as DescribeSecret lists them: never a value. */
export class SecretVersions {
  readonly #labels: ReadonlyMap<string, readonly string[]>;

  constructor(
    /** When the secret was made. */
    readonly createdAt: Date,
    labels: Readonly<Record<string, readonly string[]>>,
  ) {
    this.#labels = new Map(Object.entries(labels));
  }

  /** The ID of the version that has this label. */
  holderOf(label: string): string | undefined {
    return [...this.#labels].find(([, labels]) => labels.includes(label))?.[0];
  }

  /** The ID of this key's version, preferably the one that holds its secret access key; undefined if there is none. */
  idFor(keyId: string): string | undefined {
    return [versionIdOf(keyId), nameOnlyVersionIdOf(keyId)].find((id) => this.#labels.has(id));
  }

  /** Whether there is a version for this key, one that only names it included. */
  has(keyId: string): boolean {
    return this.idFor(keyId) !== undefined;
  }

  /**
   * Whether a version holds the key's secret access key. Version 0.1.0 named a key under the ID that is now only for
   * whole pairs. A key that is older than its secret can't be one that we made, so that version only names it.
   */
  holdsSecret(key: { readonly id: string; readonly createdAt: Date }): boolean {
    const isOlder = key.createdAt.getTime() < this.createdAt.getTime() - clockDifference;
    return this.#labels.has(versionIdOf(key.id)) && !isOlder;
  }

  /**
   * Whether a pair that is stored was proved: it is pending until it becomes current, and only then pending no more. A
   * pair whose place another one took was not.
   */
  wasProved(keyId: string): boolean {
    const pending = this.holderOf(pendingLabel);
    return this.#labels.has(versionIdOf(keyId)) && (this.isCurrent(keyId) || pending === undefined);
  }

  isCurrent(keyId: string): boolean {
    return this.has(keyId) && this.holderOf(currentLabel) === this.idFor(keyId);
  }
}

/** Which versions a user's secret has, which is current, and whether they can be read; never a value. */
export interface StoredVersions
  extends Pick<
    SecretVersions,
    'createdAt' | 'has' | 'holdsSecret' | 'isCurrent' | 'wasProved' | 'idFor' | 'holderOf'
  > {
  readonly arn: string;
  readonly currentVersionId: string | undefined;
  readonly readable: Readable;
  /** The regions that have a replica, or are about to. */
  readonly replicas: readonly string[];
}
