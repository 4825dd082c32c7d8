import 'aws-sdk-client-mock-vitest/extend';
import { AccountClient } from '@aws-sdk/client-account';
import { IAMClient } from '@aws-sdk/client-iam';
import { KMSClient } from '@aws-sdk/client-kms';
import { OrganizationsClient } from '@aws-sdk/client-organizations';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { SFNClient } from '@aws-sdk/client-sfn';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach } from 'vitest';

/** The SDK's clients, with no answer to anything but what `given` says; anew before each test. */
export function mockAws() {
  const aws = {
    iam: mockClient(IAMClient),
    sts: mockClient(STSClient),
    secrets: mockClient(SecretsManagerClient),
    kms: mockClient(KMSClient),
    sfn: mockClient(SFNClient),
    ses: mockClient(SESv2Client),
    organizations: mockClient(OrganizationsClient),
    account: mockClient(AccountClient),
    s3: mockClient(S3Client),
  };
  beforeEach(() => {
    for (const stub of Object.values(aws)) {
      stub.reset();
      stub.rejects(`nobody expected ${stub.clientName()} to be called so`);
    }
  });
  return aws;
}
export type MockedAws = ReturnType<typeof mockAws>;

/** An error as the SDK throws it for an AWS error code. */
export const awsError = (name: string, httpStatusCode = 400): Error =>
  Object.assign(new Error(`${name} said AWS`), { name, $metadata: { httpStatusCode } });

/** Every call so far, over all services, in the order in which they were made: `CreateAccessKey` and the like. */
export const calls = (aws: MockedAws): string[] =>
  Object.values(aws)
    .flatMap((stub): AnyCall[] => stub.calls())
    .toSorted((a, b) => (a.calledBefore(b) ? -1 : 1))
    .map(nameOf);

const nameOf = ({ args }: Pick<AnyCall, 'args'>): string => args[0].constructor.name.replace(/Command$/, '');

interface AnyCall {
  readonly args: readonly [object];
  calledBefore(other: AnyCall): boolean;
}

interface AnswerableCall extends Pick<AnyCall, 'args'> {
  readonly returnValue: Promise<unknown>;
}

const changing = /^(Create|Put|Replicate|Remove|Restore|Update|Delete|Tag|Untag|Start|Stop|Send|BatchImport)/;

/** Those that change something or reach somebody. */
export const changes = (aws: MockedAws): string[] => calls(aws).filter((name) => changing.test(name));

/** Of those, the ones that AWS took. */
export async function changesTaken(aws: MockedAws): Promise<string[]> {
  const made = Object.values(aws).flatMap((stub): AnswerableCall[] => stub.calls());
  const answers = await Promise.allSettled(made.map(({ returnValue }) => returnValue));
  const refused = made.filter((_, index) => answers[index]?.status === 'rejected').map(nameOf);
  return changes(aws).filter((name) => !refused.includes(name));
}

/** The session policy that the member account's role was assumed with. */
export function sessionPolicyOf({ sts }: MockedAws): {
  Statement: { Action: string[]; Resource: string[] }[];
} {
  return JSON.parse(sts.commandCalls(AssumeRoleCommand)[0]?.args[0].input.Policy ?? '{}');
}

/** The actions that the session allowed on this one user. */
export const allowed = (aws: MockedAws): string[] | undefined =>
  sessionPolicyOf(aws).Statement[0]?.Action.toSorted();

export interface SentMail {
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** Every mail that SES was handed, taken or refused. */
export const mails = ({ ses }: MockedAws): SentMail[] =>
  ses.commandCalls(SendEmailCommand).map(({ args: [{ input }] }) => ({
    to: input.Destination?.ToAddresses ?? [],
    subject: input.Content?.Simple?.Subject?.Data ?? '',
    text: input.Content?.Simple?.Body?.Text?.Data ?? '',
    html: input.Content?.Simple?.Body?.Html?.Data ?? '',
  }));

/** To whom each mail went, in order. */
export const recipients = (aws: MockedAws): string[] => mails(aws).flatMap(({ to }) => to);

/** What a session may do with a user whose key is removed. */
export const toRemoveAKey = [
  'iam:DeleteAccessKey',
  'iam:GetAccessKeyLastUsed',
  'iam:ListAccessKeys',
  'iam:ListUserTags',
  'iam:UntagUser',
  'iam:UpdateAccessKey',
];
