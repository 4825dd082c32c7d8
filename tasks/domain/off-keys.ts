import * as z from 'zod';
import { accessKeyIdSchema, type LastUse } from './keys.ts';

const kinds = [
  'nothing',
  'smtp',
  'ci',
  'mobile',
  'person',
  'otherAccount',
  'identityProvider',
  'server',
  'workload',
] as const;

/** What may replace an access key; each is a heading of docs/off-keys.md. */
export const replacements: Readonly<Record<(typeof kinds)[number], string>> = {
  nothing: 'Nothing: delete the key',
  smtp: 'SES SMTP and other exceptions',
  ci: 'OIDC for a CI system',
  mobile: 'Cognito for mobile apps',
  person: 'IAM Identity Center for people',
  otherAccount: 'A cross-account role for another account',
  identityProvider: 'SAML or OIDC federation for your own identity provider',
  server: 'IAM Roles Anywhere for a server elsewhere',
  workload: 'A role for a workload in AWS',
};

/** `because`: the fact that led to it. It is a guess, and is always told as one. */
export const wayOffSchema = z.object({
  to: z.enum(kinds),
  because: z.string(),
});
export type WayOff = z.output<typeof wayOffSchema>;

/** What is known of a user's keys and their use. */
export interface UseFacts {
  readonly userName: string;
  readonly tags: ReadonlyMap<string, string>;
  /** Of every active key. */
  readonly uses: readonly LastUse[];
}

interface Row {
  readonly to: WayOff['to'];
  /** The fact that suggests it; undefined if there is none. */
  readonly suggestedBy: (facts: UseFacts) => string | undefined;
}

/** The first row that a fact suggests decides; what a person wrote says more than where a key was used. */
const table: readonly Row[] = [
  {
    to: 'nothing',
    suggestedBy: ({ uses }) =>
      uses.length > 0 && uses.every(({ state }) => state === 'neverUsed')
        ? 'IAM has never seen it used'
        : undefined,
  },
  { to: 'smtp', suggestedBy: byService('ses', 'email') },
  {
    to: 'ci',
    suggestedBy: byWord(
      'ci',
      'cicd',
      'github',
      'gitlab',
      'jenkins',
      'circleci',
      'bitbucket',
      'buildkite',
      'teamcity',
      'actions',
      'pipeline',
      'pipelines',
      'terraform',
      'deploy',
    ),
  },
  { to: 'mobile', suggestedBy: byWord('mobile', 'android', 'ios', 'iphone') },
  { to: 'person', suggestedBy: looksLikePerson },
  {
    to: 'otherAccount',
    suggestedBy: byWord('partner', 'vendor', 'thirdparty', 'external', 'crossaccount', 'saas', 'supplier'),
  },
  {
    to: 'identityProvider',
    suggestedBy: byWord('saml', 'adfs', 'okta', 'entra', 'azuread', 'keycloak', 'ldap', 'sso', 'idp'),
  },
  {
    to: 'server',
    suggestedBy: byWord(
      'onprem',
      'onpremises',
      'datacenter',
      'datacentre',
      'server',
      'nas',
      'backup',
      'vmware',
      'host',
    ),
  },
  {
    to: 'workload',
    suggestedBy: byWord(
      'lambda',
      'ecs',
      'eks',
      'ec2',
      'fargate',
      'batch',
      'kubernetes',
      'k8s',
      'worker',
      'service',
    ),
  },
  { to: 'workload', suggestedBy: byAnyUse },
];

/** What may replace a user's keys, with the fact that suggests it; undefined if nothing is known. */
export function wayOffFor(facts: UseFacts): WayOff | undefined {
  for (const { to, suggestedBy } of table) {
    const because = suggestedBy(facts);
    if (because !== undefined) return { to, because };
  }
  return undefined;
}

/** Never more than the facts say. */
export const wayOffInWords = ({ to, because }: WayOff): string =>
  `${replacements[to]}. That may be possible, because ${because}.`;

function byService(...services: readonly string[]): Row['suggestedBy'] {
  return ({ uses }) => {
    const found = uses.find((use) => use.state === 'used' && services.includes(use.service));
    return found?.state === 'used' ? `last used for ${found.service} in ${found.region}` : undefined;
  };
}

function byAnyUse({ uses }: UseFacts): string | undefined {
  const found = uses.find((use) => use.state === 'used' && use.service !== 'N/A');
  return found?.state === 'used'
    ? `last used for ${found.service} in ${found.region}, if what uses it runs in AWS`
    : undefined;
}

function byWord(...words: readonly string[]): Row['suggestedBy'] {
  return ({ userName, tags }) => {
    const inName = wordsIn(userName).find((word) => words.includes(word));
    if (inName !== undefined) return `its user's name has the word “${inName}”`;
    for (const [key, value] of tags) {
      if (isOurs(key)) continue;
      const inTag = wordsIn(`${key} ${value}`).find((word) => words.includes(word));
      if (inTag !== undefined) return `the tag ${key} has the word “${inTag}”`;
    }
    return undefined;
  };
}

/** Names such as `anna.lind` or `anna.lind@example.com`. */
function looksLikePerson({ userName }: UseFacts): string | undefined {
  return /^[a-z]+\.[a-z]+$|@/i.test(userName) ? "its user's name looks like a person's" : undefined;
}

/** Tags that say nothing of what the key is for: keyturn's own, keys' descriptions, and people's addresses. */
const isOurs = (key: string): boolean =>
  key.startsWith('keyturn:') || /owner|contact|mail/i.test(key) || accessKeyIdSchema.safeParse(key).success;

const wordsIn = (text: string): string[] =>
  text
    .toLowerCase()
    .replaceAll(/on-prem(ises)?/g, 'onprem')
    .replaceAll(/(third|cross)-(party|account)/g, '$1$2')
    .split(/[^a-z0-9]+/);
