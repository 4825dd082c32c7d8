import * as z from 'zod';
import { readSender } from '../tasks/domain/settings/sender.ts';
import { regionSchema } from '../tasks/domain/settings/values.ts';
import { checkAccountList } from './account-list-checks.ts';
import { isPartition, isRegion, partitionOf, sendsMail } from './regions.ts';
import type { SettingProblem } from './setting-problem.ts';

const text = z.string().optional().catch(undefined);
const list = z.array(z.string().catch('')).catch([]);
const scopeView = z.object({ organizationalUnits: list, include: list, exclude: list });
const nothing = { organizationalUnits: [], include: [], exclude: [] };

/**
 * The settings as far as they can be read: each check reports what it can, whatever else is wrong, so that a deployer
 * sees every problem. The schema checks each value by itself.
 */
const viewSchema = z.object({
  account: text,
  region: text,
  mode: text,
  canary: z.boolean().optional().catch(undefined),
  members: z.object({ writingRole: z.boolean().optional().catch(undefined) }).catch({}),
  organization: z.object({ managementAccount: text }).optional().catch({}),
  accounts: scopeView
    .extend({
      list: z
        .array(z.object({ id: text }).catch({}))
        .optional()
        .catch([]),
    })
    .catch(nothing),
  live: scopeView.optional().catch(undefined),
  mail: z.object({ from: text, operators: text, identity: text }).catch({}),
  storage: z
    .object({ where: text, replicaRegions: list, keptKeys: z.record(z.string(), z.string()).catch({}) })
    .catch({ where: undefined, replicaRegions: [], keptKeys: {} }),
  standby: z.object({ region: text }).optional().catch(undefined),
  links: z
    .object({ domain: text, certificateArn: text, hostedZone: z.object({ name: text }).catch({}) })
    .catch({ hostedZone: {} }),
});
type View = z.output<typeof viewSchema>;

/** Every problem that takes more than one setting to see. */
export function checkTogether(settings: unknown): SettingProblem[] {
  const view = viewSchema.safeParse(settings).data;
  if (view === undefined) return [];
  return [
    checkRegion,
    checkAccountList,
    checkMembers,
    checkMail,
    checkReplicas,
    checkKeptKeys,
    checkScopes,
    checkLive,
    checkLinks,
    checkCanary,
    checkStandby,
  ].flatMap((check) => check(view));
}

/** A region that is well-formed and doesn't exist. */
const unknownRegion = (path: SettingProblem['path'], region: string): SettingProblem[] =>
  isRegion(region) || !regionSchema.safeParse(region).success
    ? []
    : [{ path, message: `must be an AWS region, such as eu-west-1 (it is ${JSON.stringify(region)})` }];

function checkRegion({ region }: View): SettingProblem[] {
  if (region === undefined) return [];
  const path = ['region'];
  if (!isRegion(region)) return unknownRegion(path, region);
  const partition = partitionOf(region);
  if (partition === 'aws-cn') {
    return [{ path, message: `is ${region}, in China, where there is no SES to send mail with` }];
  }
  if (!isPartition(partition)) {
    const message = `is ${region}, in ${partition}; keyturn knows the partitions aws and aws-us-gov`;
    return [{ path, message }];
  }
  return sendsMail(region)
    ? []
    : [{ path, message: `is ${region}, where there is no SES to send mail with; take one that has it` }];
}

/** A deployment that may change keys needs the role that can. */
const checkMembers = ({ mode, members }: View): SettingProblem[] =>
  mode === 'live' && members.writingRole === false
    ? [
        {
          path: ['members', 'writingRole'],
          message: 'must not be false in mode "live": no key could be changed',
        },
      ]
    : [];

function checkMail({ mode, mail: { from, operators, identity } }: View): SettingProblem[] {
  const refusals: SettingProblem[] = [];
  if (mode === 'live' && operators === undefined) {
    const message = 'must be set if mode is "live": somebody has to hear of failures';
    refusals.push({ path: ['mail', 'operators'], message });
  }
  if (from === undefined || identity === undefined) return refusals;
  const { address } = readSender(from);
  if (!covers(identity, address)) {
    const message = `is ${address}, which the identity ${identity} doesn't cover: it covers ${coveredBy(identity)}`;
    refusals.push({ path: ['mail', 'from'], message });
  }
  return refusals;
}

/** SES lets the identity of a domain send from the domain and from every subdomain. */
function covers(identity: string, address: string): boolean {
  const [name, sender] = [identity.toLowerCase(), address.toLowerCase()];
  if (name.includes('@')) return name === sender;
  return isWithin(sender.slice(sender.lastIndexOf('@') + 1), name);
}

const coveredBy = (identity: string): string =>
  identity.includes('@') ? 'this one address' : `addresses in ${identity} and in its subdomains`;

/** Whether a host is the domain itself or below it. */
const isWithin = (host: string, domain: string): boolean => host === domain || host.endsWith(`.${domain}`);

function checkReplicas({ region, storage: { replicaRegions } }: View): SettingProblem[] {
  return replicaRegions.flatMap((replica, index) => {
    const path = ['storage', 'replicaRegions', index];
    if (!isRegion(replica)) return unknownRegion(path, replica);
    if (region === undefined || !isRegion(region)) return [];
    if (replica === region) {
      return [{ path, message: `is ${replica}, where the secrets are already; name other regions` }];
    }
    if (replicaRegions.indexOf(replica) < index) {
      return [{ path, message: `is ${replica} for the second time; name each region once` }];
    }
    return partitionOf(replica) === partitionOf(region)
      ? []
      : [
          {
            path,
            message: `is ${replica}, in another partition than ${region}; name regions of its partition`,
          },
        ];
  });
}

function checkKeptKeys({ account, region, storage: { keptKeys, replicaRegions } }: View): SettingProblem[] {
  if (account === undefined || region === undefined || !isRegion(region)) return [];
  const regions = [region, ...replicaRegions];
  return Object.entries(keptKeys).flatMap(([where, arn]) => {
    const path = ['storage', 'keptKeys', where];
    if (!isRegion(where)) return unknownRegion(path, where);
    if (!regions.includes(where)) {
      return [
        { path, message: `is for a region that holds no secrets; those that do: ${regions.join(', ')}` },
      ];
    }
    const wanted = `arn:${partitionOf(where)}:kms:${where}:${account}:key/`;
    return arn.startsWith(wanted) && /^[\w-]+$/.test(arn.slice(wanted.length))
      ? []
      : [{ path, message: `must be the ARN of a KMS key there, ${wanted}… (it is ${JSON.stringify(arn)})` }];
  });
}

function checkScopes({ accounts, live, organization }: View): SettingProblem[] {
  const managementAccount = organization?.managementAccount;
  const scopes = Object.entries({ accounts, ...(live === undefined ? {} : { live }) });
  return scopes.flatMap(([name, { organizationalUnits, include, exclude }]) => {
    const both = exclude.flatMap((account, index): SettingProblem[] =>
      account !== '' && include.includes(account)
        ? [
            {
              path: [name, 'exclude', index],
              message: `is ${account}, which include names too; keep one of them`,
            },
          ]
        : [],
    );
    const left = include.filter((account) => !exclude.includes(account));
    const isOnly = left.length > 0 && left.every((account) => account === managementAccount);
    if (organizationalUnits.length > 0 || !isOnly) return both;
    const message = `names ${managementAccount} alone, the management account, which no StackSet reaches and no guardrail binds; name a member account as well`;
    return [...both, { path: [name, 'include'], message }];
  });
}

/** What may be changed must be audited too: a sweep starts what it has seen. */
function checkLive({ accounts, live }: View): SettingProblem[] {
  if (live === undefined) return [];
  const isListed = accounts.include.length > 0 && accounts.organizationalUnits.length === 0;
  return live.include.flatMap((account, index): SettingProblem[] => {
    const path = ['live', 'include', index];
    if (accounts.exclude.includes(account)) {
      return [{ path, message: `is ${account}, which accounts.exclude names: nothing is started there` }];
    }
    return isListed && !accounts.include.includes(account)
      ? [{ path, message: `is ${account}, which accounts.include doesn't name: nothing is started there` }]
      : [];
  });
}

/** The canary is rotated like any other user, so the central account must be in scope. */
function checkCanary({ canary, mode, account, accounts, live }: View): SettingProblem[] {
  if (canary !== true) return [];
  const refused = (message: string): SettingProblem[] => [{ path: ['canary'], message }];
  if (mode !== 'live') return refused('must not be true unless mode is "live": nothing would be rotated');
  const scopes = Object.entries({ accounts, ...(live === undefined ? {} : { live }) });
  return scopes.flatMap(([name, { organizationalUnits, include, exclude }]) => {
    const isListed = include.length > 0 && organizationalUnits.length === 0;
    const isOut = exclude.includes(account ?? '') || (isListed && !include.includes(account ?? ''));
    return isOut
      ? refused(`needs account ${account} itself in scope, and ${name} leaves it out: its user is there`)
      : [];
  });
}

/** In member storage, somebody would need credentials in every account to make its copies independent. */
function checkStandby({ region, standby, storage: { where, replicaRegions } }: View): SettingProblem[] {
  if (standby?.region === undefined) return [];
  const path = ['standby', 'region'];
  if (!isRegion(standby.region)) return unknownRegion(path, standby.region);
  if (where !== 'central') {
    const message =
      'needs storage.where to be "central": copies of secrets in member accounts can only be made independent with credentials of each account';
    return [{ path: ['standby'], message }];
  }
  const isFirst = region !== standby.region;
  return isFirst && !replicaRegions.includes(standby.region)
    ? [
        {
          path,
          message: `is ${standby.region}, which storage.replicaRegions must name too: there are no copies of secrets otherwise`,
        },
      ]
    : [];
}

function checkLinks({
  account,
  region,
  links: { domain, certificateArn, hostedZone },
}: View): SettingProblem[] {
  const refusals: SettingProblem[] = [];
  const zone = hostedZone.name?.replace(/\.$/, '');
  if (domain !== undefined && zone !== undefined && !isWithin(domain, zone)) {
    const message = `is ${zone}, which isn't a parent of ${domain}; it must be ${domain} or what comes after one of its dots`;
    refusals.push({ path: ['links', 'hostedZone', 'name'], message });
  }
  if (certificateArn === undefined || account === undefined || region === undefined || !isRegion(region)) {
    return refusals;
  }
  const wanted = `arn:${partitionOf(region)}:acm:${region}:${account}:certificate/`;
  if (!certificateArn.startsWith(wanted) || certificateArn === wanted) {
    const message = `must be the ARN of a certificate in ACM, in keyturn's region and account: ${wanted}… (it is ${JSON.stringify(certificateArn)})`;
    refusals.push({ path: ['links', 'certificateArn'], message });
  }
  return refusals;
}
