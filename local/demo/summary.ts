import { readOrigin } from '../../tasks/domain/asking/mail-origin.ts';
import { daysBetween } from '../../tasks/domain/time.ts';
import type { UserKey } from '../aws/iam/account.ts';
import type { DeliveredMail } from '../aws/ses/ses.ts';
import type { Execution } from '../engine/execution.ts';
import { endingOf, isHandedOn, userOf } from '../story/executions.ts';
import { type Change, type Violation, watchedPromises } from '../watcher/watched.ts';
import type { World } from '../world/world.ts';

const outcomes = [
  'completed',
  'rolledBack',
  'escalated',
  'needsPerson',
  'changedElsewhere',
  'deletionRefused',
  'failed',
  'running',
] as const;
/** How a rotation ended, if it has. */
export type Outcome = (typeof outcomes)[number];

const fates = ['unchanged', 'new', 'deleted', 'withdrawn', 'inactive', 'reactivated'] as const;
/** What a rotation made of a key. `withdrawn`: made by it, and removed again. `reactivated`: and still active. */
export type Fate = (typeof fates)[number];

export interface EndedKey {
  readonly keyId: string;
  readonly fate: Fate;
  /** How often it was made active again. */
  readonly reactivations: number;
}

/** One rotation as it ended. `days` is undefined if it still runs. */
export interface Ended {
  readonly accountId: string;
  readonly userName: string;
  readonly outcome: Outcome;
  readonly startedAt: string;
  readonly days: number | undefined;
  readonly mails: number;
  /** The oldest key first. */
  readonly keys: readonly EndedKey[];
}

/** How many rotations, keys and mails there are, of each kind that occurs. */
export interface RunTotals {
  readonly rotations: Readonly<Partial<Record<Outcome, number>>>;
  readonly keys: Readonly<Partial<Record<Fate, number>>>;
  readonly mails: number;
}

/** A whole run at its end: what `--json` prints. */
export interface RunReport {
  readonly seed: number;
  readonly organization: { readonly accounts: number; readonly users: number };
  readonly virtualDays: number;
  readonly rotations: readonly (Ended & { readonly accountName: string })[];
  readonly totals: RunTotals;
  readonly promise: {
    /** The promises that were checked, after each AWS call. */
    readonly checked: string;
    readonly calls: number;
    readonly violations: readonly Violation[];
  };
}

/** The report of a world as it is now. @param run what the world itself doesn't know */
export function reportOn(
  world: World,
  run: { readonly virtualDays: number; readonly calls: number },
): RunReport {
  const { seed, aws, watcher } = world;
  const accounts = [...aws.accounts.values()];
  const rotations = endedIn(world).map((ended) => ({
    ...ended,
    accountName: aws.accounts.get(ended.accountId)?.name ?? ended.accountId,
  }));
  return {
    seed,
    organization: {
      accounts: accounts.length,
      users: accounts.reduce((sum, { users }) => sum + users.size, 0),
    },
    virtualDays: run.virtualDays,
    rotations,
    totals: totalsOf(rotations),
    promise: { checked: watchedPromises, calls: run.calls, violations: watcher.violations },
  };
}

/** How a rotation ended; undefined if it only delegated to another one. */
export function outcomeOf({ status, output }: Pick<Execution, 'status' | 'output'>): Outcome | undefined {
  if (status === 'RUNNING') return 'running';
  if (status !== 'SUCCEEDED') return 'failed';
  if (isHandedOn({ output })) return undefined;
  const outcome = endingOf({ output })?.outcome;
  return outcomes.find((known) => known === outcome) ?? 'failed';
}

/** Every rotation of a world, in the order of their starts. */
export function endedIn({
  aws,
  engine,
  watcher,
  stateMachineArn,
}: Pick<World, 'aws' | 'engine' | 'watcher' | 'stateMachineArn'>): Ended[] {
  const mails = mailsByExecution(aws.mails);
  const changes = changesByExecution(watcher.changes);
  // The engine lists the newest first.
  return engine
    .executionsOf(stateMachineArn)
    .toReversed()
    .flatMap((execution) => {
      const outcome = outcomeOf(execution);
      const about = userOf(execution);
      if (outcome === undefined || about === undefined) return [];
      const { accountId, userName } = about;
      const { startDate, stopDate } = execution;
      const keys = aws.accounts.get(accountId)?.users.get(userName)?.keys ?? [];
      const ended = {
        ...{ accountId, userName, outcome, startedAt: startDate.toISOString() },
        days: stopDate && Math.round(daysBetween(startDate, stopDate) * 10) / 10,
        mails: mails.get(execution.arn) ?? 0,
        keys: endedKeys(changes.get(execution) ?? [], keys),
      };
      return [ended];
    });
}

/** By the execution in the mail's tags: two rotations of one user have mails of their own. */
function mailsByExecution(mails: readonly DeliveredMail[]): ReadonlyMap<string, number> {
  const many = new Map<string, number>();
  for (const { tags } of mails) {
    const { executionArn } = readOrigin(tags) ?? {};
    if (executionArn !== undefined) many.set(executionArn, (many.get(executionArn) ?? 0) + 1);
  }
  return many;
}

function changesByExecution(changes: readonly Change[]): ReadonlyMap<Execution, readonly Change[]> {
  const found = new Map<Execution, Change[]>();
  for (const change of changes) {
    const { execution } = change.by;
    found.set(execution, [...(found.get(execution) ?? []), change]);
  }
  return found;
}

type Changed = Pick<Change, 'operation' | 'keyId' | 'status'>;

/** What became of a user's keys by the changes of one rotation. @param now the keys as they are */
export function endedKeys(changes: readonly Changed[], now: readonly UserKey[]): EndedKey[] {
  const made = new Set(
    changes.filter(({ operation }) => operation === 'CreateAccessKey').map(({ keyId }) => keyId),
  );
  const all = [...new Set([...changes.map(({ keyId }) => keyId), ...now.map(({ id }) => id)])];
  const oldestFirst = [...all.filter((id) => !made.has(id)), ...all.filter((id) => made.has(id))];
  return oldestFirst.map((keyId) => {
    const own = changes.filter((change) => change.keyId === keyId);
    const reactivations = own.filter(({ status }) => status === 'Active').length;
    return {
      keyId,
      fate: fateOf(
        now.find(({ id }) => id === keyId),
        own,
      ),
      reactivations,
    };
  });
}

function fateOf(key: UserKey | undefined, changes: readonly Changed[]): Fate {
  if (changes.length === 0) return 'unchanged';
  const isMade = changes.some(({ operation }) => operation === 'CreateAccessKey');
  if (key === undefined) return isMade ? 'withdrawn' : 'deleted';
  if (key.status !== 'Active') return 'inactive';
  return isMade ? 'new' : 'reactivated';
}

/** The totals of the rotations as they are listed, so that the two agree. */
export const totalsOf = (rotations: readonly Ended[]): RunTotals => ({
  rotations: tally(
    outcomes,
    rotations.map(({ outcome }) => outcome),
  ),
  keys: tally(
    fates,
    rotations.flatMap(({ keys }) => keys.map(({ fate }) => fate)),
  ),
  mails: rotations.reduce((sum, { mails }) => sum + mails, 0),
});

/** How many there are of each kind that occurs, in the order of the kinds. */
function tally<Kind extends string>(
  kinds: readonly Kind[],
  all: readonly Kind[],
): Partial<Record<Kind, number>> {
  const many: Partial<Record<Kind, number>> = {};
  for (const kind of kinds) {
    const number = all.filter((one) => one === kind).length;
    if (number > 0) many[kind] = number;
  }
  return many;
}
