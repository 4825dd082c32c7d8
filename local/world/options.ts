import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { SettingsInput } from '../../tasks/domain/settings/told.ts';
import type { ScheduleRow } from '../../tasks/manifest.ts';
import type { RolePolicies } from '../aws/access/permissions.ts';
import type { PolicyDocument } from '../aws/access/policy.ts';
import type { Account } from '../aws/iam/account.ts';
import type { Execution } from '../engine/execution.ts';
import { centralAccountId, type OrganizationSize } from './organization.ts';

/** What a deployment takes from its stack's ID into the names of what outlives it. */
export const installation = '0c0ffee0';
export const reportBucket = `keyturn-reports-${centralAccountId}-eu-west-1-${installation}`;

/** Where every world begins, unless told otherwise: a Monday morning. */
export const firstMorning = new Date('2026-03-02T08:00:00.000Z');

/** A role in every account, by which its developers read their secrets. */
export const developerRole = 'developer';

export interface WorldOptions {
  readonly seed?: number;
  readonly start?: Date;
  /** How large an organization to make from the seed, or the accounts themselves, the central one among them. */
  readonly organization?: OrganizationSize | readonly Account[];
  readonly settings?: Partial<SettingsInput>;
  /** The rotation's definition, where it isn't the one in the repository. */
  readonly definition?: string;
  /** For how long IAM's reads may miss a write. */
  readonly consistencySeconds?: number;
  readonly propagationSeconds?: number;
  /** How long a change of a key's status takes to bite. */
  readonly statusLagSeconds?: number;
  readonly lastUsedLagMinutes?: number;
  /** For how long DescribeSecret may miss a change. */
  readonly secretLagSeconds?: number;
  /** How long a secret's version is there by its ID once it has no label any more. */
  readonly unlabelledHours?: number;
  /** What the tasks' roles and the member role may do, by the role's name. Left out, everything. */
  readonly policies?: RolePolicies;
  /** Whom each of the member roles trusts, by its name. If omitted, every role of the central account. */
  readonly memberTrusts?: Readonly<Record<string, PolicyDocument>>;
  readonly credentialReportSeconds?: number;
  /** For how long reads of executions miss that one was started, or that it has ended. */
  readonly executionLagSeconds?: number;
  /** What each call of AWS by a function takes, in virtual seconds; nothing unless told. */
  readonly callSeconds?: (functionName: string) => number;
  /** Sweeps begin every day at this hour (UTC); left out, only where somebody starts one. */
  readonly sweepAtHour?: number;
  /** What the schedule starts, and with which input; the manifest's if omitted. */
  readonly schedule?: ScheduleRow;
  /** Hears of every event of every execution, as it happens. */
  readonly onEvent?: (execution: Execution, event: HistoryEvent) => void;
}

/** Metrics that a task recorded, as it did. */
export interface MetricLine {
  readonly at: Date;
  readonly counts: Readonly<Record<string, number>>;
}

export interface LogLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly at: Date;
  readonly message: string;
  readonly details: Record<string, unknown>;
}
