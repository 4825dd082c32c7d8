import { expect, it } from 'vitest';
import { readCredentialReport } from '../../../tasks/domain/sweeps/credential-report.ts';
import { isWorthALook } from '../../../tasks/domain/sweeps/due.ts';

const columns = ['active', 'last_rotated', 'last_used_date', 'last_used_region', 'last_used_service'];
const keyColumns = (slot: number): string[] => columns.map((column) => `access_key_${slot}_${column}`);
const head = [
  ...['user', 'arn', 'user_creation_time', 'password_enabled'],
  ...[...keyColumns(1), ...keyColumns(2), 'additional_credentials_info'],
].join(',');

const none = 'false,N/A,N/A,N/A,N/A';
const row = (name: string, first: string, { second = none, more = '' } = {}): string =>
  `${name},arn:aws:iam::222222222222:user/x,2015-01-01T00:00:00+00:00,no_information,${first},${second},${more}`;

it('every shape of row in a credential report is read, and what can’t be is named', () => {
  const { users, problems } = readCredentialReport(
    [
      head,
      row('<root_account>', none),
      row('many', 'TRUE,2020-01-01T00:00:00Z,no_information,N/A,N/A', {
        more: '"2 more, use list-access-keys"',
      }),
      row('future', 'true,2020-01-01T00:00:00+00:00,2030-01-01T00:00:00+00:00,us-east-1,s3'),
      row('used before made', 'true,2026-01-01T00:00:00+00:00,2025-12-01T00:00:00+00:00,us-east-1,s3'),
      row('inactive', none, {
        second: 'false,2020-01-01T00:00:00+00:00,2021-01-01T00:00:00+00:00,us-east-1,s3',
      }),
      row('no age', 'true,N/A,N/A,N/A,N/A'),
      row('a,b', 'true,2020-01-01T00:00:00+00:00,N/A,N/A,N/A'),
      row('"c,d"', 'true,2020-01-01T00:00:00+00:00,N/A,N/A,N/A'),
    ].join('\r\n'),
  );
  expect(users.map(({ name, keys }) => `${name}: ${keys.map(({ lastUse }) => lastUse.state)}`)).toEqual([
    '<root_account>: ',
    'many: unknown',
    'future: used',
    'used before made: used',
    'inactive: used',
    'c,d: neverUsed',
  ]);
  expect(problems).toHaveLength(2);
  const now = new Date('2026-01-10');
  const worth = users.filter(({ keys }) => isWorthALook(keys, 90, now)).map(({ name }) => name);
  expect(worth).toEqual(['many', 'future', 'used before made', 'c,d']);
});
