import type { MemberAccount } from '../aws/member-account.ts';
import { ReportStore } from '../aws/report-store.ts';
import type { UserSecret } from '../aws/secret-finder.ts';
import type { Dependencies } from '../dependencies.ts';
import { secretNameOf } from '../domain/rotation.ts';
import type { ReportedUser } from '../domain/sweeps/credential-report.ts';
import { activeKeysOf, type GoneUser, judgeGone, recallGone } from '../domain/sweeps/gone-users.ts';
import type { KeyRow } from '../domain/sweeps/row.ts';
import type { Surveyed } from '../domain/sweeps/summary.ts';
import { objects, type Sweep } from '../domain/sweeps/sweep.ts';
import { daysBetween } from '../domain/time.ts';

/** A secret whose user the credential report doesn't have; or one that has come back to its user. */
interface Leftover extends UserSecret {
  readonly since: Date;
  readonly isBack: boolean;
}

/** The secrets of an account that need a judgement, before its keys are known. */
export interface Leftovers {
  readonly secrets: readonly Leftover[];
  /** Whether each active key's ID must be known, because a secret could be deleted or restored. */
  readonly needsIds: boolean;
  readonly problems: readonly string[];
}

export const noLeftovers: Leftovers = { secrets: [], needsIds: false, problems: [] };

interface About {
  readonly accountId: string;
  readonly sweep: Sweep;
  /** Prefixes of earlier complete sweeps, newest first. */
  readonly previous: readonly string[];
}

/**
 * Compares the account's secrets with its users. A scheduled secret whose user is there again is among them too: a key
 * in it may be active.
 */
export async function findLeftovers(
  member: MemberAccount,
  users: readonly ReportedUser[],
  about: About,
  dependencies: Pick<Dependencies, 'aws' | 'settings' | 'now'>,
): Promise<Leftovers> {
  const { secretPrefix, goneUsers } = dependencies.settings;
  const { secrets, problems } = await member.secrets.list();
  // A user who was renamed in case only has a secret of the same name to us, and not to Secrets Manager.
  const names = new Set(
    users.map(({ name }) =>
      secretNameOf(secretPrefix, { accountId: about.accountId, userName: name }).toLowerCase(),
    ),
  );
  const isThere = ({ name }: UserSecret): boolean => names.has(name.toLowerCase());
  const left = secrets.filter((secret) => !isThere(secret) || (secret.isScheduled && secret.isOurs));
  if (left.length === 0) return { secrets: [], needsIds: false, problems };
  const known = await recall(about, dependencies);
  const now = dependencies.now();
  const found = left.map((secret) => ({
    ...secret,
    since: known.get(secret.arn)?.since ?? now,
    isBack: isThere(secret),
  }));
  const { deleteAfterDays } = goneUsers;
  const needsIds = found.some(
    ({ since, isScheduled }) =>
      isScheduled || (deleteAfterDays !== null && daysBetween(since, now) >= deleteAfterDays),
  );
  return { secrets: found, needsIds, problems };
}

/** Since when users are known to be gone, from the last complete sweep that surveyed the account. */
async function recall(
  { accountId, sweep, previous }: About,
  dependencies: Pick<Dependencies, 'aws' | 'settings'>,
): Promise<ReadonlyMap<string, GoneUser>> {
  for (const prefix of previous) {
    const store = new ReportStore(dependencies, { executionArn: sweep.executionArn, prefix });
    const lines = await store.read(objects.goneOf(accountId));
    if (lines !== undefined) return recallGone(lines);
    // Nobody was gone then.
    if ((await store.read(objects.keysOf(accountId, 'jsonl'))) !== undefined) break;
  }
  return new Map();
}

/** What becomes of each, now that the account's keys are known. */
export function judgeLeftovers(
  { secrets }: Leftovers,
  rows: readonly KeyRow[],
  { accountId, complete }: Pick<Surveyed, 'accountId' | 'complete'>,
  { settings, now }: Pick<Dependencies, 'settings' | 'now'>,
): GoneUser[] {
  const active = activeKeysOf(rows, complete);
  const limits = { now: now(), deleteAfterDays: settings.goneUsers.deleteAfterDays };
  return secrets.flatMap(({ arn, userName, since, isBack, ...secret }) => {
    const judged = judgeGone({ ...secret, since }, active, limits);
    // Its user is there: only a secret that is needed is of interest.
    if (isBack && judged.act !== 'restore') return [];
    return [{ accountId, userName, secretArn: arn, since, ...judged }];
  });
}

/** Whether there is something to do for `DeleteSecrets`. */
export const isAnyDue = (gone: readonly GoneUser[]): boolean =>
  gone.some(({ act }) => act === 'delete' || act === 'restore');
