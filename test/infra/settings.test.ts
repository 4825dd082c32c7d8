import { describe, expect, it } from 'vitest';
import { parseDeployment, SettingsRefused, settingNames } from '../../infra/settings.ts';
import { defaultPolicy } from '../../tasks/domain/policy.ts';
import { mailSchema } from '../../tasks/domain/settings/mail.ts';
import { example } from './synthesized.ts';

const certificate = 'arn:aws:acm:eu-west-1:111111111111:certificate/0a1b2c3d';
const mailWithoutOperators = { from: 'keyturn@example.com' };

/** The refusal of these settings, without its first line. */
function refusal(changes: object): string[] {
  try {
    parseDeployment({ ...example, ...changes });
  } catch (error) {
    if (error instanceof SettingsRefused) return error.message.split('\n').slice(1);
    throw error;
  }
  throw new Error('the settings were taken');
}

describe('the settings of a deployment', () => {
  it('are the example’s, which only audits', () => {
    expect(parseDeployment(example)).toMatchObject({
      mode: 'audit',
      accounts: { organizationalUnits: [], include: [], exclude: [] },
      policy: {},
      storage: { where: 'member', replicaRegions: [] },
      concurrency: { surveys: 5 },
      mail: { ownerTag: 'owner', createIdentity: true },
      schedule: { expression: 'cron(0 6 ? * MON-FRI *)', timeZone: 'UTC' },
    });
  });

  it('take regions of both partitions that have SES, and opt-in regions', () => {
    for (const region of ['us-gov-west-1', 'us-gov-east-1', 'eu-central-2']) {
      expect(parseDeployment({ ...example, region }).region).toBe(region);
    }
  });

  it('need no operators’ address to audit', () => {
    expect(parseDeployment({ ...example, mail: mailWithoutOperators }).mail.operators).toBeUndefined();
  });

  it.each([
    [
      'an unknown key',
      { modus: 'live' },
      `there is no setting "modus" here; there are ${settingNames.join(', ')}`,
    ],
    [
      'an unknown key further down',
      { mail: { ...mailWithoutOperators, sender: 'x' } },
      `mail: there is no setting "sender" here; there are ${Object.keys(mailSchema.shape).join(', ')}`,
    ],
    ['a mode that is neither', { mode: 'Live' }, 'mode: must be "audit" or "live" (it is "Live")'],
    ['a day out of bounds', { policy: { quietDays: 0 } }, 'policy.quietDays: must be at least 1 (it is 0)'],
    [
      'days that contradict each other',
      { policy: { quietDays: 30, drainDays: 30 } },
      'policy: drainDays is 30 and quietDays 30; the drain deadline must be longer than the quiet period',
    ],
    [
      'a policy that there isn’t',
      { policy: { idleDays: 3 } },
      `policy: there is no setting "idleDays" here; there are ${Object.keys(defaultPolicy).join(', ')}`,
    ],
    [
      'a word that isn’t one of the policy’s',
      { policy: { onSilence: 'delete' } },
      'policy.onSilence: must be "withdraw" or "keep" (it is "delete")',
    ],
    [
      'a list that is none',
      { storage: { readers: 'role/team-*' } },
      'storage.readers: must be a list (it is "role/team-*")',
    ],
    [
      'an empty list that must name something',
      { vpc: { subnetIds: [], securityGroupIds: ['sg-0a1b2c3d'] } },
      'vpc.subnetIds: must have at least 1 entry',
    ],
    ['an empty text', { brand: { name: '' } }, 'brand.name: must have at least 1 character (it is "")'],
    [
      'what is neither of two kinds',
      { brand: { support: 'http://wiki.example.com' } },
      'brand.support: must be a mail address or the address of an https page (it is "http://wiki.example.com")',
    ],
    [
      'a day that there isn’t',
      { sweep: { calendar: { zone: 'UTC', holidays: ['2026-02-30'] } } },
      'sweep.calendar.holidays.0: must be a date, such as 2027-03-31 (it is "2026-02-30")',
    ],
    [
      'hours that are over before they begin',
      { sweep: { calendar: { zone: 'UTC', hours: [16, 8] } } },
      'sweep.calendar.hours: must have the first hour before the second',
    ],
    [
      'one hour instead of two',
      { sweep: { calendar: { zone: 'UTC', hours: [8] } } },
      'sweep.calendar.hours: must have at least 2 entries',
    ],
    [
      'a word for a switch',
      { schedule: { enabled: 'no' } },
      'schedule.enabled: must be a boolean (it is "no")',
    ],
    [
      'a part of a day',
      { schedule: { absentAfterDays: 1.5 } },
      'schedule.absentAfterDays: must be a whole number (it is 1.5)',
    ],
    ['nothing where there must be something', { mail: null }, 'mail: must be an object (it is null)'],
    [
      'a kept key of what is no region',
      { storage: { keptKeys: { ireland: 'arn:aws:kms:eu-west-1:111111111111:key/1' } } },
      'storage.keptKeys.ireland: must be an AWS region, such as eu-west-1 (it is "ireland")',
    ],
    [
      'a shape of secrets with one field for both',
      { storage: { shape: 'id=key secret=key' } },
      'storage.shape: names the field key twice (it is "id=key secret=key")',
    ],
    [
      'a copy in a region that there isn’t',
      { storage: { replicaRegions: ['eu-west-9'] } },
      'storage.replicaRegions.0: must be an AWS region, such as eu-west-1 (it is "eu-west-9")',
    ],
    [
      'live without anybody to hear of failures',
      { mode: 'live', mail: mailWithoutOperators },
      'mail.operators: must be set if mode is "live": somebody has to hear of failures',
    ],
    [
      'an unknown region',
      { region: 'eu-west-9' },
      'region: must be an AWS region, such as eu-west-1 (it is "eu-west-9")',
    ],
    [
      'an account ID that isn’t 12 digits',
      { account: '1234' },
      'account: must be an account ID of 12 digits (it is "1234")',
    ],
    [
      'the same in a list',
      { accounts: { exclude: ['222222222222', 'payments'] } },
      'accounts.exclude.1: must be an account ID of 12 digits (it is "payments")',
    ],
    [
      'an account ID as a number',
      { account: 111111111111 },
      'account: must be a string (it is 111111111111)',
    ],
    [
      'a copy where the secret is already',
      { storage: { replicaRegions: ['eu-west-1'] } },
      'storage.replicaRegions.0: is eu-west-1, where the secrets are already; name other regions',
    ],
    [
      'a copy in another partition',
      { storage: { replicaRegions: ['us-gov-west-1'] } },
      'storage.replicaRegions.0: is us-gov-west-1, in another partition than eu-west-1; name regions of its partition',
    ],
    [
      'the same copy twice',
      { storage: { replicaRegions: ['eu-central-1', 'eu-central-1'] } },
      'storage.replicaRegions.1: is eu-central-1 for the second time; name each region once',
    ],
    [
      'a kept key that is in another region',
      { storage: { keptKeys: { 'eu-west-1': 'arn:aws:kms:eu-central-1:111111111111:key/1' } } },
      'storage.keptKeys.eu-west-1: must be the ARN of a KMS key there, arn:aws:kms:eu-west-1:111111111111:key/… (it is "arn:aws:kms:eu-central-1:111111111111:key/1")',
    ],
    [
      'a kept key for a region without secrets',
      { storage: { keptKeys: { 'eu-north-1': 'arn:aws:kms:eu-north-1:111111111111:key/1' } } },
      'storage.keptKeys.eu-north-1: is for a region that holds no secrets; those that do: eu-west-1',
    ],
    [
      'going live without the role that changes keys',
      { mode: 'live', members: { writingRole: false } },
      'members.writingRole: must not be false in mode "live": no key could be changed',
    ],
    [
      'a reader that is no principal',
      { storage: { readers: ['team-a'] } },
      'storage.readers.0: must be role/… or user/…, with its path and without an account (it is "team-a")',
    ],
    [
      'a schedule that is none',
      { schedule: { expression: 'daily' } },
      'schedule.expression: must be cron(…) or rate(…), as EventBridge Scheduler takes it (it is "daily")',
    ],
    [
      'a time zone that there isn’t',
      { schedule: { timeZone: 'Europe/Atlantis' } },
      'schedule.timeZone: must be a time zone, such as Europe/Berlin (it is "Europe/Atlantis")',
    ],
    [
      'a link’s address that is no host',
      { links: { domain: 'https://keys.example.com', certificateArn: certificate } },
      'links.domain: must be a host name in small letters (it is "https://keys.example.com")',
    ],
    [
      'a hosted zone that isn’t a parent of the domain',
      {
        links: {
          domain: 'keys.example.com',
          certificateArn: certificate,
          hostedZone: { id: 'Z1', name: 'ample.com' },
        },
      },
      "links.hostedZone.name: is ample.com, which isn't a parent of keys.example.com; it must be keys.example.com or what comes after one of its dots",
    ],
    ...[
      'arn:aws:acm:us-east-1:111111111111:certificate/1',
      'arn:aws:acm:eu-west-1:222222222222:certificate/1',
      'arn:aws:iam::111111111111:server-certificate/keys',
      'arn:aws-us-gov:acm:eu-west-1:111111111111:certificate/1',
      'arn:aws:acm:eu-west-1:111111111111:certificate/',
    ].map((certificateArn): [string, object, string] => [
      `the certificate ${certificateArn}`,
      { links: { domain: 'keys.example.com', certificateArn } },
      `links.certificateArn: must be the ARN of a certificate in ACM, in keyturn's region and account: arn:aws:acm:eu-west-1:111111111111:certificate/… (it is "${certificateArn}")`,
    ]),
    [
      'a cron expression of five fields',
      { schedule: { expression: 'cron(0 6 * * *)' } },
      'schedule.expression: must have six fields, minutes hours day-of-month month day-of-week year, such as cron(0 6 ? * MON-FRI *) (it is "cron(0 6 * * *)")',
    ],
    [
      'a cron expression with both days',
      { schedule: { expression: 'cron(0 6 * * MON *)' } },
      'schedule.expression: must have ? for day-of-month or for day-of-week, and not for both (it is "cron(0 6 * * MON *)")',
    ],
    [
      'an hour that there isn’t',
      { schedule: { expression: 'cron(0 24 ? * MON *)' } },
      'schedule.expression: has "24" for hours; allowed is * or a number, list, range or step from 0 to 23 (it is "cron(0 24 ? * MON *)")',
    ],
    [
      'a rate that is none',
      { schedule: { expression: 'rate(daily)' } },
      'schedule.expression: must be rate(a whole number and minutes, hours or days), such as rate(1 day) (it is "rate(daily)")',
    ],
    [
      'a region without SES',
      { region: 'eu-south-2' },
      'region: is eu-south-2, where there is no SES to send mail with; take one that has it',
    ],
    [
      'China',
      { region: 'cn-north-1' },
      'region: is cn-north-1, in China, where there is no SES to send mail with',
    ],
    [
      'a partition that keyturn doesn’t know',
      { region: 'eusc-de-east-1' },
      'region: is eusc-de-east-1, in aws-eusc; keyturn knows the partitions aws and aws-us-gov',
    ],
    [
      'an account that is included and excluded',
      { accounts: { include: ['222222222222', '333333333333'], exclude: ['222222222222'] } },
      'accounts.exclude.0: is 222222222222, which include names too; keep one of them',
    ],
    [
      'the same of what is live',
      { live: { include: ['222222222222', '333333333333'], exclude: ['222222222222'] } },
      'live.exclude.0: is 222222222222, which include names too; keep one of them',
    ],
    ...['accounts', 'live'].map((scope): [string, object, string] => [
      `the management account as the only target of ${scope}`,
      { [scope]: { include: ['111111111111'] } },
      `${scope}.include: names 111111111111 alone, the management account, which no StackSet reaches and no guardrail binds; name a member account as well`,
    ]),
    [
      'a live account that isn’t audited',
      { accounts: { exclude: ['222222222222'] }, live: { include: ['222222222222'] } },
      'live.include.0: is 222222222222, which accounts.exclude names: nothing is started there',
    ],
    [
      'a live account that isn’t among the audited ones',
      { accounts: { include: ['333333333333'] }, live: { include: ['222222222222'] } },
      "live.include.0: is 222222222222, which accounts.include doesn't name: nothing is started there",
    ],
    ...[
      ['keys@keys.example.com', 'mail.example.com', 'addresses in mail.example.com and in its subdomains'],
      ['keys@mail.example.com', 'keys@example.com', 'this one address'],
      ['keys@notexample.com', 'example.com', 'addresses in example.com and in its subdomains'],
    ].map(([from = '', identity = '', covered = '']): [string, object, string] => [
      `the sender ${from}, which the identity ${identity} doesn’t cover`,
      { mail: { from, identity } },
      `mail.from: is ${from}, which the identity ${identity} doesn't cover: it covers ${covered}`,
    ]),
    [
      'a sender that is no address',
      { mail: { from: 'keyturn <keys>' } },
      'mail.from: must be an address, alone or after a name of at most 45 bytes, in one line: keyturn <keyturn@example.com> (it is "keyturn <keys>")',
    ],
    [
      'operators who are no address',
      { mail: { from: 'keyturn@example.com', operators: 'ops' } },
      'mail.operators: must be a mail address, such as ops@example.com (it is "ops")',
    ],
    [
      'too many days',
      { schedule: { absentAfterDays: 9 } },
      'schedule.absentAfterDays: must be at most 6 (it is 9)',
    ],
    [
      'a retention that CloudWatch Logs doesn’t have',
      { logRetentionDays: 100 },
      'logRetentionDays: must be 1 or 3 or 5 or 7 or 14 or 30 or 60 or 90 or 120 or 150 or 180 or 365 or 400 or 545 or 731 or 1096 or 1827 or 2192 or 2557 or 2922 or 3288 or 3653 (it is 100)',
    ],
  ])('are refused for %s, in one line', (_case, changes, line) => {
    expect(refusal(changes)).toEqual([`  ${line}`]);
  });

  it('are refused for what is missing', () => {
    expect(refusal({ organization: undefined })).toEqual([
      '  organization: is missing; without an AWS Organization, name the accounts in accounts.list',
    ]);
    expect(() => parseDeployment(undefined)).toThrow('There is no keyturn.json');
  });

  it('name everything that is wrong, each in one line, whatever else is wrong', () => {
    const wrong = {
      account: '1',
      mode: 'dry',
      region: 'cn-north-1',
      schedule: { expression: 'cron(0 6 * * *)' },
      accounts: { include: ['222222222222'], exclude: ['222222222222', 'x'] },
      links: { domain: 'keys.example.com', hostedZone: { id: 'Z1', name: 'example.org' } },
      extra: true,
    };
    expect(refusal(wrong)).toHaveLength(9);
  });

  it.each([
    {
      links: {
        domain: 'keys.example.com',
        certificateArn: certificate,
        hostedZone: { id: 'Z', name: 'example.com.' },
      },
    },
    {
      links: {
        domain: 'example.com',
        certificateArn: certificate,
        hostedZone: { id: 'Z', name: 'example.com' },
      },
    },
    { mail: { from: 'keyturn <keys@a.example.com>', identity: 'example.com' } },
    { mail: { from: 'Keys@example.com', identity: 'keys@example.com' } },
    { logRetentionDays: 3653 },
    { schedule: { expression: 'rate(1 day)' } },
    { schedule: { expression: 'cron(0/30 8-18 L * ? 2026-2030)' } },
    { schedule: { expression: 'cron(15 10 ? JAN,JUL MON#1 *)' } },
    { accounts: { include: ['111111111111', '222222222222'] } },
    { accounts: { organizationalUnits: ['ou-ab12-product0'], include: ['111111111111'] } },
    { live: { include: ['222222222222'] } },
  ])('are accepted if they are right: %j', (settings) => {
    expect(() => parseDeployment({ ...example, ...settings })).not.toThrow();
  });

  it.each([null, 'audit', 3, []])('are refused in one line if they are %j as a whole', (given) => {
    expect(() => parseDeployment(given)).toThrow(/deployed\.\n {2}must be an object[^\n]*$/);
  });

  it('accept every value of the policy', () => {
    expect(parseDeployment({ ...example, policy: defaultPolicy }).policy).toEqual(defaultPolicy);
  });
});
