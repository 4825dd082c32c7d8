import type { Executions } from '../aws/executions.ts';
import type { MemberAccount } from '../aws/member-account.ts';
import { lastAttempt } from '../domain/attempts.ts';
import type { TagMap } from '../domain/letter-case.ts';
import { makePolicy } from '../domain/policy.ts';
import type { ReportedUser } from '../domain/sweep/credential-report.ts';
import { isWorthALook } from '../domain/sweep/due.ts';
import type { AccountFacts, LastRotation, UserLook } from '../domain/sweep/verdict.ts';
import type { Settings } from '../settings.ts';
import { isPassing } from '../task.ts';
import { findAttempt } from './last-rotation.ts';

/** So many users are looked at in one survey: two calls each, one after the other, within a function's life. */
const mostLooks = 2000;

export interface Looking {
  readonly member: MemberAccount;
  readonly executions: Executions;
  readonly closely: boolean;
  readonly facts: AccountFacts;
  readonly settings: Settings;
  /** The rotation's machine, by its ARN. */
  readonly machine: string;
}

/** Looks at those users whom the credential report gives reason to look at, the oldest keys first; by user's name. */
export async function lookAtUsers(
  users: readonly ReportedUser[],
  looking: Looking,
): Promise<Map<string, UserLook>> {
  const looks = new Map<string, UserLook>();
  const worth = users.filter((user) => isWorth(user, looking)).toSorted((a, b) => oldestOf(a) - oldestOf(b));
  for (const [index, { name }] of worth.entries()) {
    looks.set(name, index < mostLooks ? await look(name, looking) : { state: 'postponed' });
  }
  return looks;
}

function isWorth({ name, isRoot, keys }: ReportedUser, { closely, facts, settings }: Looking): boolean {
  if (isRoot || isExemptByGroup(name, facts)) return false;
  if (closely) return keys.some(({ active }) => active);
  const { maxAgeDays } = makePolicy([{ from: 'the settings', values: facts.policy }]);
  return isWorthALook(keys, settings.survey.lookFromAgeDays ?? maxAgeDays, facts.now);
}

const isExemptByGroup = (name: string, { exempt, now }: AccountFacts): boolean =>
  exempt?.members.has(name) === true && now.getTime() <= exempt.exemption.until.getTime();

const oldestOf = ({ keys }: ReportedUser): number =>
  Math.min(...keys.filter(({ active }) => active).map(({ since }) => since.getTime()));

/** One user who can't be read must not cost the others their survey; a throttle passes, and is tried again. */
async function look(userName: string, looking: Looking): Promise<UserLook> {
  try {
    const seen = await looking.member.look(userName);
    if (seen === undefined) return { state: 'gone' };
    return { state: 'seen', ...seen, lastRotation: await lastRotationOf(userName, seen.tags, looking) };
  } catch (error) {
    if (isPassing(error) || !(error instanceof Error)) throw error;
    return { state: 'unreadable', because: `its keys or tags can’t be read: ${error.name}` };
  }
}

/** A call more, and only for users who bear a rotation's mark. */
async function lastRotationOf(
  userName: string,
  tags: TagMap,
  looking: Looking,
): Promise<LastRotation | undefined> {
  const user = { accountId: looking.facts.accountId, userName };
  const attempt = lastAttempt(user, tags);
  return attempt === 0 ? undefined : findAttempt(user, attempt, looking);
}
