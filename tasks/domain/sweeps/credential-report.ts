import { parse } from 'csv-parse/sync';
import { defined } from '../defined.ts';
import type { LastUse } from '../keys.ts';

/** A key in the credential report: known by its slot, without an ID. */
export interface ReportedKey {
  readonly slot: 1 | 2;
  readonly active: boolean;
  /** When it was created or last changed: the report doesn't distinguish the two. */
  readonly since: Date;
  readonly lastUse: LastUse;
}

export interface ReportedUser {
  /** `<root_account>` for the root user. */
  readonly name: string;
  readonly isRoot: boolean;
  /** The path in its ARN, such as `/team/`; undefined if it has none. */
  readonly path?: string | undefined;
  /** Undefined if the report doesn't contain it. */
  readonly createdAt?: Date | undefined;
  readonly keys: readonly ReportedKey[];
  /** A password, or an active signing certificate. Undefined if the report doesn't say. */
  readonly hasOtherCredentials?: boolean | undefined;
}

export interface CredentialReport {
  readonly users: readonly ReportedUser[];
  /** What could not be read, one sentence each: a skipped row must be noticed. */
  readonly problems: readonly string[];
}

const root = '<root_account>';
const keyColumns = ['active', 'last_rotated', 'last_used_date', 'last_used_region', 'last_used_service'];
const otherColumns = ['password_enabled', 'cert_1_active', 'cert_2_active'];
const needed = ['user', ...[1, 2].flatMap((slot) => keyColumns.map((column) => columnOf(slot, column)))];

function columnOf(slot: number, column: string): string {
  return `access_key_${slot}_${column}`;
}

/**
 * Parses IAM's credential report.
 * @throws {Error} if a required column is missing
 */
export function readCredentialReport(csv: string): CredentialReport {
  // A user's name may contain a comma; a row that is split by it is recognized by its length.
  const [header = [], ...rows]: string[][] = parse(csv, { relaxColumnCount: true, skipEmptyLines: true });
  const missing = needed.filter((column) => !header.includes(column));
  if (missing.length > 0) throw new Error(`the credential report has no column ${missing.join(', ')}`);
  const places = new Map(header.map((column, place) => [column, place]));
  const users: ReportedUser[] = [];
  const problems: string[] = [];
  for (const row of rows) {
    const value = (column: string): string => row[places.get(column) ?? -1] ?? '';
    const user = row.length === header.length ? userIn(value) : undefined;
    if (user === undefined) problems.push(`the credential report's row of ${row[0]} can't be read`);
    else users.push(user);
  }
  return { users, problems };
}

/** Undefined if a key exists but its age can't be read. */
function userIn(value: (column: string) => string): ReportedUser | undefined {
  const name = value('user');
  const keys: ReportedKey[] = [];
  for (const slot of [1, 2] as const) {
    const active = value(columnOf(slot, 'active')).toLowerCase() === 'true';
    const since = dateIn(value(columnOf(slot, 'last_rotated')));
    if (since !== undefined) keys.push({ slot, active, since, lastUse: lastUseIn(value, slot) });
    else if (active) return undefined;
  }
  const createdAt = dateIn(value('user_creation_time'));
  const path = pathIn(value('arn'));
  return {
    ...{ name, isRoot: name === root, createdAt, keys, hasOtherCredentials: othersIn(value) },
    ...defined({ path }),
  };
}

const pathIn = (arn: string): string | undefined => /:user(\/.+\/)[^/]+$/.exec(arn)?.[1];

/** Unknown is never "none". */
function othersIn(value: (column: string) => string): boolean | undefined {
  const states = otherColumns.map((column) => value(column).toLowerCase());
  if (states.includes('true')) return true;
  const hasMore =
    value('additional_credentials_info') !== '' && value('additional_credentials_info') !== 'N/A';
  return states.every((state) => state === 'false') && !hasMore ? false : undefined;
}

function lastUseIn(value: (column: string) => string, slot: number): LastUse {
  const date = value(columnOf(slot, 'last_used_date'));
  if (date === 'N/A') return { state: 'neverUsed' };
  const at = dateIn(date);
  if (at === undefined) return { state: 'unknown', because: `the credential report says "${date}"` };
  const service = value(columnOf(slot, 'last_used_service'));
  return { state: 'used', at, service, region: value(columnOf(slot, 'last_used_region')) };
}

function dateIn(text: string): Date | undefined {
  const date = /^\d{4}-\d\d-\d\dT/.test(text) ? new Date(text) : undefined;
  return date === undefined || Number.isNaN(date.getTime()) ? undefined : date;
}
