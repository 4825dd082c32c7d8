import type { RolePolicies } from './access/permissions.ts';
import type { PolicyDocument } from './access/policy.ts';
import type { Account } from './iam/account.ts';

/** The contents of AWS in memory, and its delays. */
export interface InMemoryAwsOptions {
  readonly clock: { now(): Date };
  /** Seeded, in [0, 1). */
  readonly random: () => number;
  readonly region: string;
  readonly partition?: string;
  readonly centralAccountId: string;
  readonly accounts: readonly Account[];
  /** Another bucket of the central account, in a region of its own. */
  readonly leaseBucket?: { readonly bucket: string; readonly region: string } | undefined;
  /** The names of the central account's buckets. */
  readonly buckets?: readonly string[];
  /** Whether their objects may be locked. */
  readonly objectLock?: boolean;
  /** For how long IAM's reads may miss a write; 0 by default. */
  readonly consistencySeconds?: number;
  /** For how long DescribeSecret may miss a change; 0 by default. */
  readonly secretLagSeconds?: number;
  /** How long a secret's version can still be read by its ID after it lost its last label; forever by default. */
  readonly unlabelledHours?: number;
  /** For how long a new key is refused when it signs; 8 by default. */
  readonly propagationSeconds?: number;
  /** How long a change of a key's status takes to have effect; 0 by default. */
  readonly statusLagSeconds?: number;
  /** How old a use must be before IAM reports it; 15 by default. */
  readonly lastUsedLagMinutes?: number;
  /** What each role may do, by its name; a role without any may do nothing. If omitted, every role may do everything. */
  readonly rolePolicies?: RolePolicies;
  /** The KMS key that state machines are encrypted under. If omitted, AWS's own, which needs no permission. */
  readonly statesKmsKeyId?: string;
  /**
   * Whom the member accounts' roles trust, by the roles' names; a role that isn't among them isn't there. If omitted,
   * all are there and trust every role of the central account.
   */
  readonly memberTrusts?: Readonly<Record<string, PolicyDocument>>;
  /** How long IAM takes to make a credential report; 5 by default. */
  readonly credentialReportSeconds?: number;
}
