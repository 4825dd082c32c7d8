import pMap from 'p-map';
import { CannotRun } from '../../cannot-run.ts';
import type { Context } from '../../context.ts';
import { Report } from '../../reading/report.ts';
import type { UserReference } from '../rotations.ts';
import { type ExecutionEnd, endOf, startFor } from '../starting.ts';
import type { Uninstalled } from './shape.ts';

type Tags = NonNullable<Uninstalled['tags']>;

/** Each is an execution, and IAM throttles an account. */
const atATime = 8;

/** Every user with a key in the last report. @throws {CannotRun} without a report */
export async function usersOfReport(
  context: Context,
): Promise<{ readonly users: readonly UserReference[]; readonly asOf: Date }> {
  const report = await Report.latest(context);
  if (report === undefined)
    throw new CannotRun(
      'No sweep of the whole scope has completed, so no user is known: run npx keyturn audit.',
    );
  const rows = await report.search('Reading the report', ({ decision }) => decision !== 'rootKey');
  const users = new Map(
    rows.map(({ accountId, userName }) => [`${accountId}/${userName}`, { accountId, userName }]),
  );
  return { users: [...users.values()], asOf: report.sweep.startedAt };
}

/** Removes keyturn's own tags by a task, user by user. Again is harmless: a user without any isn't changed. */
export async function removeTags(
  context: Context,
  { users, asOf }: Awaited<ReturnType<typeof usersOfReport>>,
  by: string,
): Promise<Tags> {
  const failed: Tags['failed'] = [];
  let changed = 0;
  await context.during('Removing tags', async (report) => {
    let done = 0;
    const remove = async (user: UserReference): Promise<void> => {
      const because = resultOf(
        await endOf(context, await startFor(context, 'tags', { ...user, change: { by, removeAll: true } })),
      );
      if (because === 'changed') changed += 1;
      else if (because !== 'none') failed.push({ user: `${user.accountId}/${user.userName}`, because });
      done += 1;
      report(`${done} of ${users.length}`);
    };
    await pMap(users, remove, { concurrency: atATime });
  });
  return { users: users.length, asOf: asOf.toISOString(), changed, failed };
}

/** `changed`, `none` if the user had none, or why they are still there. */
function resultOf(end: ExecutionEnd | undefined): string {
  if (end === undefined) return 'it hasn’t ended yet';
  if (end.outcome !== 'tagsChanged') return end.because ?? end.outcome;
  return Array.isArray(end.output.changed) && end.output.changed.length > 0 ? 'changed' : 'none';
}
