import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { ClientDefaults, Dependencies } from '../dependencies.ts';
import { MemberRoleRefused } from '../domain/errors.ts';
import { partitionOf, sessionNameOf } from '../domain/execution-name.ts';
import { oneClient } from './one-client.ts';

const sts = oneClient((defaults) => new STSClient(defaults));

/**
 * Assumes the member account's role, scoped down to what `policy` allows. Sessions last 15 minutes, the least there is.
 * @param session.executionArn on whose behalf: its name is the session's, so CloudTrail of the member account shows it
 * @returns what clients in that account are made with
 * @throws {MemberRoleRefused} where the role is missing or doesn't trust us
 */
export async function enterMember(
  { aws, settings }: Pick<Dependencies, 'aws' | 'settings'>,
  session: { readonly accountId: string; readonly executionArn: string; readonly policy: string },
): Promise<ClientDefaults> {
  const { accountId, executionArn, policy } = session;
  const roleArn = `arn:${partitionOf(executionArn)}:iam::${accountId}:role/${settings.memberRole}`;
  const { Credentials } = await sts(aws)
    .send(
      new AssumeRoleCommand({
        RoleArn: roleArn,
        RoleSessionName: sessionNameOf(executionArn),
        DurationSeconds: 900,
        Policy: policy,
        ...(settings.externalId === undefined ? {} : { ExternalId: settings.externalId }),
      }),
    )
    .catch((error: unknown) => {
      if (error instanceof Error && error.name === 'AccessDenied') {
        throw new MemberRoleRefused(
          `${roleArn} can't be assumed: is it deployed, and does it trust this task?`,
        );
      }
      throw error;
    });
  const credentials = {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  };
  return { ...aws, credentials };
}
