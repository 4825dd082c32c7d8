import type { Executions } from '../aws/executions.ts';
import type { MemberAccount } from '../aws/member-account.ts';
import { isPassing } from '../aws/passing.ts';
import type { AccessKey } from '../domain/keys.ts';
import { makePolicy } from '../domain/policy.ts';
import type { ReportedUser } from '../domain/sweeps/credential-report.ts';
import { isWorthALook } from '../domain/sweeps/due.ts';
import type { AccountFacts, UserLook } from '../domain/sweeps/facts.ts';
import { agesToAsk } from '../domain/sweeps/true-age.ts';
import { reportedKeys, type SurveyedKey, seenKeys } from '../domain/sweeps/user-keys.ts';
import { adoptedIn } from '../domain/tags.ts';
import type { Settings } from '../settings.ts';
import { findMarked } from './last-rotation.ts';

/**
 * At most this many users are looked at in one survey: two calls each, sequentially, within the function's time-out.
 */
const mostLooks = 2000;

export interface Looking {
  readonly member: MemberAccount;
  readonly executions: Executions;
  readonly inspectAllUsers: boolean;
  /** Whether IAM is asked for every active key that isn't known by its ID yet. */
  readonly nameAll: boolean;
  readonly facts: AccountFacts;
  readonly settings: Settings;
  /** The rotation's machine, by its ARN. */
  readonly machine: string;
}

/**
 * Looks at the users that the credential report suggests, the oldest keys first, and asks for the true ages of keys
 * that may be older than they look in the report. By user name.
 */
export async function lookAtUsers(
  users: readonly ReportedUser[],
  looking: Looking,
): Promise<Map<string, UserLook>> {
  const looks = new Map<string, UserLook>();
  const lookable = users.filter((user) => isLookable(user, looking));
  const worth = lookable
    .filter((user) => isCanary(user, looking) || isWorth(surveyed(user, looking), looking))
    .toSorted((a, b) => rankOf(a, looking) - rankOf(b, looking));
  for (const [index, { name }] of worth.entries()) {
    looks.set(name, index < mostLooks ? await look(name, looking) : { state: 'postponed' });
  }
  const others = lookable.filter(({ name }) => !looks.has(name));
  for await (const [name, found] of askForAges(others, mostLooks - looks.size, looking))
    looks.set(name, found);
  if (looking.nameAll)
    for (const user of unnamed(users, looks, looking).slice(0, mostLooks))
      looks.set(user.name, await ask(user, looking));
  return looks;
}

/** Users with an active key that neither this sweep nor an earlier one knows by its ID. */
const unnamed = (
  users: readonly ReportedUser[],
  looks: ReadonlyMap<string, UserLook>,
  looking: Looking,
): ReportedUser[] =>
  users.filter(
    (user) =>
      !user.isRoot &&
      !looks.has(user.name) &&
      surveyed(user, looking).some(({ active, keyId }) => active && keyId === undefined),
  );

/** One call per user; if a key turns out to be old, also those of a look. */
async function* askForAges(
  users: readonly ReportedUser[],
  most: number,
  looking: Looking,
): AsyncGenerator<[name: string, look: UserLook]> {
  const byName = new Map(users.map((user) => [user.name, user]));
  const { changed, unasked, misses } = agesToAsk(
    users,
    looking.facts.memory,
    lookFrom(looking),
    looking.facts.now,
  );
  let [asked, missed] = [0, 0];
  for (const [index, name] of [...changed, ...unasked].entries()) {
    const user = byName.get(name);
    if (user === undefined || asked >= most || missed >= misses) return;
    const found = await ask(user, looking);
    yield [name, found];
    asked += 1;
    if (index >= changed.length && found.state !== 'seen') missed += 1;
  }
}

const ask = (user: ReportedUser, looking: Looking): Promise<UserLook> =>
  readable(async () => {
    const keys = await looking.member.keysOf(user.name);
    if (keys === undefined) return { state: 'gone' };
    return isWorth(seenKeys(keys, user), looking)
      ? lookOn(user.name, keys, looking)
      : { state: 'dated', keys };
  });

const isLookable = ({ name, isRoot, keys }: ReportedUser, { facts }: Looking): boolean =>
  !isRoot && !isExemptByGroup(name, facts) && keys.some(({ active }) => active);

const surveyed = (user: ReportedUser, { facts }: Looking): SurveyedKey[] => reportedKeys(user, facts.memory);

const isWorth = (keys: readonly SurveyedKey[], looking: Looking): boolean =>
  looking.inspectAllUsers || isWorthALook(keys, lookFrom(looking), looking.facts.now);

function lookFrom({ facts, settings }: Looking): number {
  const { maxAgeDays } = makePolicy([{ from: 'the settings', values: facts.policy }]);
  return settings.survey.lookFromAgeDays ?? maxAgeDays;
}

const isExemptByGroup = (name: string, { exempt, now }: AccountFacts): boolean =>
  exempt?.members.has(name) === true && now.getTime() <= exempt.exemption.until.getTime();

/** Its own limit is far below those of others, and only its tags say so. */
const isCanary = ({ name }: ReportedUser, { facts }: Looking): boolean => name === facts.canary;

const rankOf = (user: ReportedUser, looking: Looking): number =>
  isCanary(user, looking) ? 0 : oldestOf(surveyed(user, looking));

const oldestOf = (keys: readonly SurveyedKey[]): number =>
  Math.min(...keys.filter(({ active }) => active).map(({ since }) => since.getTime()));

const look = (userName: string, looking: Looking): Promise<UserLook> =>
  readable(async () => {
    const keys = await looking.member.keysOf(userName);
    return keys === undefined ? { state: 'gone' } : lookOn(userName, keys, looking);
  });

async function lookOn(userName: string, keys: readonly AccessKey[], looking: Looking): Promise<UserLook> {
  const tags = await looking.member.tagsOf(userName);
  if (tags === undefined) return { state: 'gone' };
  const lastRotation = await findMarked({ accountId: looking.facts.accountId, userName }, tags, looking);
  const secretIn = await looking.member.secrets.find(userName, adoptedIn(tags).adoptedSecret);
  return { state: 'seen', keys, tags, lastRotation, secretIn };
}

/** One unreadable user must not prevent the others' survey. A throttle is transient and is retried. */
async function readable(read: () => Promise<UserLook>): Promise<UserLook> {
  try {
    return await read();
  } catch (error) {
    if (isPassing(error) || !(error instanceof Error)) throw error;
    return { state: 'unreadable', because: `its keys or tags can't be read: ${error.name}` };
  }
}
