import { createHash } from 'node:crypto';
import type { DescribeKeyRequest, DescribeKeyResponse } from '@aws-sdk/client-kms';
import type { Model } from './iam/account.ts';
import { AwsError, type Operations } from './types.ts';
import { operation, service } from './wire/operation.ts';

/** A KMS key. Keys are assumed to exist, and to allow every caller whose own policies do. */
export interface KmsKey {
  readonly arn: string;
  readonly aliases: readonly string[];
}

/** `Gone`: there is no such key, or no longer. */
export type KmsKeyState = 'Enabled' | 'Disabled' | 'PendingDeletion' | 'Gone';

/** The states of keys by ARN; a key that isn't named here is enabled. */
export class KmsKeys {
  readonly #states = new Map<string, KmsKeyState>();

  constructor(private readonly model: Pick<Model, 'partition' | 'region' | 'centralAccountId'>) {}

  /** Puts a key into a state. `id` as in a call: an alias, an ID or an ARN. */
  set(id: string, state: KmsKeyState, accountId = this.model.centralAccountId): void {
    this.#states.set(keyAnywhere(this.model, { accountId, region: this.model.region }, id)?.arn ?? id, state);
  }

  stateOf(key: Pick<KmsKey, 'arn'>): KmsKeyState {
    return this.#states.get(key.arn) ?? 'Enabled';
  }
}

/** KMS's operation that returns a key's state. Keys are used through the services that encrypt under them. */
export function kmsOperations(model: Model, keys: KmsKeys): Operations {
  return service('kms', {
    DescribeKey: operation<DescribeKeyRequest, DescribeKeyResponse>()(['KeyId'], [], ({ KeyId }, caller) => {
      const key = keyAnywhere(model, { accountId: caller.accountId, region: model.region }, KeyId);
      const state = key === undefined ? 'Gone' : keys.stateOf(key);
      if (key === undefined || state === 'Gone') {
        throw new AwsError('NotFoundException', `Key '${KeyId}' does not exist`);
      }
      const [, , , , AWSAccountId = ''] = key.arn.split(':');
      return {
        KeyMetadata: {
          AWSAccountId,
          KeyId: key.arn.slice(key.arn.lastIndexOf('/') + 1),
          Arn: key.arn,
          Enabled: state === 'Enabled',
          KeyState: state,
          KeyManager: key.aliases.some((alias) => alias.startsWith('alias/aws/')) ? 'AWS' : 'CUSTOMER',
          KeyUsage: 'ENCRYPT_DECRYPT',
          MultiRegion: false,
        },
      };
    }),
  });
}

const ALIAS_ARN = /^arn:[\w-]+:kms:(?<region>[\w-]+):(?<accountId>\d{12}):(?<alias>alias\/.+)$/;

/**
 * The key that an ID means: an alias in an account and region, or an ARN. An alias always means the same key in one
 * account and region, and in each of the others a different one.
 * @returns undefined for AWS's own key for Secrets Manager, whose use needs no permission
 */
export function kmsKey(
  { partition }: Pick<Model, 'partition'>,
  where: { readonly accountId: string; readonly region: string },
  id: string | undefined,
): KmsKey | undefined {
  const key = keyAnywhere({ partition }, where, id);
  const own = keyAnywhere({ partition }, where, 'alias/aws/secretsmanager');
  return key?.arn === own?.arn || key?.aliases.includes('alias/aws/secretsmanager') ? undefined : key;
}

/** The key that an ID means, AWS's own keys among them. */
export function keyAnywhere(
  { partition }: Pick<Model, 'partition'>,
  where: { readonly accountId: string; readonly region: string },
  id: string | undefined,
): KmsKey | undefined {
  if (id === undefined) return undefined;
  const { region = where.region, accountId = where.accountId, alias = id } = ALIAS_ARN.exec(id)?.groups ?? {};
  if (alias.startsWith('arn:')) return { arn: alias, aliases: [] };
  const keys = `arn:${partition}:kms:${region}:${accountId}:key/`;
  if (!alias.startsWith('alias/')) return { arn: `${keys}${alias}`, aliases: [] };
  return { arn: `${keys}${uuidOf(`${accountId}/${region}/${alias}`)}`, aliases: [alias] };
}

function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  );
}
