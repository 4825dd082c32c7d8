import type { Due } from '../decisions/aged.ts';
import type { AccessKey } from '../keys.ts';
import type { NameSet, TagMap } from '../letter-case.ts';
import type { Owners } from '../owners.ts';
import type { PolicyOverrides } from '../policy.ts';
import type { Storage } from '../storage.ts';
import type { Exemption } from '../tags.ts';
import type { Memory } from './memory.ts';
import type { SecretIn } from './readers.ts';
import type { LastRotation } from './rest.ts';
import type { KeyDecision } from './row.ts';

/** The facts that apply to every user of an account. */
export interface AccountFacts {
  readonly now: Date;
  readonly accountId: string;
  /** Who answers for a user whose own tag names nobody. */
  readonly owners: Owners;
  readonly ownerTag: string;
  /** The deployment's policy; a user's tags override it. */
  readonly policy: PolicyOverrides;
  /** Where secrets should be, and who may read them. */
  readonly secrets: Pick<Storage, 'storage' | 'secretReaders' | 'secretExclusive'>;
  /** Tags by which users are known to be managed by code. */
  readonly codeTags: readonly string[];
  readonly overdueAfterDays: number;
  /** How long a user is left alone after a rotation that didn't complete. Days. */
  readonly restDays: number;
  /** The same after the first silence; twice as long after each further one. Days. */
  readonly silentRestDays: number;
  /** The user who is rotated all the time, if it is in this account. */
  readonly canary?: string | undefined;
  /** Why nothing may be started in the account, if that is so. */
  readonly notLive?: string | undefined;
  /** What an earlier sweep learned of the account's keys. */
  readonly memory?: Memory | undefined;
  /** Names of the exempt group's members, and the group's end date. */
  readonly exempt?: { readonly members: NameSet; readonly exemption: Exemption } | undefined;
}

/** A closer look at a user, because of the credential report. */
export type UserLook =
  | {
      readonly state: 'seen';
      readonly keys: readonly AccessKey[];
      readonly tags: TagMap;
      readonly lastRotation?: LastRotation | undefined;
      /** Looked up for users who are due. */
      readonly secretIn?: SecretIn | undefined;
    }
  /** IAM was asked for its keys, and none is older than it looked. */
  | { readonly state: 'dated'; readonly keys: readonly AccessKey[] }
  | { readonly state: 'gone' }
  | { readonly state: 'unreadable'; readonly because: string }
  /** There were too many to look at in one sweep. */
  | { readonly state: 'postponed' };

/** The result for a user's active keys. The inactive ones need no decision. */
export interface Verdict {
  readonly decision: KeyDecision;
  readonly because: string;
  readonly rotation?: string;
  readonly exemptionExpired?: boolean;
  readonly due?: Due;
}
