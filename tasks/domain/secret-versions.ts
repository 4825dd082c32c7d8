import { nameOnlyVersionIdOf, versionIdOf } from './keys.ts';

/** The labels that Secrets Manager moves automatically when a value is put. */
export const currentLabel = 'AWSCURRENT';
export const pendingLabel = 'AWSPENDING';

/** What all of our own labels begin with. */
export const ownLabelPrefix = 'keyturn-';

/**
 * Our own labels, on the versions of the replaced key and of its replacement. If somebody else puts values into the
 * secret, `AWSCURRENT` and `AWSPREVIOUS` move away, and a version without labels is lost.
 */
export const oldKeyLabel = 'keyturn-old';
export const newKeyLabel = 'keyturn-new';

/**
 * Says which key an adopted secret's version holds. Its versions are older than keyturn, so their IDs say nothing.
 */
const keyLabelPrefix = 'keyturn-key-';
export const keyLabelOf = (keyId: string): string => `${keyLabelPrefix}${keyId}`;

/** Whether a secret's values can be read by those who are allowed to. */
export type Readable =
  | { readonly state: 'readable' }
  /** Scheduled for deletion by keyturn, because its user was gone. */
  | { readonly state: 'restorable' }
  | { readonly state: 'unreadable'; readonly because: string };

/**
 * Secrets Manager and IAM have different clocks, and IAM truncates to seconds: a key that we created right after its
 * secret may look slightly older. Milliseconds.
 */
const clockDifference = 5_000;

/** A secret's versions with their labels, from DescribeSecret; never a value. */
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

  /**
   * The ID of this key's version, preferably the one that contains its secret access key; undefined if there is none.
   */
  idFor(keyId: string): string | undefined {
    const ids = [versionIdOf(keyId), this.holderOf(keyLabelOf(keyId)), nameOnlyVersionIdOf(keyId)];
    return ids.find((id) => id !== undefined && this.#labels.has(id));
  }

  /** The labels that say which key a version holds, of keys that aren't among these any more, with their versions. */
  labelsBeyond(keyIds: readonly string[]): { readonly label: string; readonly version: string }[] {
    const kept = new Set(keyIds.map(keyLabelOf));
    return [...this.#labels].flatMap(([version, labels]) =>
      labels
        .filter((label) => label.startsWith(keyLabelPrefix) && !kept.has(label))
        .map((label) => ({ label, version })),
    );
  }

  /** Whether there is a version for this key, including one that only names it. */
  has(keyId: string): boolean {
    return this.idFor(keyId) !== undefined;
  }

  /**
   * Whether a version contains the key's secret access key. 0.1.0 named existing keys under the ID that is now
   * reserved for complete pairs. A key that is older than its secret can't be one that we created, so that version
   * only names it.
   */
  holdsSecret(key: { readonly id: string; readonly createdAt: Date }): boolean {
    // Only the task that has read the version attaches this label.
    if (this.holderOf(keyLabelOf(key.id)) !== undefined) return true;
    const isOlder = key.createdAt.getTime() < this.createdAt.getTime() - clockDifference;
    return this.#labels.has(versionIdOf(key.id)) && !isOlder;
  }

  /**
   * Whether a stored pair was proved: it is current, or nothing is pending. A pair stays pending until it becomes
   * current, so one that another pending pair has replaced doesn't count as proved.
   */
  wasProved(keyId: string): boolean {
    // Its application has used it since long before.
    if (this.holderOf(keyLabelOf(keyId)) !== undefined) return true;
    const pending = this.holderOf(pendingLabel);
    return this.#labels.has(versionIdOf(keyId)) && (this.isCurrent(keyId) || pending === undefined);
  }

  isCurrent(keyId: string): boolean {
    return this.has(keyId) && this.holderOf(currentLabel) === this.idFor(keyId);
  }
}

/** Which versions a user's secret has, which one is current, and whether they can be read; never a value. */
export interface StoredVersions
  extends Pick<
    SecretVersions,
    'createdAt' | 'has' | 'holdsSecret' | 'isCurrent' | 'wasProved' | 'idFor' | 'holderOf'
  > {
  readonly arn: string;
  readonly currentVersionId: string | undefined;
  readonly readable: Readable;
  /** The regions that have a replica, or will have one soon. */
  readonly replicas: readonly string[];
}
