import { describe, expect, it } from 'vitest';
import { parseDeployment, SettingsRefused } from '../../infra/settings.ts';
import { defaultPolicy } from '../../tasks/domain/policy.ts';
import { example } from './synthesized.ts';

const mailWithoutOperators = { from: 'keyturn@example.com' };

/** What is said of these settings, without the first line. */
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
      mail: { ownerTag: 'owner', createIdentity: true },
      schedule: { expression: 'cron(0 6 ? * MON-FRI *)', timeZone: 'UTC' },
    });
  });

  it('take regions of every partition', () => {
    for (const region of ['us-gov-west-1', 'cn-north-1', 'eu-central-2']) {
      expect(parseDeployment({ ...example, region }).region).toBe(region);
    }
  });

  it('need no operators’ address to audit', () => {
    expect(parseDeployment({ ...example, mail: mailWithoutOperators }).mail.operators).toBeUndefined();
  });

  it.each([
    ['an unknown key', { modus: 'live' }, 'keyturn: there is no setting "modus" here'],
    [
      'an unknown key further down',
      { mail: { ...mailWithoutOperators, sender: 'x' } },
      'keyturn.mail: there is no setting "sender" here',
    ],
    ['a mode that is neither', { mode: 'Live' }, 'keyturn.mode: must be "audit" or "live" (it is "Live")'],
    [
      'a day out of bounds',
      { policy: { quietDays: 0 } },
      'keyturn.policy: quietDays is 0 in cdk.json; allowed is a whole number from 1 to 30',
    ],
    [
      'days that contradict each other',
      { policy: { quietDays: 30, drainDays: 30 } },
      'keyturn.policy: drainDays is 30 and quietDays 30; the drain deadline must be longer than the quiet period',
    ],
    [
      'a policy that there isn’t',
      { policy: { idleDays: 3 } },
      'keyturn.policy: there is no setting "idleDays" here',
    ],
    [
      'live without anybody to hear of failures',
      { mode: 'live', mail: mailWithoutOperators },
      'keyturn.mail.operators: must be set where mode is "live": somebody has to hear of failures',
    ],
    [
      'an unknown region',
      { region: 'eu-west-9' },
      'keyturn.region: must be an AWS region, such as eu-west-1 (it is "eu-west-9")',
    ],
    [
      'an account ID that isn’t 12 digits',
      { account: '1234' },
      'keyturn.account: must be an account ID of 12 digits (it is "1234")',
    ],
    [
      'the same in a list',
      { accounts: { exclude: ['222222222222', 'payments'] } },
      'keyturn.accounts.exclude.1: must be an account ID of 12 digits (it is "payments")',
    ],
    [
      'an account ID as a number',
      { account: 111111111111 },
      'keyturn.account: must be a string (it is 111111111111)',
    ],
    [
      'a copy where the secret is already',
      { storage: { replicaRegions: ['eu-west-1'] } },
      'keyturn.storage.replicaRegions: holds eu-west-1, which is where the secrets are already',
    ],
    [
      'going live without the role that changes keys',
      { mode: 'live', members: { writingRole: false } },
      'keyturn.members.writingRole: must not be false in mode "live": no key could be changed',
    ],
    [
      'a reader that is no principal',
      { storage: { readers: ['team-a'] } },
      'keyturn.storage.readers.0: must be role/… or user/…, with its path and without an account (it is "team-a")',
    ],
    [
      'a schedule that is none',
      { schedule: { expression: 'daily' } },
      'keyturn.schedule.expression: must be cron(…) or rate(…), as EventBridge Scheduler takes it (it is "daily")',
    ],
    [
      'a time zone that there isn’t',
      { schedule: { timeZone: 'Europe/Atlantis' } },
      'keyturn.schedule.timeZone: must be a time zone, such as Europe/Berlin (it is "Europe/Atlantis")',
    ],
    [
      'a link’s address that is no host',
      { links: { domain: 'https://keys.example.com', certificateArn: 'arn:aws:acm:x' } },
      'keyturn.links.domain: must be a host name in small letters (it is "https://keys.example.com")',
    ],
  ])('are refused for %s, in one line', (_case, changes, line) => {
    expect(refusal(changes)).toEqual([`  ${line}`]);
  });

  it('are refused for what is missing', () => {
    expect(refusal({ organization: undefined })).toEqual([
      '  keyturn.organization: is missing; it must be an object',
    ]);
    expect(() => parseDeployment(undefined)).toThrow('cdk.json has no context.keyturn');
  });

  it('name everything that is wrong at once', () => {
    expect(refusal({ account: '1', region: 'moon-1', mode: 'dry' })).toHaveLength(3);
  });

  it('know every value of the policy', () => {
    expect(parseDeployment({ ...example, policy: defaultPolicy }).policy).toEqual(defaultPolicy);
  });
});
