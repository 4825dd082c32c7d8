import pMap from 'p-map';
import { giveAnswer } from '../../answering.ts';
import { CannotRun } from '../../cannot-run.ts';
import type { Asked, CommandOutcome } from '../../command.ts';
import { exitCodes } from '../../terminal.ts';
import { byAndReason, isAgreed } from '../asking.ts';
import { leftInactiveNow, type RunningNow, runningNow, sweepsOf } from './look.ts';
import { planOf, screenOf } from './screen.ts';
import type { Uninstalled, WoundUp } from './shape.ts';
import { deletionsOf, staysOf } from './stays.ts';
import { removeTags, usersOfReport } from './tags.ts';

type Who = ReturnType<typeof byAndReason>;

const atATime = 8;

/** Brings what runs to its end, and says how to delete the rest. Keeps no state: every run looks again. */
export async function uninstall(asked: Asked): Promise<CommandOutcome<Uninstalled>> {
  const { context, options } = asked;
  const removesTags = options.removeTags === true;
  const who = context.isDryRun ? undefined : byAndReason(options);
  const sweeps = await sweepsOf(context);
  const running = await runningNow(context);
  const leftInactive = await leftInactiveNow(context, running);
  const { deployment } = context;
  const seen: Omit<Uninstalled, 'next' | 'state'> = {
    ...{ sweeps, rotations: running.map(({ shown }) => shown), leftInactive },
    stays: staysOf(deployment, removesTags),
  };
  const known = removesTags && running.length === 0 ? await usersOfReport(context) : undefined;
  const plan = planOf({ ...seen, next: nextOf(asked, seen), state: 'planned' }, known?.users.length);
  if (who !== undefined) refuseUnlessPossible(asked, seen);
  // Without anything to do there is nothing to agree to.
  const isNothing = known === undefined && !running.some(({ shown }) => shown.act === 'rollBack');
  const agreed = isNothing && !context.isDryRun ? true : await isAgreed(asked, plan);
  if (!agreed || who === undefined) return outcome({ ...seen, state: 'planned', next: nextOf(asked, seen) });
  const rotations = await tellAll(asked, running, who);
  const tags = known === undefined ? undefined : await removeTags(context, known, who.by);
  const done = { ...seen, rotations, ...(tags === undefined ? {} : { tags }) };
  const isReady = rotations.length === 0 && (tags === undefined || tags.failed.length === 0);
  const result: Uninstalled = { ...done, state: isReady ? 'ready' : 'underWay', next: nextOf(asked, done) };
  return outcome(result, screenOf(result, await context.now()));
}

const outcome = (result: Uninstalled, text = ''): CommandOutcome<Uninstalled> => ({
  exitCode: result.state === 'underWay' ? exitCodes.problem : exitCodes.ok,
  result,
  text,
});

/** @throws {CannotRun} if what is told to end could not, or others would begin */
function refuseUnlessPossible(
  { context: { deployment, from } }: Asked,
  { sweeps, rotations }: Pick<Uninstalled, 'sweeps' | 'rotations'>,
): void {
  if (sweeps === 'on')
    throw new CannotRun(
      `Sweeps begin by themselves, and would start rotations again: set "schedule": { "enabled": false } in ${from}, deploy, and run this again.`,
    );
  if (rotations.length > 0 && deployment.mode !== 'live')
    throw new CannotRun(
      `The mode is audit, and ${rotations.length} rotations run, which can only end in mode live: set it in ${from}, deploy, and run this again.`,
    );
}

/** Tells each that nobody has confirmed to roll back. One that moves on at this moment is seen by the next run. */
async function tellAll(asked: Asked, running: readonly RunningNow[], who: Who): Promise<WoundUp[]> {
  const { context } = asked;
  return context.during('Telling rotations', async (report) => {
    let done = 0;
    return pMap(
      running,
      async ({ executionArn, shown }): Promise<WoundUp> => {
        if (shown.act !== 'rollBack') return shown;
        const given = { ...who, kind: 'rollBack' } as const;
        const answered = await giveAnswer(context.aws, executionArn, given, await context.now());
        done += 1;
        report(String(done));
        if (answered.state === 'taken') return { ...shown, told: true };
        return { ...shown, refused: answered.because };
      },
      { concurrency: atATime },
    );
  });
}

/** What to do next, in this order. */
function nextOf(
  { context: { deployment, from } }: Asked,
  { sweeps, rotations, tags, leftInactive }: Omit<Uninstalled, 'next' | 'state'>,
): string[] {
  const persons = rotations.filter(({ act }) => act === 'person');
  const again = [
    ...(sweeps === 'on' ? [`set "schedule": { "enabled": false } in ${from}, and deploy`] : []),
    ...persons.map(
      ({ accountId, userName, because }) => `see npx keyturn status ${accountId}/${userName}: ${because}`,
    ),
    ...(rotations.length > 0 ? ['run this again, until nothing runs'] : []),
    ...(tags !== undefined && tags.failed.length > 0
      ? ['run this again, for the tags that are still there']
      : []),
  ];
  return [
    ...again,
    ...leftInactive.map(
      ({ accountId, userName }) =>
        `npx keyturn rollback ${accountId}/${userName} makes the key active that was left inactive; or delete it by hand`,
    ),
    ...deletionsOf(deployment),
  ];
}
