import { nameOf } from '../../tasks/domain/execution-name.ts';
import type { Progress } from '../../tasks/domain/following/progress.ts';
import type { Context } from '../context.ts';
import { type FoundUser, findUser } from './find-user.ts';
import { follow, latestOf } from './rotations.ts';

/** A user, and its latest rotation as far as Step Functions knows it. */
export interface LookedUp {
  readonly user: FoundUser;
  readonly progress: Progress | undefined;
}

/** Finds a user and its latest rotation, or the one that was asked about. @throws {CannotRun} */
export async function lookUp(context: Context, subject: string): Promise<LookedUp> {
  const user = await findUser(context, subject);
  return { user, progress: await progressOfUser(context, user) };
}

/** A user's latest rotation; undefined if Step Functions knows none. */
export async function progressOfUser(context: Context, user: FoundUser): Promise<Progress | undefined> {
  const hint = hintOf(user);
  const name = user.rotation ?? (await latestOf(context, user, hint));
  return name === undefined ? undefined : follow(context, name);
}

/** A rotation that the last sweep knew of. */
function hintOf({ rows }: FoundUser): string | undefined {
  const known = rows.flatMap(({ rotation, rest }) => rotation ?? rest?.rotation ?? []);
  return known[0] === undefined ? undefined : nameOf(known[0]);
}
