import { describe, expect, it } from 'vitest';
import { readCredentialReport } from '../../../tasks/domain/sweeps/credential-report.ts';

const header =
  'user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated';
const noKey = 'false,N/A,N/A,N/A,N/A';
const rowOf = (user: string, first: string, second = noKey): string =>
  `${user},arn:aws:iam::111122223333:user/x,2024-01-01T00:00:00+00:00,false,N/A,N/A,N/A,false,${first},${second},false,N/A,false,N/A`;
const read = (...rows: string[]) => readCredentialReport([header, ...rows].join('\n'));

const since = new Date('2026-01-02T03:04:05Z');
const rotated = '2026-01-02T03:04:05+00:00';

describe('a row of the credential report', () => {
  it.each([
    [
      'an active key that is used',
      `true,${rotated},2026-11-01T08:00:00+00:00,eu-west-1,s3`,
      {
        slot: 1,
        active: true,
        since,
        lastUse: { state: 'used', at: new Date('2026-11-01T08:00:00Z'), service: 's3', region: 'eu-west-1' },
      },
    ],
    [
      'a key that was never used',
      `true,${rotated},N/A,N/A,N/A`,
      { slot: 1, active: true, since, lastUse: { state: 'neverUsed' } },
    ],
    [
      'a key of which the report has no information, which is never "unused"',
      `true,${rotated},no_information,N/A,N/A`,
      {
        slot: 1,
        active: true,
        since,
        lastUse: { state: 'unknown', because: expect.stringContaining('no_information') },
      },
    ],
    [
      'an inactive key',
      `false,${rotated},N/A,N/A,N/A`,
      { slot: 1, active: false, since, lastUse: { state: 'neverUsed' } },
    ],
  ])('%s', (_, columns, key) => {
    expect(read(rowOf('app', columns))).toEqual({
      users: [
        {
          name: 'app',
          isRoot: false,
          createdAt: new Date('2024-01-01T00:00:00Z'),
          keys: [key],
          hasOtherCredentials: false,
        },
      ],
      problems: [],
    });
  });

  it.each([
    ['no password and no certificate', 'false', 'false', 'N/A', false],
    ['a password', 'true', 'false', 'N/A', true],
    ['a signing certificate', 'false', 'true', 'N/A', true],
    ['a password of which nothing is known', 'no_information', 'false', 'N/A', undefined],
    ['root’s password', 'not_supported', 'false', 'N/A', undefined],
    ['more than the report lists', 'false', 'false', '2 more, use list-access-keys', undefined],
  ])(
    'with %s says what else the user has, and unknown is never none',
    (_, password, certificate, more, has) => {
      const columns = rowOf('app', noKey).split(',');
      columns[3] = password;
      columns[18] = certificate;
      const text = [`${header},additional_credentials_info`, [...columns, `"${more}"`].join(',')].join('\n');
      expect(readCredentialReport(text).users[0]?.hasOtherCredentials).toBe(has);
      const older = [header.replace(',cert_2_active', ',something_else'), rowOf('app', noKey)].join('\n');
      expect(readCredentialReport(older).users[0]?.hasOtherCredentials).toBeUndefined();
    },
  );

  it('is read of a user without keys, and of root', () => {
    const { users } = read(rowOf('app', noKey), rowOf('<root_account>', `true,${rotated},N/A,N/A,N/A`));
    expect(users.map(({ name, isRoot, keys }) => [name, isRoot, keys.length])).toEqual([
      ['app', false, 0],
      ['<root_account>', true, 1],
    ]);
  });

  it('is read if its user’s name has a comma, quoted', () => {
    expect(read(rowOf('"app,of,sales"', noKey)).users[0]?.name).toBe('app,of,sales');
  });

  it.each([
    ['comes apart of a comma that isn’t quoted', rowOf('app,of,sales', noKey)],
    ['has an active key without an age', rowOf('app', 'true,N/A,N/A,N/A,N/A')],
    ['has an active key of an age that is none', rowOf('app', 'true,yesterday,N/A,N/A,N/A')],
  ])('that %s is named, and the others are read', (_, row) => {
    const { users, problems } = read(row, rowOf('other', noKey));
    expect(users.map(({ name }) => name)).toEqual(['other']);
    expect(problems).toEqual(["the credential report's row of app can't be read"]);
  });
});

it('a credential report’s columns are found by their names, whatever AWS adds', () => {
  const csv = `new,${header}\nx,${rowOf('app', `true,${rotated},N/A,N/A,N/A`)}`;
  expect(readCredentialReport(csv).users[0]?.keys).toHaveLength(1);
});

it('a credential report without the columns that count is refused', () => {
  expect(() => readCredentialReport('user,arn\napp,arn')).toThrow('no column access_key_1_active');
  expect(() => readCredentialReport('')).toThrow('no column user');
});
