import {
  DescribeKeyCommand,
  GetKeyPolicyCommand,
  GetKeyRotationStatusCommand,
  KMSClient,
} from '@aws-sdk/client-kms';
import { DescribeSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import { dataKeyAlias, linkKeyName, secretsKeyAliasOf } from '../../infra/names.ts';
import { listedIds } from '../../infra/reach.ts';
import { isoDay } from '../../tasks/domain/time.ts';
import { someOf } from './counted.ts';
import { type Check, type CheckContext, deployAgain, fail, ifThere, ok, type Seen, warn } from './finding.ts';

/** The key that signs owners' links. Its value is never read here. */
export const linkKey: Check = {
  name: 'link key',
  look: async ({ access, deployment }) => {
    const client = new SecretsManagerClient(access(deployment.region));
    const asked = new DescribeSecretCommand({ SecretId: linkKeyName });
    const found = await ifThere(client.send(asked), 'ResourceNotFoundException');
    if (found === undefined)
      return fail(`There is no secret ${linkKeyName}: no mail can be sent.`, deployAgain);
    if (found.DeletedDate !== undefined) {
      const todo = `aws secretsmanager restore-secret --secret-id ${linkKeyName}`;
      return fail(`${linkKeyName} is marked for deletion: links and mails fail.`, todo);
    }
    const stages = Object.values(found.VersionIdsToStages ?? {}).flat();
    if (!stages.includes('AWSCURRENT')) {
      return fail(
        `${linkKeyName} has no current version.`,
        'docs/runbook.md, Replace the key that signs links.',
      );
    }
    const changed = found.LastChangedDate ?? found.CreatedDate;
    return ok(
      `${linkKeyName}, last changed ${changed === undefined ? 'on an unknown day' : isoDay(changed)}`,
    );
  },
};

const list = z.union([z.string(), z.array(z.string())]).transform((one) => [one].flat());
const statementSchema = z.looseObject({
  Effect: z.string(),
  Action: list.default([]),
  Principal: z
    .union([z.string(), z.looseObject({ Service: list.optional(), AWS: list.optional() })])
    .optional(),
  Condition: z.unknown().optional(),
});
const policySchema = z.object({
  Statement: z.union([statementSchema, z.array(statementSchema)]).transform((one) => [one].flat()),
});
type Statement = z.output<typeof statementSchema>;

/** Both KMS keys are usable, rotate automatically, and admit the services and accounts that need them. */
export const keyPolicies: Check = {
  name: 'key policies',
  look: async (context) => {
    const { deployment } = context;
    const { region, storage } = deployment;
    return [
      await lookAtKey(context, { alias: dataKeyAlias, region, whyNot: whyNotData(region) }),
      await lookAtKey(context, {
        ...{ alias: secretsKeyAliasOf(deployment), region },
        whyNot: storage.where === 'central' ? whyNotSecrets(deployment) : () => undefined,
      }),
    ];
  },
};

/** Each region that holds copies of the secrets has its own key for them. */
export const replicaRegions: Check = {
  name: 'replica regions',
  applies: ({ storage }) => storage.replicaRegions.length > 0,
  look: async (context) => {
    const { deployment } = context;
    const seen: Seen[] = [];
    for (const region of deployment.storage.replicaRegions) {
      const whyNot = whyNotSecrets(deployment);
      seen.push(await lookAtKey(context, { alias: secretsKeyAliasOf(deployment), region, whyNot }));
    }
    return seen;
  },
};

interface Looked {
  readonly alias: string;
  readonly region: string;
  /** What the policy should allow but doesn't. */
  readonly whyNot: (statements: readonly Statement[]) => string | undefined;
}

async function lookAtKey(
  { access, deployment }: CheckContext,
  { alias, region, whyNot }: Looked,
): Promise<Seen> {
  const client = new KMSClient(access(region));
  const where = `${alias} in ${region}`;
  const found = await ifThere(client.send(new DescribeKeyCommand({ KeyId: alias })), 'NotFoundException');
  const { KeyId, KeyState, KeyManager } = found?.KeyMetadata ?? {};
  if (KeyId === undefined)
    return fail(`There is no key ${where}.`, 'Deploy all stacks: npx cdk deploy --all.');
  if (KeyState !== 'Enabled') {
    const todo = 'aws kms cancel-key-deletion and enable-key, before anything under it is needed.';
    return fail(`${where} is ${KeyState ?? 'in an unknown state'}: what is under it can’t be read.`, todo);
  }
  if (KeyManager === 'AWS') return fail(`${where} is one of AWS’s own keys.`, deployAgain);
  const { Policy = '{"Statement":[]}' } = await client.send(new GetKeyPolicyCommand({ KeyId }));
  const missing = whyNot(policySchema.parse(JSON.parse(Policy)).Statement);
  if (missing !== undefined) return fail(`The policy of ${where} ${missing}.`, restore(deployment, region));
  const { KeyRotationEnabled } = await client.send(new GetKeyRotationStatusCommand({ KeyId }));
  return KeyRotationEnabled === true
    ? ok(`${where}: enabled, rotated yearly`)
    : warn(`${where} isn’t rotated automatically.`, `aws kms enable-key-rotation --key-id ${KeyId}`);
}

const restore = ({ storage }: CheckContext['deployment'], region: string): string =>
  storage.keptKeys[region] === undefined
    ? 'Detect drift of its stack in CloudFormation, and restore the policy.'
    : 'It is a kept key: give it the statements that a new one of this deployment would have.';

const servicesOf = ({ Effect, Principal }: Statement): string[] =>
  Effect === 'Allow' && typeof Principal === 'object' ? (Principal.Service ?? []) : [];

function whyNotData(region: string): Looked['whyNot'] {
  const needed = [`logs.${region}.amazonaws.com`, 'cloudwatch.amazonaws.com', 'events.amazonaws.com'];
  return (statements) => {
    const admitted = new Set(statements.flatMap(servicesOf));
    const missing = needed.filter((service) => !admitted.has(service));
    return missing.length === 0 ? undefined : `doesn’t admit ${missing.join(', ')}`;
  };
}

/** Applications in member accounts read their secrets under it. */
function whyNotSecrets(deployment: CheckContext['deployment']): Looked['whyNot'] {
  const { organization } = deployment;
  const needed = listedIds(deployment) ?? [organization?.id ?? ''];
  return (statements) => {
    const conditions = statements
      .filter(
        ({ Effect, Action }) =>
          Effect === 'Allow' && Action.some((action) => ['kms:Decrypt', 'kms:*'].includes(action)),
      )
      .map(({ Condition }) => JSON.stringify(Condition ?? {}));
    const missing = needed.filter((id) => !conditions.some((condition) => condition.includes(`"${id}"`)));
    if (missing.length === 0) return undefined;
    return `doesn’t let ${organization === undefined ? '' : 'accounts of '}${someOf(missing)} decrypt`;
  };
}
