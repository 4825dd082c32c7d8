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
 * Assumes one of the member account's two roles, cut down by a session policy. What the task may do at most is up to
 * the role; the session policy narrows it to what this call is about. Sessions last 15 minutes, the least there is.
 * @returns what the session's clients are made with
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
  // CloudTrail of the member account then names the rotation, and nothing later in the session can change that.
  const { Credentials } = await assume({ RoleArn: roleArn, SourceIdentity: name })
    // An update reaches our functions in minutes and the accounts hours later: until then the one role of 0.1.0 is
    // there, which knows no source identity. Today's roles refuse whoever brings none.
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
