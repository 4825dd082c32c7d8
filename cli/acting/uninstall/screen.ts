import { columns, textOf } from '../../layout.ts';
import type { Uninstalled, WoundUp } from './shape.ts';

/** More would not fit on a screen; the JSON has all. */
const mostShown = 40;

const sweepWords: Readonly<Record<Uninstalled['sweeps'], string>> = {
  on: 'Sweeps begin by themselves: switch them off first.',
  off: 'Sweeps are switched off.',
  local: 'Sweeps begin as npm start was told.',
};

/** What is going to happen, before anybody agrees to it. */
export function planOf(
  { sweeps, rotations, leftInactive, stays, next }: Uninstalled,
  usersToForget: number | undefined,
): string {
  return [
    sweepWords[sweeps],
    rotations.length === 0 ? 'No rotation runs.' : `${rotations.length} rotations run:`,
    ...rotationLines(rotations),
    ...(leftInactive.length === 0
      ? []
      : [`${leftInactive.length} users have a key that a stopped rotation left inactive.`]),
    ...(usersToForget === undefined ? [] : [`Removes keyturn’s tags from ${usersToForget} users.`]),
    ...['', 'What stays when the stacks are deleted:'],
    ...stays.map(({ what, why }) => `  ${what}: ${why}`),
    ...['', 'Next:', ...next.map((step) => `  ${step}`)],
  ].join('\n');
}

/** What was done, and what is to be done next. */
export function screenOf({ state, rotations, tags, next }: Uninstalled, now: Date): string {
  const latest = rotations
    .flatMap(({ until }) => until ?? [])
    .toSorted()
    .at(-1);
  return textOf([
    state === 'ready' ? 'Nothing runs: the stacks can be deleted.' : `${rotations.length} rotations run:`,
    ...rotationLines(rotations),
    ...(latest === undefined || latest < now.toISOString()
      ? []
      : [`The last of these stages ends by ${latest.slice(0, 10)}.`]),
    ...(tags === undefined ? [] : [`Tags of ${tags.changed} of ${tags.users} users were removed.`]),
    ...(tags?.failed ?? []).slice(0, mostShown).map(({ user, because }) => `  ${user}: ${because}`),
    ...['', 'Next:'],
    ...next.map((step) => `  ${step}`),
  ]);
}

function rotationLines(rotations: readonly WoundUp[]): string[] {
  const words = { rollBack: 'rolls back', finish: 'finishes', wait: 'is at work', person: 'needs a person' };
  const rows = rotations
    .slice(0, mostShown)
    .map(({ name, act, because, told, refused }) => [
      ...[`  ${name}`, told ? 'told to roll back' : words[act]],
      refused === undefined ? because : `not told: ${refused}`,
    ]);
  const more = rotations.length - rows.length;
  return [...columns(rows), ...(more > 0 ? [`  and ${more} more: --json shows all`] : [])];
}
