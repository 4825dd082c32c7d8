import type { GenerateCredentialReportResponse, GetCredentialReportResponse } from '@aws-sdk/client-iam';
import { PackedText } from '../packed-text.ts';
import { AwsError } from '../types.ts';
import { operation } from '../wire/operation.ts';
import type { Account, Model, User, UserKey } from './account.ts';
import { accountOf, type Iam } from './common.ts';
import { reportedUse } from './usage.ts';

interface Report {
  readonly generatedAt: Date;
  readonly readyAt: Date;
  /** The account as it was at `generatedAt`. */
  readonly content: PackedText;
}

/** How long IAM keeps returning a cached report. Milliseconds. */
const KEPT = 4 * 3_600_000;

const COLUMNS = [
  ...['user', 'arn', 'user_creation_time', 'password_enabled', 'password_last_used', 'password_last_changed'],
  ...['password_next_rotation', 'mfa_active'],
  ...['1', '2'].flatMap((slot) =>
    ['active', 'last_rotated', 'last_used_date', 'last_used_region', 'last_used_service'].map(
      (column) => `access_key_${slot}_${column}`,
    ),
  ),
  ...['cert_1_active', 'cert_1_last_rotated', 'cert_2_active', 'cert_2_last_rotated'],
];

/** IAM's credential report: requested, made within seconds, and up to hours behind until it is made again. */
export function credentialReportOperations({ model }: Iam) {
  const reports = new WeakMap<Account, Report>();
  return {
    GenerateCredentialReport: operation<object, GenerateCredentialReportResponse>()([], [], (_, caller) => {
      const account = accountOf(model, caller);
      const report = reports.get(account);
      if (report !== undefined && !isExpired(report, model)) {
        return { State: report.readyAt <= model.now() ? 'COMPLETE' : 'INPROGRESS' };
      }
      const generatedAt = model.now();
      const readyAt = new Date(generatedAt.getTime() + model.credentialReportSeconds * 1000);
      const lines = [COLUMNS, ...rowsOf(account, model)].map((row) => row.map(quoted).join(','));
      const content = new PackedText(lines.join('\n'));
      reports.set(account, { generatedAt, readyAt, content });
      return { State: 'STARTED', Description: 'No report exists. Starting a new report generation task' };
    }),
    GetCredentialReport: operation<object, GetCredentialReportResponse>()([], [], (_, caller) => {
      const report = reports.get(accountOf(model, caller));
      if (report === undefined) throw new AwsError('ReportNotPresent', 'No report has been generated.', 410);
      if (isExpired(report, model)) throw new AwsError('ReportExpired', 'The report has expired.', 410);
      if (report.readyAt > model.now())
        throw new AwsError('ReportInProgress', 'The report is still being generated.', 404);
      return {
        Content: new TextEncoder().encode(report.content.text),
        ReportFormat: 'text/csv',
        GeneratedTime: report.generatedAt,
      };
    }),
  };
}

/** Only a user's name may hold a comma; nothing here holds a quote or a line break. */
const quoted = (value: string): string => (value.includes(',') ? `"${value}"` : value);

const isExpired = ({ generatedAt }: Report, { now }: Model): boolean =>
  now().getTime() - generatedAt.getTime() >= KEPT;

const ABSENT = 'N/A';
const NO_PASSWORD = ['false', ABSENT, ABSENT, ABSENT, 'false'];
const NO_CERTIFICATES = ['false', ABSENT, 'false', ABSENT];
const NO_KEY = ['false', ABSENT, ABSENT, ABSENT, ABSENT];

/** When every account's root and its keys were created. */
const FOUNDED = new Date('2024-01-01T00:00:00Z');

function* rowsOf({ id, users, rootKeys }: Account, model: Model): Generator<string[]> {
  const rootKey = (slot: number): string[] =>
    rootKeys >= slot ? ['true', time(FOUNDED), ABSENT, ABSENT, ABSENT] : NO_KEY;
  const root = ['<root_account>', `arn:${model.partition}:iam::${id}:root`, time(FOUNDED)];
  const rootPassword = ['not_supported', ABSENT, 'not_supported', 'not_supported', 'true'];
  yield [...root, ...rootPassword, ...rootKey(1), ...rootKey(2), ...NO_CERTIFICATES];
  for (const user of users.values()) {
    const keys = [0, 1].flatMap((slot) => keyColumns(user, user.keys[slot], model));
    yield [user.name, user.arn, time(user.createdAt), ...NO_PASSWORD, ...keys, ...NO_CERTIFICATES];
  }
}

function keyColumns(user: User, key: UserKey | undefined, model: Model): string[] {
  if (key === undefined) return NO_KEY;
  const use = reportedUse(user, key, model.now(), model);
  const used = use === undefined ? [ABSENT, ABSENT, ABSENT] : [time(use.at), use.region, use.service];
  return [String(key.status === 'Active'), time(changedAt(key)), ...used];
}

/** When a key was created or last changed its status: the report doesn't tell which. */
function changedAt({ createdAt, periods }: UserKey): Date {
  const last = periods.at(-1);
  const changes = [createdAt, last?.from, last?.until].map((date) => date?.getTime() ?? 0);
  return new Date(Math.max(...changes));
}

const time = (date: Date): string => `${date.toISOString().slice(0, 19)}+00:00`;
