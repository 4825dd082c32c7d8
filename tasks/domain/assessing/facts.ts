import type { AccessKey, LastUse } from '../keys.ts';
import type { Policy } from '../policy.ts';
import type { Request } from '../rotation.ts';

export interface Facts {
  readonly now: Date;
  readonly request: Pick<Request, 'when' | 'action' | 'keyId' | 'override'>;
  readonly keys: readonly AccessKey[];
  /** Each key's last use according to IAM, by key ID. One that is missing is unknown. */
  readonly uses: ReadonlyMap<string, LastUse>;
  readonly tags: ReadonlyMap<string, string>;
  /** The keys whose secret access key is in the user's secret. */
  readonly stored: ReadonlySet<string>;
  /** Keys that we created and whose secret access key is lost. They replace nothing, and are deleted. */
  readonly orphans: readonly AccessKey[];
  readonly policy: Policy;
  readonly exemption: { readonly until: Date; readonly reason: string } | undefined;
}

/** What a rotation should do about one key. */
export interface Act {
  readonly act: 'rotate' | 'retire' | 'emergency';
  readonly because: string;
  readonly oldKey: AccessKey;
  readonly newKeyNeeded: boolean;
  /** The key that replaces the old one, created by an earlier rotation. */
  readonly replacedById?: string;
  readonly reviveKeyId?: string;
}

export type Assessment =
  | Act
  | { readonly act: 'nothing'; readonly because: string }
  | { readonly act: 'askPerson'; readonly because: string }
  /** A leaked key stays active for now, and everyone concerned is told. */
  | { readonly act: 'leakOpen'; readonly because: string; readonly keyId: string };

export const isActive = ({ status }: AccessKey): boolean => status === 'Active';
