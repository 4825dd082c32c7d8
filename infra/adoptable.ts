import {
  accountOfSecretTag,
  sampleSecretName,
  userOfSecretTag,
} from '../tasks/domain/adopting/candidates.ts';
import type { Deployment } from './settings.ts';

/** Which values of an adopted secret may be read: what is in it, and the pair that is to be proved. */
export const adoptedStages = {
  StringEquals: { 'secretsmanager:VersionStage': ['AWSCURRENT', 'AWSPREVIOUS', 'AWSPENDING'] },
};

/** A set of secrets, as a statement names it. */
interface Adoptable {
  readonly resource: string;
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/**
 * The secrets of an account that may be adopted: those that have the AWS sample's name for a user of this account,
 * and those whose tag says whose key they hold. keyturn can't set that tag: whoever may tag a secret decides. Secrets
 * that keyturn created have it too, and the account's besides.
 */
export function adoptable(
  { region }: Pick<Deployment, 'region'>,
  { partition, accountId }: { readonly partition: string; readonly accountId: string },
): Adoptable[] {
  const named = (name: string): string =>
    `arn:${partition}:secretsmanager:${region}:${accountId}:secret:${name}`;
  return [
    { resource: named(`${sampleSecretName(accountId, '*')}-??????`) },
    {
      resource: named('*'),
      conditions: {
        Null: {
          [`aws:ResourceTag/${userOfSecretTag}`]: 'false',
          [`aws:ResourceTag/${accountOfSecretTag}`]: 'true',
        },
      },
    },
  ];
}
