import * as z from 'zod';
import { findUser, type User, type UserKey } from '../aws/iam/account.ts';
import type { InMemoryAws } from '../aws/in-memory-aws.ts';
import type { Execution } from '../engine/execution.ts';

/** The promises that the watcher checks, by their numbers in docs/promise.md. */
export type WatchedPromise = 'P1' | 'P2' | 'P3' | 'P4' | 'P5' | 'P6' | 'P7' | 'P11';

/** The same in words, as the demo and docs/promise.md say it. */
export const watchedPromises = 'P1 to P7 and P11';

/** A broken promise: which, when, of whom, and what was seen. */
export interface Violation {
  readonly promise: WatchedPromise;
  readonly at: string;
  readonly user: string;
  readonly what: string;
}

const days = z.number().optional();

/** The part of an execution's input that matters for the promise. */
export const requestSchema = z.looseObject({
  accountId: z.string(),
  userName: z.string(),
  action: z.string().optional(),
  keyId: z.string().optional(),
  alsoLeaked: z.array(z.string()).optional(),
  override: z.object({ by: z.string(), reason: z.string() }).optional(),
  policy: z.looseObject({ quietDays: days, windowDays: days }).optional(),
  known: z.string().optional(),
});

/** What an owner is asked, and the key that is to go. */
export interface AskedKey {
  readonly stage: 'ask' | 'window';
  readonly keyId: string;
}

/** One execution: its start, and what it has done since. */
export interface Watched {
  readonly execution: Execution;
  readonly request: z.infer<typeof requestSchema>;
  /** Whose keys it is about, by the user that had the name when it started. */
  readonly user: User | undefined;
  /** The user's tags when it started, by key in lower case: they may be removed in the meantime. */
  readonly tags: ReadonlyMap<string, string>;
  /** Whether an owner's confirmation reached it and was not taken back. */
  confirmed: boolean;
  /** Whether an owner said, and didn't take back, that no key is needed: then none has to remain. */
  needsNoKey: boolean;
  /** By key, when an owner last rolled back in its window; not while asked to install the new key. */
  readonly rolledBack: Map<string, Date>;
  /** What it is asking somebody, if anything: to confirm, or whether to roll back in the window. */
  asks: AskedKey | undefined;
  /** The one key that was there before and that it changed. */
  target: string | undefined;
  readonly made: Set<string>;
  /** Leaked keys that it was told of while it ran. */
  readonly toldOf: Set<string>;
}

/** The parts of a mail that say something. */
export interface MailText {
  readonly subject: string;
  readonly text: string;
  readonly sentAt: Date;
}

/** A key that an execution made. */
export interface Made {
  readonly key: UserKey;
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

/** What the rules may use: the current model, and what the watcher remembers. */
export interface WatcherFacts {
  readonly aws: InMemoryAws;
  /** Mails that SES refused: then only an alarm is left. */
  readonly refusedMails: readonly MailText[];
  /** Every key ever seen, by ID; deleted ones included. */
  readonly keys: ReadonlyMap<string, UserKey>;
  readonly made: ReadonlyMap<string, Made>;
  /** Made keys whose secret was ever stored, so that somebody may have it. */
  readonly handedOut: ReadonlySet<string>;
  /** When rotations made keys inactive, by key. */
  readonly deactivated: ReadonlyMap<string, readonly Date[]>;
  /** Keys that a rotation has already set out to replace. */
  readonly targets: ReadonlySet<string>;
  /** Keys that an execution was told have leaked. */
  readonly leaked: ReadonlySet<string>;
  /** Whether a leaked key may go although nothing replaces it. */
  readonly leakedMayGoAlone: boolean;
}

export const nameUser = (accountId: string, userName: string): string => `${accountId}/${userName}`;

/** Whether an execution was told that the key leaked. */
export const isLeakedTo = ({ request, toldOf }: Watched, keyId: string): boolean =>
  request.action === 'emergency' &&
  (request.keyId === keyId || request.alsoLeaked?.includes(keyId) === true || toldOf.has(keyId));

export function userIn(aws: InMemoryAws, accountId: string, userName: string): User | undefined {
  const account = aws.accounts.get(accountId);
  return account === undefined ? undefined : findUser(account, userName);
}

export const inLowerCase = (tags: ReadonlyMap<string, string>): Map<string, string> =>
  new Map([...tags].map(([key, value]) => [key.toLowerCase(), value]));

/** An execution that has just begun. */
export const watchedOf = (
  execution: Execution,
  request: Watched['request'],
  user: User | undefined,
): Watched => ({
  execution,
  request,
  user,
  tags: inLowerCase(user?.tags ?? new Map()),
  asks: undefined,
  confirmed: false,
  needsNoKey: false,
  rolledBack: new Map(),
  target: undefined,
  made: new Set(),
  toldOf: new Set(),
});
