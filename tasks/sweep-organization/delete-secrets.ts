import * as z from 'zod';
import { GoneSecret } from '../aws/gone-secret.ts';
import { MemberUser } from '../aws/member-user.ts';
import { isPassing } from '../aws/passing.ts';
import { ReportStore } from '../aws/report-store.ts';
import type { Dependencies } from '../dependencies.ts';
import { UnknownUser } from '../domain/errors.ts';
import {
  type ActiveKeys,
  activeKeysOf,
  type GoneUser,
  judgeGone,
  recallGone,
} from '../domain/sweeps/gone-users.ts';
import { keyRowSchema } from '../domain/sweeps/row.ts';
import { accountItemSchema, objects, type Sweep, sweepSchema } from '../domain/sweeps/sweep.ts';
import { isoDay } from '../domain/time.ts';
import { whyNoLease } from '../holder.ts';
import { lambdaHandler } from '../lambda.ts';
import { only } from '../manifest/row.ts';
import { deleteSecrets as row } from '../manifest/sweep.ts';
import { task } from '../task.ts';
import { readSummary, storeGone } from './store-survey.ts';

const input = z.object({ sweep: sweepSchema, account: accountItemSchema });

/**
 * State DeleteSecrets: schedules the secrets of users who have been gone for long enough for deletion, and restores one
 * whose key turns out to be active. Everything that the survey found is looked at again. What can't be done is said in
 * the report, and the next sweep tries again. Idempotent.
 */
export const deleteSecrets = task({
  name: 'DeleteSecrets',
  input,
  run: async ({ sweep, account }, dependencies) => {
    const store = new ReportStore(dependencies, sweep);
    const gone = [...recallGone((await store.read(objects.goneOf(account.id))) ?? '').values()];
    const summary = await readSummary(store, account.id);
    if (dependencies.settings.mode !== 'live' || account.notLive !== undefined || summary === undefined)
      return { deleted: 0, restored: 0 };
    const active = activeKeysOf(await readRows(store, account.id), summary.complete);
    const after: GoneUser[] = [];
    for (const one of gone) after.push(await handle(one, { active, sweep, dependencies }));
    await storeGone(sweep, after, summary, dependencies);
    const newly = (act: GoneUser['act'], before: GoneUser['act']): number =>
      after.filter((one, index) => one.act === act && gone[index]?.act === before).length;
    return { deleted: newly('scheduled', 'delete'), restored: newly('inUse', 'restore') };
  },
});

interface Context {
  readonly active: ActiveKeys;
  readonly sweep: Sweep;
  readonly dependencies: Dependencies;
}

async function readRows(store: ReportStore, accountId: string) {
  const lines = ((await store.read(objects.keysOf(accountId, 'jsonl'))) ?? '').split('\n');
  return lines.filter((line) => line !== '').map((line) => keyRowSchema.parse(JSON.parse(line)));
}

/** One secret that can't be handled must not prevent the others. */
async function handle(one: GoneUser, context: Context): Promise<GoneUser> {
  if (one.act !== 'delete' && one.act !== 'restore') return one;
  try {
    // Before each: with many secrets, the lease may move meanwhile. A restored secret takes access from nobody.
    const why = one.act === 'delete' ? await whyNoLease(context.dependencies) : undefined;
    if (why !== undefined) return { ...one, because: `${one.because}; not done: ${why}` };
    const after = { ...one, ...(await act(one, context)) };
    context.dependencies.log.info('handled the secret of a user who is gone', { ...after });
    return after;
  } catch (error) {
    if (isPassing(error) || !(error instanceof Error)) throw error;
    context.dependencies.log.warn('the secret of a user who is gone could not be handled', { ...one, error });
    return { ...one, because: `${one.because}; not done: ${error.name}` };
  }
}

async function isThere(
  { accountId, userName }: GoneUser,
  { executionArn }: Sweep,
  dependencies: Dependencies,
): Promise<boolean> {
  const user = await MemberUser.enter(
    dependencies,
    { accountId, userName, executionArn },
    only(row, 'readKeys'),
  );
  try {
    await user.keys();
    return true;
  } catch (error) {
    if (error instanceof UnknownUser) return false;
    throw error;
  }
}

/** Looks again, and does what is still right. */
async function act(
  one: GoneUser,
  { active, sweep, dependencies }: Context,
): Promise<Pick<GoneUser, 'act' | 'because'>> {
  const { settings, now } = dependencies;
  const { deleteAfterDays, recoveryDays } = settings.goneUsers;
  const secret = await GoneSecret.open(dependencies, one, sweep.executionArn, row.does);
  const seen = await secret.look();
  if (seen === undefined) return { act: 'scheduled', because: 'it is gone' };
  const judged = judgeGone({ ...seen, since: one.since }, active, { now: now(), deleteAfterDays });
  if (judged.act === 'restore') {
    if (!seen.isOurs)
      return { ...judged, because: `${judged.because}; somebody else scheduled its deletion` };
    await secret.restore();
    return { act: 'inUse', because: `${judged.because}; its deletion was cancelled` };
  }
  if (judged.act !== 'delete') return judged;
  // The credential report may be hours old.
  if (await isThere(one, sweep, dependencies)) return { act: 'keep', because: 'its user is there again' };
  const goneAt = await secret.scheduleDeletion(seen.replicas, recoveryDays, now());
  const when = goneAt === undefined ? '' : ` on ${isoDay(goneAt)}`;
  return { act: 'scheduled', because: `${judged.because}; deleted${when}, and can be restored until then` };
}

export const handler = lambdaHandler(deleteSecrets);
