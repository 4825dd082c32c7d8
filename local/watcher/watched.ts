import * as z from 'zod';
import type { AccessKey, User } from '../aws/account.ts';
import type { Execution } from '../engine/execution.ts';

/** A broken promise: which, when, of whom, and what was seen. */
export interface Violation {
  readonly promise: 'P1' | 'P2' | 'P3' | 'P4' | 'P5' | 'P6';
  readonly at: string;
  readonly user: string;
  readonly what: string;
}

const days = z.number().optional();

/** As much of an execution's input as bears on the promise. */
export const requestSchema = z.looseObject({
  accountId: z.string(),
  userName: z.string(),
  action: z.string().optional(),
  keyId: z.string().optional(),
  override: z.object({ by: z.string(), reason: z.string() }).optional(),
  policy: z.looseObject({ quietDays: days, windowDays: days }).optional(),
});

/** One execution, by its start and what it did since. */
export interface Watched {
  readonly execution: Execution;
  readonly request: z.infer<typeof requestSchema>;
  /** An owner's confirmation that reached it, until one takes it back. */
  confirmed: boolean;
  rolledBackAt: Date | undefined;
  /** The one key that was there before and that it changed. */
  target: string | undefined;
  readonly made: Set<string>;
}

/** A key that an execution made. */
export interface Made {
  readonly key: AccessKey;
  readonly user: User;
  readonly at: Date;
}

/** A change of a user's keys by an execution. */
export interface Change {
  readonly operation: 'CreateAccessKey' | 'UpdateAccessKey' | 'DeleteAccessKey';
  readonly by: Watched;
  readonly accountId: string;
  readonly user: User;
  readonly keyId: string;
  readonly status: string | undefined;
  readonly at: Date;
}

export const nameUser = (accountId: string, userName: string): string => `${accountId}/${userName}`;
