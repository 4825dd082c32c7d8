import type { Template } from 'aws-cdk-lib/assertions';
import * as z from 'zod';
import { dataKeyAlias, secretsKeyAliasOf } from '../../infra/names.ts';
import { externalIdOf } from '../../infra/reach.ts';
import { parseDeployment } from '../../infra/settings.ts';
import { kmsKey } from '../../local/aws/kms.ts';
import { installation } from '../../local/world/options.ts';
import { centralAccountId } from '../../local/world/organization.ts';
import { example, synthesize } from './synthesized.ts';

/** What a deployment lets its roles do, in a form that can be passed to the tests' processes. */
export interface Deployed {
  /** Each role's policies, by its name. */
  readonly policies: readonly (readonly [string, readonly object[]])[];
  /** Whom each of the member roles trusts, by its name. */
  readonly memberTrusts: Readonly<Record<string, object>>;
  /** What the member roles ask for. */
  readonly externalId: string;
}

const settings = { ...example, account: centralAccountId, region: 'eu-west-1', mode: 'live' };
const deployment = parseDeployment(settings);
const { account, region } = deployment;
const exampleId = deployment.organization?.id ?? 'o-exampleorgid';
/** The other region, in a deployment with central storage. */
export const standbyRegion = 'eu-central-1';
/** The organization that the in-memory accounts are in. */
const organizationId = 'o-keyturn';

const resourcesSchema = z.record(
  z.string(),
  z.looseObject({ Type: z.string(), Properties: z.looseObject({}).default({}) }),
);
type Resources = z.infer<typeof resourcesSchema>;

const policySchema = z.looseObject({ PolicyDocument: z.looseObject({}) });
const attachedSchema = policySchema.extend({ Roles: z.array(z.object({ Ref: z.string() })) });
const roleSchema = z.looseObject({
  RoleName: z.string(),
  AssumeRolePolicyDocument: z.looseObject({}),
  Policies: z.array(policySchema).default([]),
});

/**
 * Synthesizes, and reads from the templates who may do what, after CloudFormation has filled them in.
 * @param changes of the settings; null removes one, because it passes through JSON
 */
export function deployed(storage: 'central' | 'member', changes: object = {}): Deployed {
  const removed = Object.entries(changes).filter(([, value]) => value === null);
  const changed = { ...changes, ...Object.fromEntries(removed.map(([name]) => [name, undefined])) };
  const templates = synthesize({
    ...settings,
    sweep: {
      exemptGroup: { name: 'no-rotation', until: '2030-01-31', reason: 'vendors' },
      securityHub: true,
    },
    events: true,
    cloudTrail: true,
    canary: true,
    storage: { where: storage, replicaRegions: ['eu-central-1', 'us-east-1'], adopts: true },
    ...(storage === 'central' ? { standby: { region: standbyRegion } } : {}),
    ...changed,
  });
  // Only tasks and operators call AWS by themselves; a state machine invokes its tasks.
  const central = rolesOf(templates.get('keyturn')).filter(
    ({ name, trust }) =>
      name === 'keyturn-operator' || JSON.stringify(trust).includes('lambda.amazonaws.com'),
  );
  const members = rolesOf(templates.get('keyturn-member'));
  return {
    policies: [...central, ...members].map(({ name, policies }) => [name, policies]),
    memberTrusts: Object.fromEntries(members.map(({ name, trust }) => [name, trust])),
    externalId: externalIdOf(parseDeployment({ ...settings, ...changed })).replace(exampleId, organizationId),
  };
}

interface DeployedRole {
  readonly name: string;
  readonly trust: object;
  readonly policies: object[];
}

function rolesOf(template: Template | undefined): DeployedRole[] {
  const resources = resourcesSchema.parse(template?.toJSON().Resources);
  const ofType = (type: string) => Object.entries(resources).filter(([, { Type }]) => Type === type);
  const attached = ofType('AWS::IAM::Policy').map(([, { Properties }]) =>
    attachedSchema.parse(filled(Properties, resources, ['Roles'])),
  );
  return ofType('AWS::IAM::Role').map(([id, { Properties }]) => {
    const { RoleName, AssumeRolePolicyDocument, Policies } = roleSchema.parse(filled(Properties, resources));
    const own = attached.filter(({ Roles }) => Roles.some(({ Ref }) => Ref === id));
    return {
      name: RoleName,
      trust: AssumeRolePolicyDocument,
      policies: [...Policies, ...own].map(({ PolicyDocument }) => PolicyDocument),
    };
  });
}

/** The value with CloudFormation's functions evaluated; `kept` stay as they are. */
function filled(value: unknown, resources: Resources, kept: readonly string[] = []): unknown {
  if (typeof value === 'string') return value.replaceAll(exampleId, organizationId);
  if (Array.isArray(value)) return value.map((one) => filled(one, resources));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [[called, argument] = ['', undefined]] = entries;
  if (called === 'Ref') return referenced(String(argument), resources);
  if (called === 'Fn::GetAtt') return referenced(String([argument].flat()[0]), resources);
  // The only one in use cuts the installation out of the stack's ID.
  if (called === 'Fn::Select') return installation;
  if (called === 'Fn::Join') {
    const [separator, parts] = z.tuple([z.string(), z.array(z.unknown())]).parse(argument);
    return parts.map((part) => String(filled(part, resources))).join(separator);
  }
  return Object.fromEntries(
    entries.map(([name, one]) => [name, kept.includes(name) ? one : filled(one, resources)]),
  );
}

const inAccount = (service: string, resource: string): string =>
  `arn:aws:${service}:${region}:${account}:${resource}`;

function referenced(id: string, resources: Resources): string {
  // Any member account: IAM acts only in its caller's account.
  if (id === 'AWS::AccountId') return '*';
  if (id === 'AWS::Partition') return 'aws';
  const { Type, Properties } = resources[id] ?? { Type: 'nothing', Properties: {} };
  switch (Type) {
    case 'AWS::KMS::Key': {
      const alias = id.startsWith('DataKey') ? dataKeyAlias : secretsKeyAliasOf(deployment);
      return kmsKey({ partition: 'aws' }, { accountId: account, region }, alias)?.arn ?? alias;
    }
    case 'AWS::Logs::LogGroup':
      return inAccount('logs', `log-group:${Properties.LogGroupName}:*`);
    case 'AWS::Lambda::Function':
      return inAccount('lambda', `function:${Properties.FunctionName}`);
    case 'AWS::SecretsManager::Secret':
      return inAccount('secretsmanager', `secret:${Properties.Name}-??????`);
    default:
      return inAccount(Type, id);
  }
}
