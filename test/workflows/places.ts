import type { Call, Fault } from '../../local/aws/types.ts';
import { Life, type LifeOptions } from './life.ts';

/** The course of a life, and which of its calls count. */
export interface Path {
  readonly options: LifeOptions;
  readonly live: (life: Life) => Promise<void>;
  readonly isMeant: (call: Call) => boolean;
}

/** The fault at a call. `number` counts the calls that count, from 1. */
export type FaultAt = (number: number, call: Call, life: Life) => Fault | undefined;

/** Calls by the machine's tasks; the owners' web app is no task, and only its reader retries it. */
export const isByTask = ({ caller }: Call): boolean =>
  caller.kind === 'role' && /^keyturn-(?!owner-pages$)/.test(caller.roleName ?? '');

/** Calls that leave something changed. */
export const isChange = ({ operation }: Call): boolean =>
  /^(Create|Delete|Put|Send|Start|Tag|Untag|Update)/.test(operation);

/** The shortest allowed, since every daily check makes each of the lives longer. */
export const shortDays = { 'keyturn:quiet-days': '2', 'keyturn:window-days': '3' };

const begin = ({ options }: Path): Promise<Life> => Life.begin({ consistencySeconds: 5, ...options });

/** Runs that course with the trouble, which ends with it. */
export async function liveWith(path: Path, trouble: FaultAt): Promise<Life> {
  const life = await begin(path);
  let calls = 0;
  life.world.aws.inject((call) => {
    if (!path.isMeant(call)) return undefined;
    calls += 1;
    return trouble(calls, call, life);
  });
  await path.live(life);
  life.world.aws.inject(undefined);
  return life;
}

/** Where trouble can be, as numbers of calls, counted from 1, in order; and how the undisturbed life ended. */
export interface Places {
  /**
   * Every call; but between two changes only the first and the last that one role makes of an operation. The calls
   * between those are daily checks that find what the first one did.
   */
  readonly places: readonly number[];
  /**
   * The same, grouped by what a crash after them leaves: what the task has changed, and when it ended. It is the same
   * for all calls that a task makes at the same time without changing anything in between.
   */
  readonly crashes: readonly (readonly number[])[];
  readonly life: Life;
}

/** Lives a path undisturbed, to find the places for trouble in it. */
export async function placesIn(path: Path): Promise<Places> {
  const life = await begin(path);
  const firstAndLast = new Map<string, [first: number, last: number]>();
  const leaves = new Map<number, string>();
  let [calls, changes, runs] = [0, 0, 0];
  life.world.onEvent((_, { type }) => {
    if (type === 'TaskStarted') runs += 1;
  });
  life.world.aws.onCall((call) => {
    const kind = [changes, call.caller.roleName, call.service, call.operation].join(' ');
    // A user's key that signs is used from then on, whatever the call does.
    if (isChange(call) || call.caller.kind === 'user') changes += 1;
    if (!path.isMeant(call)) return;
    calls += 1;
    firstAndLast.set(kind, [firstAndLast.get(kind)?.[0] ?? calls, calls]);
    const { via: task = call.caller.roleName } = call.caller;
    leaves.set(calls, [task, runs, changes, call.at.getTime()].join(' '));
  });
  await path.live(life);
  const places = [...new Set([...firstAndLast.values()].flat())].sort((a, b) => a - b);
  const crashes = new Map<string | undefined, number[]>();
  for (const place of places)
    crashes.set(leaves.get(place), [...(crashes.get(leaves.get(place)) ?? []), place]);
  return { places, crashes: [...crashes.values()], life };
}

/** Answers as an owner does, who can't if no mail came or the page failed. */
export async function answer(life: Life, act: () => Promise<unknown>): Promise<void> {
  await Promise.resolve()
    .then(act)
    .catch(() => undefined);
  await life.world.clock.settle();
}

/** How many combinations each test tries: a few each time, or `KEYTURN_FAULTS=200`, or `KEYTURN_FAULTS=all`. */
const { KEYTURN_FAULTS: asked } = process.env;

/** A sample of at most that many, unless more are asked for: spread evenly, and always the same. */
export function sampled<T>(all: readonly T[], few: number): readonly T[] {
  const count = asked === 'all' ? all.length : Math.min(Number(asked ?? few), all.length);
  return all.filter(
    (_, index) => Math.floor((index * count) / all.length) !== Math.floor(((index + 1) * count) / all.length),
  );
}

/** How long a test of such combinations may take, in milliseconds: hours if all of them are asked for. */
export const patience = asked === undefined ? 180_000 : 8 * 3_600_000;
