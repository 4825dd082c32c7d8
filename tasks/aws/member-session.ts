import { AssumeRoleCommand, type AssumeRoleCommandInput, STSClient } from '@aws-sdk/client-sts';
import type { ClientDefaults, Dependencies } from '../dependencies.ts';
import { defined } from '../domain/defined.ts';
import { MemberRoleRefused } from '../domain/errors.ts';
import { partitionOf, sessionNameOf } from '../domain/execution-name.ts';
import { memberRoleOf } from '../domain/member-role.ts';
import type { Rotation } from '../domain/rotation.ts';
import type { MemberAccess } from '../manifest.ts';
import { oneClient } from './one-client.ts';

const sts = /* @__PURE__ */ oneClient((defaults) => new STSClient(defaults));

/**
 * Assumes one of the member account's two roles, narrowed by a session policy. The role limits what the task may do
 * at all; the session policy limits it to what this call needs. Sessions last 15 minutes, the minimum.
 * @returns the settings for the session's clients
 * @throws {MemberRoleRefused} if the role is missing or doesn't trust us
 */
export async function memberSession(
  { aws, settings }: Pick<Dependencies, 'aws' | 'settings'>,
  { accountId, executionArn }: Pick<Rotation, 'accountId' | 'executionArn'>,
  { access, policy }: { readonly access: MemberAccess; readonly policy: string },
): Promise<ClientDefaults> {
  const roles = `arn:${partitionOf(executionArn)}:iam::${accountId}:role/`;
  const roleArn = `${roles}${memberRoleOf(settings.memberRole, access)}`;
  const name = sessionNameOf(executionArn);
  const session = {
    RoleSessionName: name,
    DurationSeconds: 900,
    Policy: policy,
    ...defined({ ExternalId: settings.externalId }),
  };
  const assume = (input: Pick<AssumeRoleCommandInput, 'RoleArn' | 'SourceIdentity'>) =>
    sts(aws).send(new AssumeRoleCommand({ ...session, ...input }));
  // The member account's CloudTrail then names the rotation, and nothing later in the session can change that.
  const { Credentials } = await assume({ RoleArn: roleArn, SourceIdentity: name })
    // An update reaches our functions within minutes, and the accounts hours later. Until then an account has only
    // the role of 0.1.0, which doesn't accept a source identity. Today's roles require one.
    .catch((error: unknown) => {
      if (!isRefusal(error)) throw error;
      return assume({ RoleArn: `${roles}${settings.memberRole}` });
    })
    .catch((error: unknown) => {
      if (!isRefusal(error)) throw error;
      throw new MemberRoleRefused(
        `${roleArn} can't be assumed: is it deployed, and does it trust this task?`,
      );
    });
  const credentials = {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  };
  return { ...aws, credentials };
}

const isRefusal = (error: unknown): boolean => error instanceof Error && error.name === 'AccessDenied';
