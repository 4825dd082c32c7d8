import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { ClientDefaults, Dependencies } from '../dependencies.ts';
import { MemberRoleRefused } from '../domain/errors.ts';
import { partitionOf, sessionNameOf } from '../domain/execution-name.ts';
import type { Rotation } from '../domain/rotation.ts';
import { oneClient } from './one-client.ts';

const sts = /* @__PURE__ */ oneClient((defaults) => new STSClient(defaults));

/**
 * Assumes the member account's role, cut down by a session policy. Sessions last 15 minutes, the least there is.
 * @returns what the session's clients are made with
 * @throws {MemberRoleRefused} where the role is missing or doesn't trust us
 */
export async function memberSession(
  { aws, settings }: Pick<Dependencies, 'aws' | 'settings'>,
  { accountId, executionArn }: Pick<Rotation, 'accountId' | 'executionArn'>,
  policy: string,
): Promise<ClientDefaults> {
  const roleArn = `arn:${partitionOf(executionArn)}:iam::${accountId}:role/${settings.memberRole}`;
  const { Credentials } = await sts(aws)
    .send(
      new AssumeRoleCommand({
        RoleArn: roleArn,
        // CloudTrail of the member account then names the rotation.
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
