import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { memberRoleOf } from '../tasks/domain/member-role.ts';
import type { Access } from './access.ts';
import type { Context } from './context.ts';

interface From {
  readonly partition: string;
  readonly aws: Access;
}

/** Clients' settings in an account, by a role of the caller's there. */
export async function assumed(
  { aws, partition }: From,
  accountId: string,
  role: string,
  session: string,
): Promise<Access> {
  const asked = { RoleArn: `arn:${partition}:iam::${accountId}:role/${role}`, RoleSessionName: session };
  const { Credentials } = await new STSClient(aws).send(new AssumeRoleCommand(asked));
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
  return {
    ...aws,
    credentials: { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken },
  };
}

/**
 * Clients' settings for looking at a user's account; undefined if the caller named no role for that. keyturn's own
 * roles let only its tasks in, except in the local system, where anyone may try everything.
 */
export async function memberAccess(context: Context, accountId: string): Promise<Access | undefined> {
  const { deployment, aws, assume, local } = context;
  if (accountId === deployment.account) return aws;
  const ofLocal = local === undefined ? undefined : memberRoleOf(`${deployment.rolePrefix}-member`, 'read');
  const role = assume ?? ofLocal;
  return role === undefined ? undefined : assumed(context, accountId, role, 'keyturn-cli');
}
