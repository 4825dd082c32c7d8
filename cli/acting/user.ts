import { CannotRun } from '../cannot-run.ts';
import type { Context } from '../context.ts';
import { findUser } from '../reading/find-user.ts';
import { readSubject, subjectForms } from '../subject.ts';
import type { UserReference } from './rotations.ts';

/** Whom a command acts for, and the key that was named, if one was. */
export interface Target {
  readonly user: UserReference;
  readonly keyId?: string;
}

/**
 * The user that a person means. One that is named by its account's ID is taken at its word: the task that acts finds
 * out whether it exists, and the last report may be too old to know it.
 * @throws {CannotRun} if it can't be told whose it is
 */
export async function findTarget(context: Context, said: string | undefined): Promise<Target> {
  if (said === undefined) throw new CannotRun(`Give ${subjectForms}.`);
  const subject = readSubject(said);
  if (subject.kind === 'user' && /^\d{12}$/.test(subject.account ?? ''))
    return { user: { accountId: subject.account ?? '', userName: subject.userName } };
  const { accountId, userName, keyId } = await findUser(context, said);
  return { user: { accountId, userName }, ...(keyId === undefined ? {} : { keyId }) };
}
