import { describe, expect, it } from 'vitest';
import { parseSettings, type SettingsInput, settingsFrom } from '../tasks/settings.ts';

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
  ])('name %s as wrong where it is %j', (name, value) => {
    expect(() => parseSettings({ ...least, [name]: value })).toThrow(name);
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
        KEYTURN_OWNER_TAG: 'team',
        KEYTURN_LINK_BASE: 'https://keys.example.com',
        KEYTURN_LINK_KEY_SECRET: 'links',
        KEYTURN_SECRET_PREFIX: 'iam/',
        PATH: '/usr/bin',
      }),
    ).toEqual({
      mode: 'live',
      memberRole: 'rotator',
      externalId: 'o-abc123',
      region: 'eu-central-1',
      mailFrom: 'keys@example.com',
      operators: 'sec@example.com',
      ownerTag: 'team',
      linkBase: 'https://keys.example.com',
      linkKeySecret: 'links',
      secretPrefix: 'iam/',
    });
  });

  it('are wrong all at once where there are none, and each is named', () => {
    expect(() => settingsFrom({})).toThrow(/region[\s\S]*mailFrom[\s\S]*operators[\s\S]*linkBase/);
  });
});
