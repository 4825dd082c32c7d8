import type { Deployment } from '../../infra/settings.ts';
import type { ListedAccount } from '../../tasks/domain/sweeps/select-accounts.ts';
import type { AccessTo } from '../access.ts';
import type { Audit } from './last-audit.ts';

/** `unknown`: could not be seen. It never counts as `ok`. */
export const statuses = ['ok', 'warn', 'fail', 'unknown'] as const;
export type Status = (typeof statuses)[number];

/** The result of a check. Anything that isn't ok includes what to do. */
export type Seen =
  | { readonly status: 'ok'; readonly seen: string }
  | { readonly status: 'warn' | 'fail' | 'unknown'; readonly seen: string; readonly todo: string };

/** A line of the table. */
export type Finding = Seen & { readonly check: string };

/** What every check is given. */
export interface CheckContext {
  readonly deployment: Deployment;
  readonly partition: string;
  /** The ARN of the caller. */
  readonly caller: string;
  readonly access: AccessTo;
  readonly now: Date;
  /** A role of every account, to be assumed for looking at keyturn's roles there. */
  readonly assume: string | undefined;
  /** Every account of the organization or of the list. */
  readonly accounts: () => Promise<readonly ListedAccount[]>;
  /** The last whole sweep's report; undefined if none has completed. */
  readonly lastAudit: () => Promise<Audit | undefined>;
}

/** Reads, and changes nothing. */
export interface Check {
  readonly name: string;
  /** Whether there is anything to check in this deployment; always if omitted. */
  readonly applies?: (deployment: Deployment) => boolean;
  readonly look: (context: CheckContext) => Promise<Seen | readonly Seen[]>;
}

export const ok = (seen: string): Seen => ({ status: 'ok', seen });
export const warn = (seen: string, todo: string): Seen => ({ status: 'warn', seen, todo });
export const fail = (seen: string, todo: string): Seen => ({ status: 'fail', seen, todo });
export const unknown = (seen: string, todo: string): Seen => ({ status: 'unknown', seen, todo });

/** A call's result; undefined if AWS fails with one of these error names, which mean that there is nothing. */
export async function ifThere<T>(call: Promise<T>, ...missing: readonly string[]): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof Error && missing.includes(error.name)) return undefined;
    throw error;
  }
}

export const deployAgain = 'Deploy again: npx cdk deploy --all.';
