import { describe, expect, it } from 'vitest';
import { parseSettings, type SettingsInput } from '../tasks/domain/settings/told.ts';
import { environmentFrom, fileFrom, needed, settingsFrom } from '../tasks/settings.ts';

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
      useFunction: 'keyturn-check-use',
      events: false,
      cloudTrail: false,
      records: { keepDays: 1096, lock: 'none' },
      runbookUrl: 'docs/runbook.md',
      leakWithoutReplacement: 'ask',
      brand: { name: 'keyturn', accent: '#0b57a4', accentDark: '#2b6cb8' },
      policy: {},
      scope: { organizationalUnits: [], include: [], exclude: [] },
      securityHub: false,
      waves: { perSweep: 20, perAccount: 5 },
      survey: { overdueAfterDays: 180, restDays: 7, silentRestDays: 60, codeTags: [] },
      ownersFrom: ['accountTag', 'securityContact', 'operationsContact', 'accountAddress'],
      goneUsers: { deleteAfterDays: 90, recoveryDays: 30 },
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
    live: { include: ['222222222222'] },
    rotationMachine: 'arn:aws:states:eu-west-1:111111111111:stateMachine:rotate-user-key:live',
    reportBucket: 'reports',
    waves: { perSweep: 3 },
    survey: { lookFromAgeDays: 10 },
    calendar: { zone: 'Europe/Berlin', holidays: ['2026-12-25'] },
    exemptGroup: { name: 'no-rotation', until: '2030-01-31', reason: 'vendors' },
  });

  it('are handed over as they are by the file and the environment', () => {
    expect(settingsFrom(fileFrom(settings), environmentFrom(settings))).toEqual(settings);
  });

  it('are in the file, except the mode and what CloudFormation creates', () => {
    const { mode, linkBase, reportBucket, ...rest } = settings;
    expect(JSON.parse(fileFrom(settings))).toEqual(rest);
    expect(environmentFrom(settings)).toEqual({
      KEYTURN_MODE: mode,
      KEYTURN_RESOURCES: JSON.stringify({ linkBase, reportBucket }),
    });
  });

  it.each([undefined, '', 'Live', 'true'])('let nothing change if the variable of the mode is %j', (mode) => {
    const environment = { ...environmentFrom(settings), KEYTURN_MODE: mode };
    expect(settingsFrom(fileFrom(settings), environment).mode).toBe('audit');
  });

  it('hold the mode nowhere but in its variable, so that it can be turned off without a deployment', () => {
    expect(fileFrom(settings)).not.toMatch(/"mode"|live"?:? *"live"/);
  });

  it.each([undefined, '', 'https://keyturn.example.com', '{"reportBucket":"reports"}', '[]'])(
    'are missed by name if what was created is told as %j',
    (KEYTURN_RESOURCES) => {
      expect(() => settingsFrom(fileFrom(settings), { KEYTURN_RESOURCES })).toThrow(
        expect.objectContaining({
          name: 'SettingMissing',
          message: expect.stringMatching(/^KEYTURN_RESOURCES must be JSON with linkBase/),
        }),
      );
    },
  );
});

it('a setting that only some functions need is missed by its name', () => {
  expect(() => needed(parseSettings(least), 'reportBucket')).toThrow(
    expect.objectContaining({
      name: 'SettingMissing',
      message: expect.stringContaining('reportBucket'),
    }),
  );
  expect(needed(parseSettings({ ...least, reportBucket: 'reports' }), 'reportBucket')).toBe('reports');
});
