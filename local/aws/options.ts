import type { RolePolicies } from './access/permissions.ts';
import type { PolicyDocument } from './access/policy.ts';
import type { Account } from './iam/account.ts';

/** What AWS in memory is made of, and how late it is. */
export interface InMemoryAwsOptions {
  readonly clock: { now(): Date };
  /** Seeded, in [0, 1). */
  readonly random: () => number;
  readonly region: string;
  readonly partition?: string;
  readonly centralAccountId: string;
  readonly accounts: readonly Account[];
  /** Names of buckets that the central account has. */
  readonly buckets?: readonly string[];
  /** For how long IAM's reads may miss a write; 0 unless told. */
  readonly consistencySeconds?: number;
  /** For how long DescribeSecret may miss a change; 0 unless told. */
  readonly secretLagSeconds?: number;
  /** How long a secret's version is still there by its ID once it has no label any more; for ever unless told. */
  readonly unlabelledHours?: number;
  /** For how long a new key is refused when it signs; 8 unless told. */
  readonly propagationSeconds?: number;
  /** How long a change of a key's status takes to bite; 0 unless told. */
  readonly statusLagSeconds?: number;
  /** How old a use must be before IAM reports it; 15 unless told. */
  readonly lastUsedLagMinutes?: number;
  /** What each role may do, by its name; a role without any, nothing. Left out, every role may do everything. */
  readonly rolePolicies?: RolePolicies;
  /** The KMS key that state machines are encrypted by. Left out, AWS's own, which needs nobody's leave. */
  readonly statesKmsKeyId?: string;
  /**
   * Whom the member accounts' roles trust, by the roles' names; a role that isn't among them isn't there. If omitted,
   * all are there and trust every role of the central account.
   */
  readonly memberTrusts?: Readonly<Record<string, PolicyDocument>>;
  /** How long IAM takes to make a credential report; 5 unless told. */
  readonly credentialReportSeconds?: number;
}
