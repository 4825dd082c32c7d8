import {
  GetAccountCommand,
  GetConfigurationSetCommand,
  GetConfigurationSetEventDestinationsCommand,
  GetEmailIdentityCommand,
  GetSuppressedDestinationCommand,
} from '@aws-sdk/client-sesv2';
import { type Aws, awsError } from '../a-deployment.ts';
import type { Case } from './case.ts';

const audit = { mode: 'audit' };

/** What can be wrong with mail. */
export function mailCases(aws: Aws): Case[] {
  const inSandbox = (): void =>
    void aws.ses.on(GetAccountCommand).resolves({ SendingEnabled: true, ProductionAccessEnabled: false });

  return [
    {
      check: 'SES sandbox',
      when: 'a live deployment is in it',
      spoil: () => inSandbox(),
      status: 'fail',
      seen: /only verified addresses/,
    },
    {
      check: 'SES sandbox',
      when: 'an audit is in it',
      settings: audit,
      spoil: () => inSandbox(),
      status: 'warn',
      seen: /sandbox/,
    },
    {
      check: 'SES sandbox',
      when: 'sending is paused',
      spoil: () => aws.ses.on(GetAccountCommand).resolves({ SendingEnabled: false }),
      status: 'fail',
      seen: /paused/,
    },
    {
      check: 'SES sandbox',
      when: 'SES is displeased',
      spoil: () =>
        aws.ses.on(GetAccountCommand).resolves({ SendingEnabled: true, EnforcementStatus: 'PROBATION' }),
      status: 'warn',
      seen: /probation/,
    },
    {
      check: 'sender and DKIM',
      when: 'there is no identity',
      spoil: () => aws.ses.on(GetEmailIdentityCommand).rejects(awsError('NotFoundException')),
      status: 'fail',
      seen: /no identity example\.com/,
    },
    {
      check: 'sender and DKIM',
      when: 'it isn’t verified',
      spoil: () =>
        aws.ses
          .on(GetEmailIdentityCommand)
          .resolves({ VerifiedForSendingStatus: false, VerificationStatus: 'PENDING' }),
      status: 'fail',
      seen: /isn’t verified yet \(PENDING\)/,
    },
    {
      check: 'sender and DKIM',
      when: 'DKIM fails',
      spoil: () =>
        aws.ses.on(GetEmailIdentityCommand).resolves({
          VerifiedForSendingStatus: true,
          DkimAttributes: { SigningEnabled: true, Status: 'FAILED' },
        }),
      status: 'warn',
      seen: /DKIM is FAILED/,
    },
    {
      check: 'configuration set',
      when: 'there is none',
      spoil: () => aws.ses.on(GetConfigurationSetCommand).rejects(awsError('NotFoundException')),
      status: 'fail',
      seen: /no configuration set keyturn/,
    },
    {
      check: 'configuration set',
      when: 'its bounces go nowhere',
      spoil: () => aws.ses.on(GetConfigurationSetEventDestinationsCommand).resolves({}),
      status: 'fail',
      seen: /BOUNCE, COMPLAINT, REJECT/,
    },
    {
      check: 'operators’ address',
      when: 'it bounced once',
      spoil: () =>
        aws.ses.on(GetSuppressedDestinationCommand).resolves({
          SuppressedDestination: {
            EmailAddress: 'ops@example.com',
            Reason: 'BOUNCE',
            LastUpdateTime: new Date(0),
          },
        }),
      status: 'fail',
      seen: /sends no mail to ops@example\.com any more, after bounce/,
    },
    {
      check: 'operators’ address',
      when: 'it isn’t verified in the sandbox',
      spoil: () => {
        inSandbox();
        aws.ses.on(GetEmailIdentityCommand).rejects(awsError('NotFoundException'));
      },
      status: 'fail',
      seen: /ops@example\.com isn’t verified/,
    },
    {
      check: 'operators’ address',
      when: 'its domain is verified in the sandbox',
      spoil: () => {
        inSandbox();
        aws.ses
          .on(GetEmailIdentityCommand, { EmailIdentity: 'ops@example.com' })
          .rejects(awsError('NotFoundException'));
      },
      status: 'ok',
      seen: /verified in the sandbox as example\.com/,
    },
  ];
}
