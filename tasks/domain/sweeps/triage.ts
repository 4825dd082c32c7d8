import { judgeKeys } from '../controls/judge.ts';
import { agedSituation, agedTable } from '../decisions/aged.ts';
import type { SweptSituation } from '../decisions/swept.ts';
import { decideBy } from '../decisions/table.ts';
import { unneededUserTable } from '../decisions/unneeded-user.ts';
import { defined } from '../defined.ts';
import { PolicyOutOfBounds, UnreadableTag } from '../errors.ts';
import { attemptOf, nameOf } from '../execution-name.ts';
import { madeByCode } from '../made-by-code.ts';
import { type WayOff, wayOffFor } from '../off-keys.ts';
import { ownersInTag, ownersOfUser } from '../owners.ts';
import { daysBetween } from '../time.ts';
import type { ReportedUser } from './credential-report.ts';
import type { AccountFacts, UserLook, Verdict } from './facts.ts';
import { type OpenQuestion, openQuestionOf, ownerQuestion } from './open-question.ts';
import { readersOf, whyMisplaced } from './readers.ts';
import { type LastRotation, type Rest, restAfter } from './rest.ts';
import type { Candidate, KeyRow, UnneededUser } from './row.ts';
import { type RotationNow, rotationNow } from './running.ts';
import { reportedKeys, type SurveyedKey, seenKeys } from './user-keys.ts';
import { judge, type Limits, limitsOf } from './verdict.ts';

export interface Triaged {
  readonly rows: readonly KeyRow[];
  readonly candidate?: Candidate;
  readonly exemptionExpired: boolean;
  /** A sentence for the report. */
  readonly problem?: string;
  readonly open?: OpenQuestion;
  readonly unneeded?: UnneededUser;
  /** The user's running rotation. */
  readonly rotation?: RotationNow;
}

/**
 * What a user's keys need, judging by the report and the look; the rotation's own Assess decides from fresh reads.
 */
export function triage(user: ReportedUser, look: UserLook | undefined, facts: AccountFacts): Triaged {
  if (look?.state === 'gone') return { rows: [], exemptionExpired: false };
  const isRead = look?.state === 'seen' || look?.state === 'dated';
  const keys = isRead ? seenKeys(look.keys, user) : reportedKeys(user, facts.memory);
  const tags = look?.state === 'seen' ? look.tags : undefined;
  const last = look?.state === 'seen' ? look.lastRotation : undefined;
  const tag = tags?.get(facts.ownerTag);
  const owner = tags === undefined ? facts.owners.addresses : ownersOfUser(tag, facts.owners).addresses;
  let limits: Limits | undefined;
  let invalid: string | undefined;
  let rest = restKnown(user.name, look, facts);
  try {
    if (tags !== undefined) rest = restAfter(last, rest, owner.join(' '), facts);
    limits = limitsOf(user.name, look, facts);
  } catch (error) {
    if (!(error instanceof UnreadableTag || error instanceof PolicyOutOfBounds)) throw error;
    invalid = error.message;
  }
  const situation: SweptSituation = {
    ...{ isRoot: user.isRoot, active: true, look, facts, rest, problem: invalid },
    exemptions: limits?.exemptions ?? [],
    aged: decideBy(agedTable, agedSituation(keys, limits?.maxAgeDays ?? 0, facts.now)).decision,
  };
  const verdict = judge(situation);
  const about = {
    ...{ userName: user.name, owner: owner.join(' '), ownerRead: tags !== undefined },
    ...secretOf(user.name, look, facts),
    ...defined({ rest }),
    wayOff: tags === undefined ? undefined : wayOffOf(user.name, tags, keys),
    madeByCode: tags === undefined ? undefined : madeByCode({ userName: user.name, tags }, facts.codeTags),
  };
  const results = judgeKeys(user, keys, facts.now);
  const rows = keys.map((key, place) => ({
    ...rowOf(key, key.active ? verdict : judge({ ...situation, active: false }), about, facts),
    ...defined({ controls: results[place], userPath: user.path }),
  }));
  const [tagProblem] = ownersInTag(tag).passedOver;
  const problem = problemOf(user.name, { ...verdict, tagProblem }, look, facts);
  const candidate =
    tags === undefined ? {} : candidateOf(user.name, { keys, verdict, owner, last, rest }, facts);
  const hasKeys = keys.some(({ active }) => active);
  const who = { accountId: facts.accountId, userName: user.name };
  const open = hasKeys
    ? (openQuestionOf(
        who,
        verdict,
        rest,
        keys.flatMap(({ active, keyId }) => (active && keyId !== undefined ? [keyId] : [])),
      ) ?? ownerQuestion(who, tagProblem))
    : undefined;
  const exemptionExpired = verdict.exemptionExpired ?? false;
  const unneeded = unneededUser(user, facts);
  const rotation = rotationNow(last, keys, facts.now);
  return { rows, exemptionExpired, ...problem, ...candidate, ...defined({ open, unneeded, rotation }) };
}

function unneededUser(user: ReportedUser, { accountId, now }: AccountFacts): UnneededUser | undefined {
  const { act, because } = decideBy(unneededUserTable, { user, now }).decision;
  return act === 'couldBeDeleted' ? { accountId, userName: user.name, because } : undefined;
}

/** A user who isn't worth a look has no old key any more: what was open about it is settled. */
const restKnown = (
  userName: string,
  look: UserLook | undefined,
  { memory }: AccountFacts,
): Rest | undefined => (look === undefined || look.state === 'dated' ? undefined : memory?.restOf(userName));

function secretOf(
  userName: string,
  look: UserLook | undefined,
  { secrets }: AccountFacts,
): Pick<KeyRow, 'readers' | 'secretIn'> {
  if (look?.state !== 'seen' || look.secretIn === undefined) return {};
  return { readers: readersOf(userName, secrets, look.secretIn), secretIn: look.secretIn };
}

function problemOf(
  userName: string,
  { decision, because, tagProblem }: Verdict & { readonly tagProblem: string | undefined },
  look: UserLook | undefined,
  { secrets }: AccountFacts,
): { problem?: string } {
  if (decision === 'unreadable') return { problem: `${userName}: ${because}` };
  const secretIn = look?.state === 'seen' ? look.secretIn : undefined;
  const misplaced = secretIn === undefined ? undefined : whyMisplaced(secretIn, secrets);
  const problem = misplaced ?? tagProblem;
  return defined({ problem: problem && `${userName}: ${problem}` });
}

function candidateOf(
  userName: string,
  about: {
    readonly keys: readonly SurveyedKey[];
    readonly verdict: Verdict;
    readonly owner: string[];
    readonly last: LastRotation | undefined;
    readonly rest: Rest | undefined;
  },
  { accountId, now, canary }: AccountFacts,
): { candidate?: Candidate } {
  const { keys, verdict, owner, last, rest } = about;
  const { due, because } = verdict;
  if (due === undefined) return {};
  const user = { accountId, userName };
  const keyId = due.why === 'unused' ? keys[due.place]?.keyId : undefined;
  const retire = keyId === undefined ? {} : { action: 'retire', keyId };
  const ages = keys.filter(({ active }) => active).map(({ since }) => daysBetween(since, now));
  const candidate = {
    ...user,
    attempt: (attemptOf(user, nameOf(last?.executionArn ?? '')) ?? 0) + 1,
    input: { ...user, when: 'due', ...retire, ...defined({ known: rest?.question }) },
    ageDays: oneDecimal(Math.max(...ages)),
    because,
    owner,
    ...(rest === undefined ? {} : { retry: true as const }),
    ...(userName === canary ? { canary: true as const } : {}),
  };
  return { candidate };
}

function rowOf(
  key: SurveyedKey,
  { decision, because, rotation }: Verdict,
  about: Pick<
    KeyRow,
    'userName' | 'owner' | 'ownerRead' | 'readers' | 'secretIn' | 'wayOff' | 'madeByCode' | 'rest'
  >,
  { accountId, now, overdueAfterDays }: AccountFacts,
): KeyRow {
  const { keyId, slot, status, since, changedAt, lastUse, active } = key;
  const age = daysBetween(since, now);
  const isExcused = decision === 'exempt' || decision === 'rootKey';
  return {
    accountId,
    userName: about.userName,
    ...(keyId === undefined ? { slot } : { keyId }),
    status,
    since,
    ...defined({ changedAt }),
    ageDays: oneDecimal(age),
    lastUse,
    owner: about.owner,
    ownerRead: about.ownerRead,
    decision,
    because,
    overdue: active && !isExcused && age >= overdueAfterDays,
    ...defined({
      rotation,
      rest: about.rest,
      wayOff: active ? about.wayOff : undefined,
      madeByCode: active ? about.madeByCode : undefined,
    }),
    ...(about.readers === undefined ? {} : { readers: about.readers, secretIn: about.secretIn }),
  };
}

const wayOffOf = (
  userName: string,
  tags: ReadonlyMap<string, string>,
  keys: readonly SurveyedKey[],
): WayOff | undefined =>
  wayOffFor({
    userName,
    tags,
    uses: keys.flatMap(({ active, lastUse }) => (active ? [lastUse] : [])),
  });

const oneDecimal = (days: number): number => Math.round(days * 10) / 10;
