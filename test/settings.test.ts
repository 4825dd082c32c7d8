import { describe, expect, it } from 'vitest';
import {
  environmentFrom,
  needed,
  parseSettings,
  type SettingsInput,
  settingsFrom,
} from '../tasks/settings.ts';

const least: SettingsInput = {
  region: 'eu-west-1',
  mailFrom: 'keyturn@example.com',
  operators: 'ops@example.com',
  linkBase: 'https://keyturn.example.com',
};

describe('the settings', () => {
  it.each([undefined, '', 'audit', 'Live', 'LIVE', ' live', 'live ', 'true', '1', 'dry-run'])(
    'let nothing change where the mode is %j',
    (mode) => {
      expect(parseSettings({ ...least, mode }).mode).toBe('audit');
    },
  );

  it('let things change where the mode is literally live', () => {
    expect(parseSettings({ ...least, mode: 'live' }).mode).toBe('live');
  });

  it('have defaults for all but the region, the addresses and the links’ host', () => {
    expect(parseSettings(least)).toEqual({
      ...least,
      mode: 'audit',
      memberRole: 'keyturn-member',
      ownerTag: 'owner',
      linkKeySecret: 'keyturn/link-key',
      secretPrefix: 'keyturn/',
      storage: 'member',
      secretReaders: [],
      secretExclusive: false,
      provisionRole: 'keyturn-provision-new-key',
      replicaRegions: [],
      leakWithoutReplacement: 'ask',
      brand: { name: 'keyturn', accent: '#0b57a4', accentDark: '#2b6cb8' },
      policy: {},
      scope: { organizationalUnits: [], include: [], exclude: [] },
      waves: { perSweep: 20, perAccount: 5 },
      survey: { overdueAfterDays: 180, restDays: 7 },
    });
  });

  it('drop the slash at the end of the links’ host', () => {
    expect(parseSettings({ ...least, linkBase: 'https://keyturn.example.com/' }).linkBase).toBe(
      least.linkBase,
    );
  });

  it.each([
    ['region', ''],
    ['mailFrom', 'keyturn'],
    ['operators', 'Ops <ops@example.com>'],
    ['linkBase', 'keyturn.example.com'],
    ['memberRole', ''],
    ['externalId', 'x'],
    ['ownerTag', 'x'.repeat(129)],
    ['secretPrefix', 'keyturn'],
    ['mailConfigurationSet', 'our mails'],
    ['brand', { accent: '#ffcc00' }],
    ['brand', { logo: 'https://example.com/logo.png' }],
    ['policy', { quietDays: 0 }],
    ['policy', { quietDays: 7, drainDays: 7 }],
    ['policy', { silence: 'keep' }],
    ['scope', { include: ['payments'] }],
    ['rotationMachine', 'rotate-user-key'],
    ['storage', 'both'],
    ['secretKmsKey', 'keyturn-secrets'],
    ['secretKmsKey', 'alias/aws/secretsmanager'],
    ['secretReaders', ['*']],
    ['secretReaders', ['role/*']],
    ['secretReaders', ['role/ci/*']],
    ['secretReaders', ['arn:aws:iam::222222222222:role/developer']],
    ['secretReaders', ['group/developers']],
    ['secretReaders', ['role/a:b']],
    ['secretReaders', Array.from({ length: 21 }, (_, index) => `role/r${index}`)],
    ['replicaRegions', ['frankfurt']],
    ['replicaRegions', ['eu-west-1']],
    ['replicaRegions', ['us-east-1', 'us-east-1']],
    ['reportBucket', 'x'],
    ['waves', { perSweep: -1 }],
    ['waves', { perDay: 5 }],
    ['survey', { overdueAfterDays: 0 }],
    ['calendar', { zone: 'Berlin' }],
    ['exemptGroup', { name: 'no-rotation', reason: 'a vendor' }],
    ['exemptGroup', { name: 'no-rotation', until: '2027-01-31', reason: ' ' }],
  ])('name %s as wrong where it is %j', (name, value) => {
    expect(() => parseSettings({ ...least, [name]: value })).toThrow(name);
  });
});

describe('the settings of secrets', () => {
  it('take a key by its alias or its ARN', () => {
    const arn = 'arn:aws:kms:eu-west-1:111111111111:key/mrk-0123456789abcdef0123456789abcdef';
    for (const secretKmsKey of ['alias/keyturn-secrets', arn, arn.replace('key/mrk-', 'alias/')]) {
      expect(parseSettings({ ...least, secretKmsKey }).secretKmsKey).toBe(secretKmsKey);
    }
  });

  it('take no ARN where there are replicas: it is no key of their regions', () => {
    const secretKmsKey = 'arn:aws:kms:eu-west-1:111111111111:alias/keyturn-secrets';
    const replicaRegions = ['us-east-1', 'us-gov-west-1', 'ap-southeast-2'];
    expect(() => parseSettings({ ...least, secretKmsKey, replicaRegions })).toThrow('must be an alias');
    const aliased = { ...least, secretKmsKey: 'alias/keyturn-secrets', replicaRegions };
    expect(parseSettings(aliased).replicaRegions).toEqual(replicaRegions);
  });
});

describe('the settings of a Lambda function', () => {
  it('are read from its environment, each of them', () => {
    expect(
      settingsFrom({
        KEYTURN_MODE: 'live',
        KEYTURN_MEMBER_ROLE: 'rotator',
        KEYTURN_EXTERNAL_ID: 'o-abc123',
        AWS_REGION: 'eu-central-1',
        KEYTURN_MAIL_FROM: 'keys@example.com',
        KEYTURN_OPERATORS: 'sec@example.com',
        KEYTURN_MAIL_CONFIGURATION_SET: 'keys',
        KEYTURN_BRAND: '{"name":"Key desk","accent":"#7a1fa2"}',
        KEYTURN_OWNER_TAG: 'team',
        KEYTURN_LINK_BASE: 'https://keys.example.com',
        KEYTURN_LINK_KEY_SECRET: 'links',
        KEYTURN_SECRET_PREFIX: 'iam/',
        KEYTURN_STORAGE: 'member',
        KEYTURN_SECRET_KMS_KEY: 'alias/keyturn-secrets',
        KEYTURN_SECRET_EXCLUSIVE: 'true',
        KEYTURN_PROVISION_ROLE: 'acme-provision-new-key',
        KEYTURN_SECRET_READERS: '["role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_Developer_*"]',
        KEYTURN_REPLICA_REGIONS: '["eu-west-1"]',
        KEYTURN_LEAK_WITHOUT_REPLACEMENT: 'deactivate',
        KEYTURN_POLICY: '{"quietDays":14}',
        KEYTURN_SCOPE: '{"exclude":["222222222222"]}',
        KEYTURN_ROTATION_MACHINE:
          'arn:aws:states:eu-central-1:111111111111:stateMachine:rotate-user-key:live',
        KEYTURN_REPORT_BUCKET: 'reports',
        KEYTURN_WAVES: '{"perSweep":50}',
        KEYTURN_SURVEY: '{"lookFromAgeDays":30}',
        KEYTURN_CALENDAR: '{"zone":"Europe/Berlin","hours":[8,16]}',
        KEYTURN_EXEMPT_GROUP: '{"name":"no-rotation","until":"2027-01-31","reason":"a vendor"}',
        PATH: '/usr/bin',
      }),
    ).toEqual({
      mode: 'live',
      memberRole: 'rotator',
      externalId: 'o-abc123',
      region: 'eu-central-1',
      mailFrom: 'keys@example.com',
      operators: 'sec@example.com',
      mailConfigurationSet: 'keys',
      brand: { name: 'Key desk', accent: '#7a1fa2', accentDark: '#2b6cb8' },
      ownerTag: 'team',
      linkBase: 'https://keys.example.com',
      linkKeySecret: 'links',
      secretPrefix: 'iam/',
      storage: 'member',
      secretKmsKey: 'alias/keyturn-secrets',
      secretReaders: ['role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_Developer_*'],
      secretExclusive: true,
      provisionRole: 'acme-provision-new-key',
      replicaRegions: ['eu-west-1'],
      leakWithoutReplacement: 'deactivate',
      policy: { quietDays: 14 },
      scope: { organizationalUnits: [], include: [], exclude: ['222222222222'] },
      rotationMachine: 'arn:aws:states:eu-central-1:111111111111:stateMachine:rotate-user-key:live',
      reportBucket: 'reports',
      waves: { perSweep: 50, perAccount: 5 },
      survey: { lookFromAgeDays: 30, overdueAfterDays: 180, restDays: 7 },
      calendar: {
        zone: 'Europe/Berlin',
        days: ['mon', 'tue', 'wed', 'thu', 'fri'],
        hours: [8, 16],
        holidays: [],
      },
      exemptGroup: { name: 'no-rotation', until: '2027-01-31', reason: 'a vendor' },
    });
  });

  it('name the variable that should be JSON and isn’t', () => {
    expect(() => settingsFrom({ KEYTURN_SCOPE: 'all' })).toThrow('KEYTURN_SCOPE must be JSON; it is all');
  });

  it('are wrong all at once where there are none, and each is named', () => {
    expect(() => settingsFrom({})).toThrow(/region[\s\S]*mailFrom[\s\S]*operators[\s\S]*linkBase/);
  });
});

it('a setting that only some functions need is missed by its variable’s name', () => {
  expect(() => needed(parseSettings(least), 'reportBucket')).toThrow(
    expect.objectContaining({
      name: 'SettingMissing',
      message: expect.stringContaining('KEYTURN_REPORT_BUCKET'),
    }),
  );
  expect(needed(parseSettings({ ...least, reportBucket: 'reports' }), 'reportBucket')).toBe('reports');
});

describe('an environment', () => {
  it('hands every setting over as it is', () => {
    const settings = parseSettings({
      ...least,
      mode: 'live',
      externalId: 'o-keyturn',
      mailConfigurationSet: 'keyturn',
      secretKmsKey: 'alias/keyturn-secrets',
      secretReaders: ['role/team-*'],
      replicaRegions: ['eu-central-1'],
      policy: { quietDays: 14 },
      brand: { name: 'Keys', footer: 'Ask us.' },
      scope: { include: ['222222222222'] },
      rotationMachine: 'arn:aws:states:eu-west-1:111111111111:stateMachine:rotate-user-key:live',
      reportBucket: 'reports',
      waves: { perSweep: 3 },
      survey: { lookFromAgeDays: 10 },
      calendar: { zone: 'Europe/Berlin', holidays: ['2026-12-25'] },
      exemptGroup: { name: 'no-rotation', until: '2030-01-31', reason: 'vendors' },
    });
    expect(settingsFrom(environmentFrom(settings))).toEqual(settings);
  });

  it('has no variable for what isn’t set', () => {
    expect(environmentFrom({ mailFrom: 'keyturn@example.com' })).toEqual({
      KEYTURN_MAIL_FROM: 'keyturn@example.com',
    });
  });
});
