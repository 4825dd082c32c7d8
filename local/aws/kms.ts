import { createHash } from 'node:crypto';
import type { Model } from './account.ts';

/** A customer's KMS key. Keys are taken to be there, and to let in whoever the caller's own policies let. */
export interface KmsKey {
  readonly arn: string;
  readonly aliases: readonly string[];
}

const ALIAS_ARN = /^arn:[\w-]+:kms:(?<region>[\w-]+):(?<accountId>\d{12}):(?<alias>alias\/.+)$/;

/**
 * The key that an ID means: an alias in an account and region, or an ARN. An alias always means the same key, and in
 * every account and region another one.
 * @returns undefined for AWS's own key for Secrets Manager, whose use needs nobody's leave
 */
export function kmsKey(
  { partition }: Pick<Model, 'partition'>,
  where: { readonly accountId: string; readonly region: string },
  id: string | undefined,
): KmsKey | undefined {
  if (id === undefined) return undefined;
  const { region = where.region, accountId = where.accountId, alias = id } = ALIAS_ARN.exec(id)?.groups ?? {};
  if (alias === 'alias/aws/secretsmanager') return undefined;
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
