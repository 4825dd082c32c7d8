import { GetRoleCommand, GetRolePolicyCommand, IAMClient } from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import pMap from 'p-map';
import { permissionsOf, trustOf } from '../../infra/member-role.ts';
import { memberRoleName } from '../../infra/names.ts';
import { isOptIn } from '../../infra/regions.ts';
import { memberRoleOf } from '../../tasks/domain/member-role.ts';
import { selectAccounts } from '../../tasks/domain/sweeps/select-accounts.ts';
import { isoDay } from '../../tasks/domain/time.ts';
import type { MemberAccess } from '../../tasks/manifest.ts';
import { explain } from '../explain.ts';
import { assumed } from '../member-access.ts';
import { isStale, startAudit } from './audit.ts';
import { plural, someOf } from './counted.ts';
import { type Check, type CheckContext, fail, ifThere, ok, type Seen, unknown } from './finding.ts';
import { differences } from './trust.ts';

/** How many accounts are looked at simultaneously. */
const atATime = 5;

const deployRoles = ({ deployment }: CheckContext): string =>
  deployment.organization === undefined
    ? 'Deploy the member roles’ template there: docs/deploy.md, Without an organization.'
    : 'Is the StackSet’s instance there current? docs/deploy.md, 3.';

const howToAssume =
  'Run it with --assume and a role of every account that may read IAM roles and trusts you: docs/cli.md.';

/**
 * Both roles of every account in scope, with their trust and their permissions. With `--assume` each account is looked
 * at; without it, the last sweep is the evidence that the reading role could be assumed, and the writing role stays
 * unknown.
 */
export const memberRoles: Check = {
  name: 'member roles',
  look: (context) =>
    context.assume === undefined ? judgeByAudit(context) : inspect(context, context.assume),
};

const rolesOf = ({ deployment }: CheckContext): readonly MemberAccess[] =>
  deployment.members.writingRole ? ['read', 'write'] : ['read'];

async function judgeByAudit(context: CheckContext): Promise<Seen[]> {
  const name = memberRoleName(context.deployment);
  const reading = await readingRole(context, memberRoleOf(name, 'read'));
  if (!rolesOf(context).includes('write')) return [reading];
  const says = `Whether every account has ${name}, which changes keys, can’t be seen from here.`;
  return [reading, unknown(says, howToAssume)];
}

async function readingRole(context: CheckContext, name: string): Promise<Seen> {
  const audit = await context.lastAudit();
  if (audit === undefined) return unknown(`No sweep has tried ${name} yet.`, startAudit);
  const { totals, failed } = audit.overview;
  const refused = failed.filter(({ because }) => because.startsWith('MemberRoleRefused'));
  const when = isoDay(audit.endedAt);
  if (refused.length > 0) {
    const says = `${name} was refused on ${when} in ${someOf(refused.map(({ accountId }) => accountId))}.`;
    return fail(says, `${deployRoles(context)} Its conditions: docs/settings.md.`);
  }
  if (isStale(context, audit)) return unknown(`${name} was last assumed on ${when}.`, startAudit);
  const others = totals.failedAccounts;
  const says = `${name} was assumed in ${totals.surveyed} of ${plural(totals.accounts, 'account')} on ${when}`;
  if (others === 0) return ok(says);
  return unknown(`${says}; the others failed otherwise.`, 'See the line “last audit”.');
}

/** What is wrong with one account: a sentence that several accounts can share. Empty if nothing is. */
interface Looked {
  readonly accountId: string;
  readonly wrong: readonly string[];
  readonly notSeen: readonly string[];
}

async function inspect(context: CheckContext, assume: string): Promise<Seen[]> {
  const { deployment } = context;
  const all = await context.accounts();
  const { chosen } = selectAccounts(all, deployment.accounts, {}, deployment.live);
  if (chosen.length === 0)
    return [fail('No active account is in scope.', 'Correct accounts in the settings.')];
  const looked = await pMap(chosen, ({ id }) => inspectAccount(context, id, assume), {
    concurrency: atATime,
  });
  const seen = [
    ...grouped(looked, ({ wrong }) => wrong).map((says) => fail(says, deployRoles(context))),
    ...grouped(looked, ({ notSeen }) => notSeen).map((says) =>
      unknown(says, 'Run it as somebody who may assume that role there, and let the role read IAM roles.'),
    ),
  ];
  const names = rolesOf(context).map((each) => memberRoleOf(memberRoleName(deployment), each));
  return seen.length > 0
    ? seen
    : [ok(`${names.join(' and ')} in ${plural(chosen.length, 'account')}, trust and permissions as set`)];
}

function grouped(looked: readonly Looked[], of: (one: Looked) => readonly string[]): string[] {
  const byProblem = new Map<string, string[]>();
  for (const one of looked) {
    for (const says of of(one)) byProblem.set(says, [...(byProblem.get(says) ?? []), one.accountId]);
  }
  return [...byProblem].map(([says, ids]) => `${says} in ${plural(ids.length, 'account')}: ${someOf(ids)}.`);
}

async function inspectAccount(context: CheckContext, accountId: string, assume: string): Promise<Looked> {
  try {
    const aws = await accessOf(context, accountId, assume);
    const wrong: string[] = [];
    const iam = new IAMClient(aws);
    for (const access of rolesOf(context)) {
      wrong.push(...(await problemsOf(context, iam, { accountId, access })));
    }
    if (isOptIn(context.deployment.region)) wrong.push(...(await regionProblem(context, aws)));
    return { accountId, wrong, notSeen: [] };
  } catch (error) {
    const { sentence } = explain(error);
    return { accountId, wrong: [], notSeen: [sentence.replace(/\.$/, '')] };
  }
}

/** The central account is the caller's own. */
async function accessOf({ access, deployment, partition }: CheckContext, accountId: string, assume: string) {
  const aws = access(deployment.region);
  if (accountId === deployment.account) return aws;
  return assumed({ aws, partition }, accountId, assume, 'keyturn-doctor');
}

interface MemberRoleAt {
  readonly accountId: string;
  readonly access: MemberAccess;
}

async function problemsOf(context: CheckContext, iam: IAMClient, at: MemberRoleAt): Promise<string[]> {
  const { deployment, partition } = context;
  const RoleName = memberRoleOf(memberRoleName(deployment), at.access);
  const found = await ifThere(
    iam.send(new GetRoleCommand({ RoleName })),
    'NoSuchEntityException',
    'NoSuchEntity',
  );
  if (found?.Role === undefined) return [`${RoleName} is missing`];
  const trust = documentIn(found.Role.AssumeRolePolicyDocument);
  const other = differences(trustOf(deployment, at.access, partition), trust);
  return [
    ...(other.length === 0 ? [] : [`${RoleName} has another trust than the settings (${other.join(', ')})`]),
    ...(await permissionProblems(context, iam, { ...at, RoleName })),
  ];
}

/** keyturn makes no other policy, and its tasks’ sessions are narrower than this one. */
async function permissionProblems(
  { deployment, partition }: CheckContext,
  iam: IAMClient,
  { accountId, access, RoleName }: MemberRoleAt & { readonly RoleName: string },
): Promise<string[]> {
  const { policyName, policyDocument } = permissionsOf(deployment, access, { partition, accountId });
  const found = await ifThere(
    iam.send(new GetRolePolicyCommand({ RoleName, PolicyName: policyName })),
    'NoSuchEntityException',
    'NoSuchEntity',
  );
  if (found === undefined) return [`${RoleName} has no policy ${policyName}`];
  const other = differences(policyDocument, documentIn(found.PolicyDocument));
  return other.length === 0
    ? []
    : [`${RoleName} has other permissions than the settings (${other.join(', ')})`];
}

/** Parses a policy as IAM returns it. */
const documentIn = (text = '{}'): unknown => JSON.parse(decodeURIComponent(text));

async function regionProblem({ deployment }: CheckContext, aws: Awaited<ReturnType<typeof accessOf>>) {
  const { region } = deployment;
  const refused = ['InvalidClientTokenId', 'RegionDisabledException', 'UnrecognizedClientException'];
  const found = await ifThere(new STSClient(aws).send(new GetCallerIdentityCommand({})), ...refused);
  return found === undefined ? [`The region ${region} is off`] : [];
}
