import { GetAccessKeyLastUsedCommand, IAMClient } from '@aws-sdk/client-iam';
import { GetAccessKeyInfoCommand, STSClient } from '@aws-sdk/client-sts';
import * as z from 'zod';
import { defined } from '../../tasks/domain/defined.ts';
import { attemptOf, executionArnOf } from '../../tasks/domain/execution-name.ts';
import { fromJson } from '../../tasks/domain/json.ts';
import { sameName } from '../../tasks/domain/letter-case.ts';
import type { KeyRow } from '../../tasks/domain/sweeps/row.ts';
import { CannotRun } from '../cannot-run.ts';
import type { Context } from '../context.ts';
import { someOf } from '../doctor/counted.ts';
import { explain } from '../explain.ts';
import { memberAccess } from '../member-access.ts';
import { readSubject, rootKeyHint, type Subject } from '../subject.ts';
import { lastRecord } from './records.ts';
import { Report, type ReportedAccount } from './report.ts';
import { describe, listed } from './rotations.ts';

/** A user, and what led to it. */
export interface FoundUser {
  readonly accountId: string;
  readonly userName: string;
  readonly accountName?: string;
  /** The key that was asked about. */
  readonly keyId?: string;
  /** The rotation that was asked about. */
  readonly rotation?: string;
  /** The last sweep's report, if there is one. */
  readonly report?: Report;
  /** The user's keys in it. */
  readonly rows: readonly KeyRow[];
}

/**
 * The user that a person means.
 * @throws {CannotRun} if there is none, or more than one: one sentence that lists them
 */
export async function findUser(context: Context, text: string): Promise<FoundUser> {
  const subject = readSubject(text);
  const report = await Report.latest(context);
  switch (subject.kind) {
    case 'rotation':
      return byRotation(context, subject.name, report);
    case 'key':
      return byKey(context, subject.keyId, report);
    case 'user':
      return byName(context, subject, report);
  }
}

const inputSchema = z.object({ accountId: z.string(), userName: z.string() });

async function byRotation(context: Context, name: string, report: Report | undefined): Promise<FoundUser> {
  const execution = await describe(context, executionArnOf(context.machines.rotation, name));
  const user = inputSchema.safeParse(fromJson(execution?.input)).data;
  if (user !== undefined) return { ...(await known(user, report)), rotation: name };
  const accountId = name.slice(0, 12);
  const rows = (await report?.rows(accountId)) ?? [];
  const row = rows.find(({ userName }) => attemptOf({ accountId, userName }, name) !== undefined);
  if (row !== undefined) return { ...(await known(row, report)), rotation: name };
  const kept = await lastRecord(context, { accountId, userName: '' }, name);
  const { userName } = kept.state === 'found' ? kept.record : {};
  if (userName !== undefined) return { ...(await known({ accountId, userName }, report)), rotation: name };
  throw new CannotRun(
    `There is no rotation ${name}, neither in Step Functions, which forgets one 90 days after its end, nor among the records.`,
  );
}

async function byName(
  context: Context,
  { userName, account }: Extract<Subject, { kind: 'user' }>,
  report: Report | undefined,
): Promise<FoundUser> {
  const accounts = account === undefined ? undefined : await accountsCalled(account, report);
  const rows = await report?.search(
    `Looking for ${userName}`,
    (row) => sameName(row.userName, userName),
    accounts,
  );
  const ids = new Set(rows?.map(({ accountId }) => accountId));
  for (const accountId of await runningFor(context, userName, accounts)) ids.add(accountId);
  const [accountId, ...others] = ids;
  // IAM compares names without regard to case; the execution's name has the spelling that IAM keeps.
  const spelled = rows?.[0]?.userName ?? userName;
  if (accountId !== undefined && others.length === 0) return known({ accountId, userName: spelled }, report);
  // A user without keys is in no report; an account's ID is enough to ask about it.
  if (accountId === undefined && account !== undefined && accounts?.length === 1) {
    const [only] = accounts;
    if (only !== undefined && (await isThere(context, { accountId: only.id, userName })))
      return known({ accountId: only.id, userName }, report);
  }
  if (accountId === undefined) throw new CannotRun(unknownUser(userName, account, report));
  const names = [...ids].map((id) => `${id}/${userName}`);
  throw new CannotRun(`${ids.size} accounts have a user ${userName}: say which, ${someOf(names, 10)}.`);
}

function unknownUser(userName: string, account: string | undefined, report: Report | undefined): string {
  const where = account === undefined ? '' : ` in ${account}`;
  if (report === undefined) {
    return `No rotation of ${userName}${where} is running, and no sweep has looked for users yet: start one, or give the account’s ID with --assume.`;
  }
  const when = report.sweep.endedAt.toISOString().slice(0, 10);
  return `The sweep of ${when} saw no access key of a user ${userName}${where}, and no rotation of one is running.`;
}

/** The accounts with that ID or that name. @throws {CannotRun} if there is none, or there are several */
async function accountsCalled(account: string, report: Report | undefined): Promise<ReportedAccount[]> {
  const all = (await report?.accounts()) ?? [];
  if (/^\d{12}$/.test(account)) return [all.find(({ id }) => id === account) ?? { id: account, name: '' }];
  const found = all.filter(({ name }) => name.toLowerCase() === account.toLowerCase());
  if (found.length === 1) return found;
  if (found.length === 0)
    throw new CannotRun(`No account of the last sweep is called ${account}: give its ID.`);
  throw new CannotRun(
    `${found.length} accounts are called ${account}: give an ID, ${someOf(
      found.map(({ id }) => id),
      10,
    )}.`,
  );
}

/** The accounts in which a rotation of a user of this name is running. */
async function runningFor(
  context: Context,
  userName: string,
  accounts: readonly ReportedAccount[] | undefined,
): Promise<string[]> {
  const found: string[] = [];
  for await (const { name = '' } of listed(context, 'RUNNING')) {
    const accountId = name.slice(0, 12);
    if (attemptOf({ accountId, userName }, name) !== undefined) found.push(accountId);
  }
  return accounts === undefined ? found : found.filter((id) => accounts.some((one) => one.id === id));
}

/** In IAM, or at least in the record of a rotation: a user that is gone had its keys rotated. */
async function isThere(
  context: Context,
  user: { readonly accountId: string; readonly userName: string },
): Promise<boolean> {
  const { readLiveUser } = await import('./live.ts');
  const live = await readLiveUser(context, user);
  return live.state === 'seen' || (await lastRecord(context, user)).state === 'found';
}

async function byKey(context: Context, keyId: string, report: Report | undefined): Promise<FoundUser> {
  const accountId = await accountOf(context, keyId);
  const rows = (await report?.rows(accountId)) ?? [];
  const row = rows.find((one) => one.keyId === keyId);
  const userName = row?.userName ?? (await askIam(context, accountId, keyId));
  if (userName !== undefined) return { ...(await known({ accountId, userName }, report)), keyId };
  const asked = context.assume === undefined && context.local === undefined;
  const how = asked ? ' With --assume and a role there, IAM can be asked.' : '';
  throw new CannotRun(
    `${keyId} is a key of account ${accountId}, but of none of the users that the last sweep saw there. ${rootKeyHint}${how}`,
  );
}

/** STS tells the account of any key of AWS's. */
async function accountOf({ aws }: Context, AccessKeyId: string): Promise<string> {
  try {
    const { Account = '' } = await new STSClient(aws).send(new GetAccessKeyInfoCommand({ AccessKeyId }));
    return Account;
  } catch (error) {
    if (error instanceof Error && error.name.startsWith('ValidationError'))
      throw new CannotRun(`${AccessKeyId} was never an access key: AWS knows no account for it.`);
    throw error;
  }
}

/** Whose key it is, by the user's own account; undefined if that can't be asked, or no user has it. */
async function askIam(context: Context, accountId: string, AccessKeyId: string): Promise<string | undefined> {
  try {
    const access = await memberAccess(context, accountId);
    if (access === undefined) return undefined;
    const { UserName } = await new IAMClient(access).send(new GetAccessKeyLastUsedCommand({ AccessKeyId }));
    return UserName === '' ? undefined : UserName;
  } catch (error) {
    if (explain(error).kind === 'credentials') throw error;
    return undefined;
  }
}

async function known(
  { accountId, userName }: { readonly accountId: string; readonly userName: string },
  report: Report | undefined,
): Promise<FoundUser> {
  const rows = (await report?.rows(accountId)) ?? [];
  const name = (await report?.accounts())?.find(({ id }) => id === accountId)?.name;
  return {
    ...{ accountId, userName, rows: rows.filter((row) => sameName(row.userName, userName)) },
    ...defined({ accountName: name === '' ? undefined : name, report }),
  };
}
