import { shortKeyId } from '../../tasks/domain/keys.ts';
import { daysBetween } from '../../tasks/domain/time.ts';
import type { UserKey } from '../aws/iam/account.ts';
import type { DeliveredMail } from '../aws/ses/ses.ts';
import type { Execution } from '../engine/execution.ts';
import { endingOf, isHandedOn } from '../story/executions.ts';
import { subjectOf } from '../story/mails.ts';
import type { Change, Violation } from '../watcher/watched.ts';

export type Outcome =
  | 'completed'
  | 'rolledBack'
  | 'escalated'
  | 'needsPerson'
  | 'changedElsewhere'
  | 'deletionRefused'
  | 'failed';

/** Outcomes that leave a question to a person. */
const asking = ['escalated', 'needsPerson', 'changedElsewhere', 'deletionRefused'] as const;

/** One rotation as it ended. `days` is undefined if it still runs. */
export interface Ended {
  readonly accountId: string;
  readonly userName: string;
  readonly outcome: Outcome;
  readonly days: number | undefined;
  readonly mails: number;
  /** "AKIA3QZ7HN5WDR2K… deleted", the oldest key first. */
  readonly keys: readonly string[];
}

/** What `--json` prints. */
export interface RunSummary {
  readonly rotations: Readonly<Record<'completed' | 'rolledBack' | 'escalated' | 'failed', number>>;
  /** Successful calls by rotations. */
  readonly keys: Readonly<Record<'created' | 'deactivated' | 'reactivated' | 'deleted', number>>;
  readonly mails: number;
  readonly violations: readonly Violation[];
  readonly virtualDays: number;
  readonly seed: number;
}

type Run = Pick<Execution, 'name' | 'status' | 'output' | 'startDate' | 'stopDate'>;
type Changed = Pick<Change, 'operation' | 'keyId' | 'status'>;

const outcomes: readonly Outcome[] = ['completed', 'rolledBack', ...asking];

/** How a rotation ended; undefined if it only delegated to another one. One that hasn't ended has failed. */
export function outcomeOf({ status, output }: Pick<Run, 'status' | 'output'>): Outcome | undefined {
  if (status !== 'SUCCEEDED') return 'failed';
  if (isHandedOn({ output })) return undefined;
  const outcome = endingOf({ output })?.outcome;
  return outcomes.find((known) => known === outcome) ?? 'failed';
}

/** A table row: how a rotation ended, and what became of its user's keys. */
export function endOf(
  about: { readonly accountId: string; readonly userName: string },
  facts: {
    readonly execution: Run;
    readonly outcome: Outcome;
    readonly mails: readonly DeliveredMail[];
    readonly changes: readonly Changed[];
    /** The user's keys as they are at the end. */
    readonly keys: readonly UserKey[];
  },
): Ended {
  const { execution, outcome, changes, keys } = facts;
  const { accountId, userName } = about;
  const { startDate, stopDate } = execution;
  const mails = facts.mails.filter((mail) => {
    const subject = subjectOf(mail);
    return subject.accountId === accountId && subject.userName === userName;
  });
  const days = stopDate && daysBetween(startDate, stopDate);
  return { accountId, userName, outcome, days, mails: mails.length, keys: describeKeys(changes, keys) };
}

function describeKeys(changes: readonly Changed[], keys: readonly UserKey[]): string[] {
  const made = new Set(
    changes.filter(({ operation }) => operation === 'CreateAccessKey').map(({ keyId }) => keyId),
  );
  const all = [...new Set([...changes.map(({ keyId }) => keyId), ...keys.map(({ id }) => id)])];
  const oldestFirst = [...all.filter((id) => !made.has(id)), ...all.filter((id) => made.has(id))];
  return oldestFirst.map((id) => {
    const key = keys.find((one) => one.id === id);
    const of = changes.filter(({ keyId }) => keyId === id);
    return `${shortKeyId(id)} ${fateOf(key, of)}`;
  });
}

function fateOf(key: UserKey | undefined, changes: readonly Changed[]): string {
  const isMade = changes.some(({ operation }) => operation === 'CreateAccessKey');
  const times = changes.filter(({ status }) => status === 'Active').length;
  if (changes.length === 0) return 'unchanged';
  if (isMade) return key === undefined ? 'withdrawn' : 'new';
  const now = key?.status.toLowerCase() ?? 'deleted';
  return times === 0 ? now : `reactivated ${times === 1 ? 'once' : `${times} times`}, ${now}`;
}

/** The totals, from the calls that succeeded and from what the watcher saw. */
export function summarize(facts: {
  readonly outcomes: readonly Outcome[];
  readonly changes: readonly Changed[];
  readonly mails: number;
  readonly violations: readonly Violation[];
  readonly virtualDays: number;
  readonly seed: number;
}): RunSummary {
  const { outcomes, changes, mails, violations, virtualDays, seed } = facts;
  const many = (...among: Outcome[]): number => outcomes.filter((one) => among.includes(one)).length;
  const calls = (operation: Changed['operation'], status?: string): number =>
    changes.filter((change) => change.operation === operation && change.status === status).length;
  return {
    rotations: {
      completed: many('completed'),
      rolledBack: many('rolledBack'),
      escalated: many(...asking),
      failed: many('failed'),
    },
    keys: {
      created: calls('CreateAccessKey'),
      deactivated: calls('UpdateAccessKey', 'Inactive'),
      reactivated: calls('UpdateAccessKey', 'Active'),
      deleted: calls('DeleteAccessKey'),
    },
    mails,
    violations,
    virtualDays,
    seed,
  };
}
