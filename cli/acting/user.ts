import { attemptOf } from '../../tasks/domain/execution-name.ts';
import { accountIdSchema } from '../../tasks/domain/scope.ts';
import { CannotRun } from '../cannot-run.ts';
import type { Context } from '../context.ts';
import { readSubject, type Subject, subjectForms } from '../subject.ts';
import { arnOfRotation, inputOf, type UserReference } from './rotations.ts';

/** Whom a command acts for, and the key that was named, if one was. */
export interface Target {
  readonly user: UserReference;
  readonly keyId?: string;
}

/**
 * The user that a person means.
 * @throws {CannotRun} if it can't be told whose it is
 */
export async function findTarget(context: Context, said: string | undefined): Promise<Target> {
  const subject = readSubject(said ?? '');
  switch (subject.kind) {
    case 'rotation':
      return { user: await userOfRotation(context, subject.name) };
    case 'user':
      return { user: userIn(subject) };
    case 'key':
      throw unknownKey(subject.keyId, 'name its user as account/user');
  }
}

function userIn({ account, userName }: Extract<Subject, { kind: 'user' }>): UserReference {
  if (account === undefined || !accountIdSchema.safeParse(account).success)
    throw new CannotRun(`Name the account too, such as 222222222222/${userName}: give ${subjectForms}.`);
  return { accountId: account, userName };
}

async function userOfRotation(context: Context, name: string): Promise<UserReference> {
  const { accountId, userName } = await inputOf(context, arnOfRotation(context, name));
  if (typeof accountId === 'string' && typeof userName === 'string') {
    const user = { accountId, userName };
    if (attemptOf(user, name) !== undefined) return user;
  }
  throw new CannotRun(`Step Functions knows no rotation ${name}: it forgets one ninety days after its end.`);
}

/**
 * The user of a key, by the last sweep's report.
 * @throws {CannotRun} if it isn't there
 */
export async function userOfKey(_: Context, keyId: string, accountId: string): Promise<UserReference> {
  throw unknownKey(`${keyId}, a key of account ${accountId}`, 'give --user');
}

const unknownKey = (keyId: string, how: string): CannotRun =>
  new CannotRun(`Whose key ${keyId} is, isn’t known: ${how}.`);
