import { type KmsKey, kmsKey } from '../kms.ts';
import { findSecret, type Secret } from '../secrets-manager/secrets.ts';
import type { AskedCall, Need, Resources } from './need.ts';
import { noPolicy } from './policy.ts';

/** What a call of Secrets Manager is about: a secret that is there, or the ARN that it would have. */
interface About {
  readonly arn: string;
  readonly accountId: string;
  readonly secret: Secret | undefined;
}

/** The tags that policies ask for. */
const tagsOf = ({ secret }: { readonly secret: Secret | undefined }) => ({
  'aws:ResourceTag/keyturn:account': secret?.tags.get('keyturn:account'),
  'aws:ResourceTag/keyturn:user': secret?.tags.get('keyturn:user'),
});

/**
 * The actions that a call of Secrets Manager must be allowed. It uses a customer's KMS key with the caller's
 * permissions: a new data key for every value that it stores, decryption for every value that it gives or compares,
 * both to try a new secret's key.
 */
export function secretNeeds(asked: AskedCall, resources: Resources): readonly [Need, ...Need[]] {
  const { operation, input, caller } = asked;
  const about = aboutOf(asked, resources);
  const own = ownPolicyOf(about);
  const need = (action: string, context = {}): Need => ({
    action: `secretsmanager:${action}`,
    resource: about.arn,
    accountId: about.accountId,
    context: { ...tagsOf(about), ...context },
    ...own,
  });
  const use = { about, caller: caller.accountId, region: resources.model.region };
  const key = keyOf(about, input.KmsKeyId, resources);
  const kms = (...actions: string[]): Need[] => kmsNeeds(use, key, actions);
  switch (operation) {
    case 'ListSecrets':
      return [
        { action: 'secretsmanager:ListSecrets', resource: '*', accountId: caller.accountId, context: {} },
      ];
    case 'CreateSecret': {
      const { Name, KmsKeyId, Tags } = input;
      // The key is checked before the secret exists.
      const trial = { ...use, about: { ...about, arn: 'RequestToValidateKeyAccess' } };
      return [
        need('CreateSecret', { 'secretsmanager:Name': Name, 'secretsmanager:KmsKeyId': KmsKeyId }),
        ...(Tags === undefined ? [] : [need('TagResource')]),
        ...kms('GenerateDataKey'),
        ...kmsNeeds(trial, key, ['GenerateDataKey', 'Decrypt']),
      ];
    }
    case 'PutSecretValue': {
      const isAgain = about.secret?.versions.has(String(input.ClientRequestToken)) ?? false;
      return [need('PutSecretValue'), ...kms('GenerateDataKey', ...(isAgain ? ['Decrypt'] : []))];
    }
    case 'GetSecretValue':
      return [
        need('GetSecretValue', {
          'secretsmanager:VersionId': input.VersionId,
          'secretsmanager:VersionStage': input.VersionStage,
        }),
        ...kms('Decrypt'),
      ];
    case 'ReplicateSecretToRegions':
      return [
        need('ReplicateSecretToRegions'),
        ...kms('Decrypt'),
        ...replicaNeeds(use, input.AddReplicaRegions, resources),
      ];
    case 'DeleteSecret':
      return [need('DeleteSecret', windowOf(input))];
    case 'PutResourcePolicy':
      return [need('PutResourcePolicy', publicityOf(input))];
    default:
      return [need(operation)];
  }
}

const windowOf = ({ RecoveryWindowInDays: days }: AskedCall['input']): Record<string, string> =>
  days === undefined ? {} : { 'secretsmanager:RecoveryWindowInDays': String(days) };

const publicityOf = ({ BlockPublicPolicy }: AskedCall['input']): Record<string, string> => ({
  'secretsmanager:BlockPublicPolicy': String(BlockPublicPolicy ?? false),
});

function aboutOf({ input, caller }: AskedCall, { model, secrets }: Resources): About {
  const id = String(input.SecretId ?? input.Name ?? '');
  const secret = findSecret(model, secrets, caller.accountId, id);
  if (secret !== undefined) return { secret, arn: secret.arn, accountId: secret.accountId };
  if (id.startsWith('arn:')) return { secret, arn: id, accountId: id.split(':')[4] ?? '' };
  const { accountId } = caller;
  const arn = `arn:${model.partition}:secretsmanager:${model.region}:${accountId}:secret:${id}`;
  // A new secret's ARN ends in six characters that aren't known yet; a secret that doesn't exist has no ARN.
  return { secret, arn: input.Name === undefined ? arn : `${arn}-??????`, accountId };
}

const ownPolicyOf = ({ secret }: About): Pick<Need, 'policy'> => ({
  policy: secret?.policy?.read ?? noPolicy,
});

const keyOf = ({ secret, accountId }: About, given: unknown, { model }: Resources): KmsKey | undefined =>
  kmsKey(
    model,
    { accountId, region: model.region },
    secret === undefined && typeof given === 'string' ? given : secret?.kmsKeyId,
  );

/** Which secret a key is used for, with whose permissions, and where. */
interface KeyUse {
  readonly about: About;
  readonly caller: string;
  readonly region: string;
}

function kmsNeeds(
  { about, caller, region }: KeyUse,
  key: KmsKey | undefined,
  actions: readonly string[],
): Need[] {
  if (key === undefined) return [];
  const context = {
    'kms:CallerAccount': caller,
    'kms:EncryptionContext:SecretARN': about.arn,
    'kms:ResourceAliases': key.aliases,
    'kms:ViaService': `secretsmanager.${region}.amazonaws.com`,
  };
  const accountId = key.arn.split(':')[4] ?? '';
  return actions.map((action) => ({ action: `kms:${action}`, resource: key.arn, accountId, context }));
}

/** A replica is encrypted again in its region, under that region's key. */
function replicaNeeds(use: KeyUse, given: unknown, { model }: Resources): Need[] {
  const replicas: unknown[] = Array.isArray(given) ? given : [];
  return replicas.flatMap((replica) => {
    const { Region: region = '', KmsKeyId }: { Region?: string; KmsKeyId?: string } = Object(replica);
    const { accountId, arn } = use.about;
    const about = { ...use.about, arn: arn.replace(`:${model.region}:`, `:${region}:`) };
    const key = kmsKey(model, { accountId, region }, KmsKeyId);
    return kmsNeeds({ ...use, about, region }, key, ['GenerateDataKey', 'Encrypt']);
  });
}
