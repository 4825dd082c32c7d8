import * as z from 'zod';
import { ownersOfAccount } from '../aws/account-owners.ts';
import { Executions } from '../aws/executions.ts';
import { MemberAccount } from '../aws/member-account.ts';
import { isPassing } from '../aws/passing.ts';
import type { Dependencies } from '../dependencies.ts';
import { canaryIn } from '../domain/canary.ts';
import { defined } from '../domain/defined.ts';
import { CredentialReportNotReady } from '../domain/errors.ts';
import { NameSet } from '../domain/letter-case.ts';
import { byAddress, type Owners, ownersInTag } from '../domain/owners.ts';
import { readCredentialReport } from '../domain/sweeps/credential-report.ts';
import type { AccountFacts, UserLook } from '../domain/sweeps/facts.ts';
import { sparesOfAccount, summarize } from '../domain/sweeps/summary.ts';
import { accountItemSchema, surveySchema, sweepSchema } from '../domain/sweeps/sweep.ts';
import { triage } from '../domain/sweeps/triage.ts';
import { exemptionOfGroup } from '../domain/tags.ts';
import { hour } from '../domain/time.ts';
import { lambdaHandler } from '../lambda.ts';
import { needed } from '../settings.ts';
import { task } from '../task.ts';
import { findLeftovers, isAnyDue, judgeLeftovers, noLeftovers } from './find-gone-users.ts';
import { type Looking, lookAtUsers } from './look-at-users.ts';
import { changeOf, recallAccount } from './previous-sweeps.ts';
import { secretsToAdopt } from './secrets-to-adopt.ts';
import { storeSurvey } from './store-survey.ts';
import { holdBackUnmarked, type Judged } from './unmarked-attempts.ts';

const input = z.object({
  sweep: sweepSchema,
  account: accountItemSchema,
  survey: surveySchema,
  /** How often the state machine has waited for the credential report. */
  waited: z.number().int().nonnegative(),
});
type Input = z.output<typeof input>;

type Survey =
  | { readonly act: 'surveyed'; readonly toDo?: 'deleteSecrets' }
  | { readonly act: 'wait'; readonly seconds: number; readonly waited: number };

/**
 * State SurveyAccount: reads IAM's credential report, with two calls for any number of users, to find out which of an
 * account's users need a closer look. Changes nothing.
 */
export const surveyAccount = task({
  name: 'SurveyAccount',
  input,
  run: async ({ sweep, account, survey, waited }, dependencies): Promise<Survey> => {
    const { settings, log } = dependencies;
    const session = { accountId: account.id, executionArn: sweep.executionArn };
    const member = await MemberAccount.enter(dependencies, { ...session, group: settings.exemptGroup?.name });
    const report = await fetchReport(member, waited, dependencies);
    if (report === undefined) return waitAgain(account.id, waited);
    const { users: all, problems } = readCredentialReport(report.csv);
    const named = survey.users && new NameSet(survey.users);
    const users = named === undefined ? all : all.filter(({ name }) => named.has(name));
    const { exempt, hold } = await readExemptGroup(member, dependencies);
    const memory = await recallAccount(account.id, sweep, survey.previous, dependencies);
    const facts = { ...factsOf(account, exempt, dependencies), memory };
    const about = { accountId: account.id, sweep, previous: survey.previous };
    const left = named === undefined ? await findLeftovers(member, all, about, dependencies) : noLeftovers;
    const looking: Looking = {
      ...{ member, facts, settings, inspectAllUsers: survey.inspectAllUsers },
      nameAll: left.needsIds,
      executions: new Executions(dependencies),
      machine: needed(settings, 'rotationMachine'),
    };
    const looks = await lookAtUsers(users, looking);
    const owners = await ownersFor(looks, account, { sweep, dependencies });
    const judging = { ...looking, facts: { ...facts, ...defined({ owners }) } };
    const judged = users.map((user): Judged => {
      const look = looks.get(user.name);
      return { user, look, triaged: triage(user, look, judging.facts) };
    });
    const enough = hold === undefined ? settings.waves.perAccount + sparesOfAccount : 0;
    const triaged = await holdBackUnmarked(judged, enough, judging);
    const rows = triaged.flatMap((one) => one.rows);
    const toAdopt = await secretsToAdopt(session, dependencies);
    const summary = summarize(triaged, {
      accountId: about.accountId,
      asOf: report.generatedAt,
      users: users.filter(({ isRoot }) => !isRoot).length,
      perAccount: settings.waves.perAccount,
      hold,
      notLive: account.notLive,
      problems: [...problems, ...toAdopt, ...left.problems],
      rootRead: users.some(({ isRoot }) => isRoot),
      unread: problems.length,
      named: named === undefined ? [] : users.map(({ name }) => name),
      owners,
      change: await changeOf({ accountId: account.id, rows }, sweep, survey.base, dependencies),
    });
    const gone = judgeLeftovers(left, rows, summary, dependencies);
    await storeSurvey(sweep, { summary, rows, gone }, dependencies);
    const said = { users: summary.users, ready: summary.ready, hold };
    log.info('surveyed', { sweep: sweep.id, accountId: account.id, ...said });
    const mayDelete = survey.deletesSecrets && settings.mode === 'live' && account.notLive === undefined;
    return { act: 'surveyed', ...(mayDelete && isAnyDue(gone) ? { toDo: 'deleteSecrets' } : {}) };
  },
});

/** IAM keeps a report for four hours; an older one can't be the one that IAM just announced. */
const stalest = 5 * hour;
/**
 * A report usually takes some seconds. For that long, a sleeping function is cheaper than a waiting state.
 * Milliseconds.
 */
const pauses = [6_000, 12_000];
/** After that the state machine waits, at most this often. */
const mostWaits = 20;
const waitSeconds = 30;

const waitAgain = (accountId: string, waited: number): Survey => {
  if (waited >= mostWaits) {
    throw new CredentialReportNotReady(`account ${accountId}: not ready after ${waited} waits`);
  }
  return { act: 'wait', seconds: waitSeconds, waited: waited + 1 };
};

/** Undefined if the report isn't available yet; it has then been requested. */
async function fetchReport(
  member: MemberAccount,
  waited: number,
  { now, sleep }: Pick<Dependencies, 'now' | 'sleep'>,
): Promise<{ readonly csv: string; readonly generatedAt: Date } | undefined> {
  // After a wait the report is usually available: requesting it again would be one more call.
  const isUnderWay = waited === 0 && (await member.requestReport()) === 'underWay';
  for (const pause of isUnderWay ? pauses : [0]) {
    if (pause > 0) await sleep(pause);
    const report = await member.fetchReport();
    if (report.state === 'ready' && now().getTime() - report.generatedAt.getTime() <= stalest) return report;
    if (report.state === 'underWay') continue;
    await member.requestReport();
    return undefined;
  }
  return undefined;
}

/** If the group can't be read, exemptions are unknown, so nothing is started in this account. */
async function readExemptGroup(
  member: MemberAccount,
  { settings }: Dependencies,
): Promise<{ readonly exempt?: AccountFacts['exempt']; readonly hold?: string }> {
  const group = settings.exemptGroup;
  if (group === undefined) return {};
  try {
    const members = await member.membersOf(group.name);
    return { exempt: { members, exemption: exemptionOfGroup(group) } };
  } catch (error) {
    if (isPassing(error) || !(error instanceof Error)) throw error;
    return {
      hold: `the exempt group ${group.name} can't be read (${error.name}), so nothing is started here`,
    };
  }
}

/** Who answers for the account; undefined if every user that was looked at has an owner of its own. */
async function ownersFor(
  looks: ReadonlyMap<string, UserLook>,
  { id: accountId, email }: Input['account'],
  { sweep, dependencies }: { readonly sweep: Input['sweep']; readonly dependencies: Dependencies },
): Promise<Owners | undefined> {
  const { ownerTag } = dependencies.settings;
  const isNeeded = [...looks.values()].some(
    (look) => look.state === 'seen' && ownersInTag(look.tags.get(ownerTag)).addresses.length === 0,
  );
  if (!isNeeded) return undefined;
  return ownersOfAccount(dependencies, { accountId, email, executionArn: sweep.executionArn });
}

function factsOf(
  account: Input['account'],
  exempt: AccountFacts['exempt'],
  { settings, now }: Dependencies,
): AccountFacts {
  const { ownerTag, policy, survey } = settings;
  return {
    now: now(),
    accountId: account.id,
    owners: byAddress(account.email, settings.operators),
    ownerTag,
    policy,
    secrets: settings,
    codeTags: survey.codeTags,
    overdueAfterDays: survey.overdueAfterDays,
    restDays: survey.restDays,
    silentRestDays: survey.silentRestDays,
    exempt,
    notLive: account.notLive,
    canary: canaryIn(account.id, settings),
  };
}

export const handler = lambdaHandler(surveyAccount);
