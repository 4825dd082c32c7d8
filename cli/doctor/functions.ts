import {
  type FunctionConfiguration,
  GetAccountSettingsCommand,
  LambdaClient,
  paginateListFunctions,
} from '@aws-sdk/client-lambda';
import { descriptionOf, settingsThatDiffer } from '../../infra/environment.ts';
import { functionName, roleArn, roleName } from '../../infra/names.ts';
import { modeOf } from '../../tasks/domain/settings/mode.ts';
import { type FunctionRow, functionsOf } from '../../tasks/manifest.ts';
import { plural, someOf } from './counted.ts';
import { type Check, type CheckContext, deployAgain, fail, ok, type Seen, warn } from './finding.ts';

/** Every function exists, has its own role, and was deployed with the current settings. */
export const functions: Check = {
  name: 'functions',
  look: async (context) => {
    const { deployment, access, partition } = context;
    const client = new LambdaClient(access(deployment.region));
    const there = new Map<string, FunctionConfiguration>();
    for await (const { Functions = [] } of paginateListFunctions({ client }, {})) {
      for (const found of Functions) there.set(found.FunctionName ?? '', found);
    }
    const rows = functionsOf(deployment);
    const missing = rows.map(({ name }) => functionName(name)).filter((name) => !there.has(name));
    if (missing.length > 0) return fail(`Missing: ${someOf(missing)}.`, deployAgain);
    const wrongRole: string[] = [];
    const outdated = new Set<string>();
    for (const row of rows) {
      const found = there.get(functionName(row.name));
      const role = roleArn(deployment.account, roleName(deployment, row.name), partition);
      if (found?.Role !== role) wrongRole.push(functionName(row.name));
      for (const name of changedSettings(row, context, found)) outdated.add(name);
    }
    const seen: Seen[] = [];
    if (wrongRole.length > 0) {
      const says = `Not under their own roles, which the member accounts trust: ${someOf(wrongRole)}.`;
      seen.push(fail(says, deployAgain));
    }
    if (outdated.size > 0) {
      const says = `Deployed with other settings than these: ${[...outdated].toSorted().join(', ')} differ.`;
      seen.push(warn(says, `${deployAgain} Or run doctor with the settings that were deployed.`));
    }
    return seen.length > 0 ? seen : ok(`${rows.length}, in mode ${deployment.mode}`);
  },
};

function changedSettings(
  { name }: FunctionRow,
  { deployment }: CheckContext,
  found: FunctionConfiguration | undefined,
): string[] {
  const mode = modeOf(found?.Environment?.Variables?.KEYTURN_MODE);
  return [
    ...(mode === deployment.mode ? [] : ['mode']),
    ...settingsThatDiffer(descriptionOf(name, deployment), found?.Description ?? ''),
  ];
}

/** Rotations, answers and events need some concurrency, however many accounts are being surveyed. */
const others = 5;

/** A sweep leaves enough of the account's Lambda concurrency for everything else. */
export const concurrency: Check = {
  name: 'Lambda concurrency',
  look: async ({ deployment, access }) => {
    const { surveys, ownerPages } = deployment.concurrency;
    const client = new LambdaClient(access(deployment.region));
    const { AccountLimit } = await client.send(new GetAccountSettingsCommand({}));
    const { ConcurrentExecutions: all = 0, UnreservedConcurrentExecutions: free = all } = AccountLimit ?? {};
    const says = `${free} of ${all} unreserved; a sweep takes ${surveys}${ownerPages === undefined ? '' : `, ${ownerPages} are set aside for owners’ pages`}`;
    const todo = 'Lower concurrency.surveys and deploy, or ask Service Quotas for more.';
    if (free < surveys) return fail(`${says}: a sweep alone is throttled.`, todo);
    if (free < surveys + others) return warn(`${says}: a sweep starves rotations and owners’ pages.`, todo);
    return ok(`${says}, so ${plural(free - surveys, 'other function')} can run beside it`);
  },
};
