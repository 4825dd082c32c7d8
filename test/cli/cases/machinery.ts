import { GetAccountSettingsCommand, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { GetScheduleCommand } from '@aws-sdk/client-scheduler';
import { ListExecutionsCommand } from '@aws-sdk/client-sfn';
import type { Deployment } from '../../../infra/settings.ts';
import { type Aws, awsError, functionsOf, reportIs, scheduleOf, sweptAt } from '../a-deployment.ts';
import type { Case } from './case.ts';

/** What can be wrong with functions, schedules and sweeps. */
export function machineryCases(aws: Aws): Case[] {
  const limitTo = (all: number): void =>
    void aws.lambda.on(GetAccountSettingsCommand).resolves({
      AccountLimit: { ConcurrentExecutions: all, UnreservedConcurrentExecutions: all },
    });
  const scheduled = (deployment: Deployment, changes: object, target: object = {}): void =>
    void aws.scheduler.on(GetScheduleCommand).resolves({ ...scheduleOf(deployment, target), ...changes });

  return [
    {
      check: 'functions',
      when: 'one is missing',
      spoil: () => aws.lambda.on(ListFunctionsCommand).resolves({ Functions: [] }),
      status: 'fail',
      seen: /Missing: keyturn-adopt-secrets, keyturn-ask-about-leak/,
    },
    {
      check: 'functions',
      when: 'they were deployed in another mode',
      spoil: (deployment) =>
        aws.lambda
          .on(ListFunctionsCommand)
          .resolves({ Functions: functionsOf({ ...deployment, mode: 'audit' }) }),
      status: 'warn',
      seen: /mode differ/,
    },
    {
      check: 'functions',
      when: 'they were deployed with other settings',
      spoil: (deployment) =>
        aws.lambda.on(ListFunctionsCommand).resolves({
          Functions: functionsOf({
            ...deployment,
            policy: { quietDays: 14 },
            mail: { ...deployment.mail, ownerTag: 'team' },
          }),
        }),
      status: 'warn',
      seen: /other settings than these: mail, policy differ/,
    },
    {
      check: 'functions',
      when: 'one has another role',
      spoil: (deployment) =>
        aws.lambda.on(ListFunctionsCommand).resolves({
          Functions: functionsOf(deployment).map((each) => ({
            ...each,
            Role: 'arn:aws:iam::111111111111:role/other',
          })),
        }),
      status: 'fail',
      seen: /Not under their own roles/,
    },
    {
      check: 'Lambda concurrency',
      when: 'the account is new and has ten',
      settings: { concurrency: { surveys: 8 } },
      spoil: () => limitTo(10),
      status: 'warn',
      seen: /10 of 10 unreserved; a sweep takes 8/,
    },
    {
      check: 'Lambda concurrency',
      when: 'a sweep takes more than there is',
      settings: { concurrency: { surveys: 100 } },
      spoil: () => limitTo(10),
      status: 'fail',
      seen: /throttled/,
    },
    {
      check: 'Lambda concurrency',
      when: 'ten are enough for the default',
      spoil: () => limitTo(10),
      status: 'ok',
      seen: /5 other functions can run/,
    },
    {
      check: 'schedule',
      when: 'there is none',
      spoil: () => aws.scheduler.on(GetScheduleCommand).rejects(awsError('ResourceNotFoundException')),
      status: 'fail',
      seen: /no schedule keyturn-sweep-organization/,
    },
    {
      check: 'schedule',
      when: 'it is off',
      spoil: (deployment) => scheduled(deployment, { State: 'DISABLED' }),
      status: 'fail',
      seen: /DISABLED/,
    },
    {
      check: 'schedule',
      when: 'the settings switch it off',
      settings: { schedule: { enabled: false } },
      spoil: (deployment) => scheduled(deployment, { State: 'DISABLED' }),
      status: 'warn',
      seen: /switched off by schedule\.enabled/,
    },
    {
      check: 'schedule',
      when: 'it is on, and the settings switch it off',
      settings: { schedule: { enabled: false } },
      spoil: () => {},
      status: 'fail',
      seen: /is ENABLED, although schedule\.enabled is false/,
    },
    {
      check: 'schedule',
      when: 'it has no input',
      spoil: (deployment) => scheduled(deployment, {}, { Input: undefined }),
      status: 'fail',
      seen: /has no input/,
    },
    {
      check: 'schedule',
      when: 'no sweep takes its input',
      spoil: (deployment) => scheduled(deployment, {}, { Input: '{"version":"0"}' }),
      status: 'fail',
      seen: /\{"version":"0"\}/,
    },
    {
      check: 'schedule',
      when: 'its input isn’t JSON',
      spoil: (deployment) => scheduled(deployment, {}, { Input: '<aws.scheduler>' }),
      status: 'fail',
      seen: /Every scheduled sweep fails/,
    },
    {
      check: 'schedule',
      when: 'it doesn’t start the alias',
      spoil: (deployment) =>
        scheduled(
          deployment,
          {},
          { Arn: 'arn:aws:states:eu-west-1:111111111111:stateMachine:sweep-organization' },
        ),
      status: 'fail',
      seen: /instead of .*:live/,
    },
    {
      check: 'schedule',
      when: 'it is at another time than set',
      spoil: (deployment) => scheduled(deployment, { ScheduleExpression: 'rate(7 days)' }),
      status: 'warn',
      seen: /set to rate\(7 days\) UTC/,
    },
    {
      check: 'heartbeat',
      when: 'there is none',
      spoil: () => aws.scheduler.on(GetScheduleCommand).rejects(awsError('ResourceNotFoundException')),
      status: 'fail',
      seen: /no alarm notices a missing sweep/,
    },
    {
      check: 'last audit',
      when: 'there was none',
      spoil: () => aws.sfn.on(ListExecutionsCommand).resolves({}),
      status: 'warn',
      seen: /No sweep of the whole scope/,
    },
    {
      check: 'last audit',
      when: 'only a narrowed one completed',
      spoil: () => sweptAt(aws, new Date('2026-11-21T06:00:00.000Z'), '{"accounts":["222222222222"]}'),
      status: 'warn',
      seen: /No sweep of the whole scope/,
    },
    {
      check: 'last audit',
      when: 'it is long ago',
      spoil: () => sweptAt(aws, new Date('2026-11-10T06:00:00.000Z')),
      status: 'fail',
      seen: /2026-11-10/,
    },
    {
      check: 'last audit',
      when: 'its report can’t be read',
      spoil: () =>
        aws.s3
          .on(GetObjectCommand)
          .rejects(
            awsError('AccessDenied', 'User: x is not authorized to perform: s3:GetObject on resource: y'),
          ),
      status: 'unknown',
      seen: /denied s3:GetObject/,
    },
    {
      check: 'last audit',
      when: 'its mails weren’t sent',
      spoil: () => reportIs(aws, {}, ['The mail about this report was not sent: MailRefused: x']),
      status: 'warn',
      seen: /MailRefused/,
    },
    {
      check: 'exemptions',
      when: 'the exempt group’s has ended',
      settings: { sweep: { exemptGroup: { name: 'vendors', until: '2026-11-21', reason: 'x' } } },
      spoil: () => {},
      status: 'warn',
      seen: /vendors has been exempt only until 2026-11-21/,
    },
    {
      check: 'exemptions',
      when: 'users’ have ended',
      spoil: () =>
        reportIs(aws, { totals: { accounts: 2, surveyed: 2, failedAccounts: 0, exemptionsExpired: 3 } }),
      status: 'warn',
      seen: /3 users are due/,
    },
  ];
}
