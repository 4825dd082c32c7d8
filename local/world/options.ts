import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { SettingsInput } from '../../tasks/domain/settings/told.ts';
import type { ScheduleRow } from '../../tasks/manifest.ts';
import type { RolePolicies } from '../aws/access/permissions.ts';
import type { PolicyDocument } from '../aws/access/policy.ts';
import type { Account } from '../aws/iam/account.ts';
import type { Execution } from '../engine/execution.ts';
import { centralAccountId, type OrganizationSize } from './organization.ts';

/** The part of the stack's ID that is in the names of resources that outlive the stack. */
export const installation = '0c0ffee0';
export const reportBucket = `keyturn-reports-${centralAccountId}-eu-west-1-${installation}`;

/** When every world begins by default: a Monday morning. */
export const firstMorning = new Date('2026-03-02T08:00:00.000Z');

/** A role in every account, by which its developers read their secrets. */
export const developerRole = 'developer';

export interface WorldOptions {
  readonly seed?: number;
  readonly start?: Date;
  /** How large an organization to make from the seed, or the accounts themselves, the central one among them. */
  readonly organization?: OrganizationSize | readonly Account[];
  /** Whether the accounts are in no organization, so that the settings list them. */
  readonly listed?: boolean;
  readonly settings?: Partial<SettingsInput>;
  /** The rotation's definition, if it isn't the one in the repository. */
  readonly definition?: string;
  /** For how long IAM's reads may miss a write. */
  readonly consistencySeconds?: number;
  readonly propagationSeconds?: number;
  /** How long a change of a key's status takes to have effect. */
  readonly statusLagSeconds?: number;
  readonly lastUsedLagMinutes?: number;
  /** For how long DescribeSecret may miss a change. */
  readonly secretLagSeconds?: number;
  /** How long a secret's version can be read by its ID after it lost its last label. */
  readonly unlabelledHours?: number;
  /** What the tasks' roles and the member role may do, by the role's name. If omitted, everything. */
  readonly policies?: RolePolicies;
  /** Whom each of the member roles trusts, by its name. If omitted, every role of the central account. */
  readonly memberTrusts?: Readonly<Record<string, PolicyDocument>>;
  readonly credentialReportSeconds?: number;
  /** Whether SDK clients write their calls as HTTP. The outcome is the same, and takes half as long again. */
  readonly overHttp?: boolean;
  /** For how long reads of executions miss that one has started or ended. */
  readonly executionLagSeconds?: number;
  /** How many virtual seconds each AWS call of a function takes; none if omitted. */
  readonly callSeconds?: (functionName: string) => number;
  /** The hour (UTC) at which a sweep begins daily; if omitted, sweeps begin only when somebody starts one. */
  readonly sweepAtHour?: number;
  /** What the schedule starts, and with which input; the manifest's if omitted. */
  readonly schedule?: ScheduleRow;
  /** Called with every event of every execution, as it happens. */
  readonly onEvent?: (execution: Execution, event: HistoryEvent) => void;
}

/** A line of metrics that a task recorded. */
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
