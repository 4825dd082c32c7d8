import { setImmediate } from 'node:timers/promises';

/** So long work may keep the process from answering requests. Milliseconds. */
const longestWork = 15;

/**
 * What to ask between two pieces of work: a promise once the process has worked for long enough without a turn for
 * requests. Virtual time has none of its own, so a sweep would otherwise keep every page waiting to its end.
 * @param realTime milliseconds by a clock that only goes forward
 */
export function breathing(realTime: () => number): () => Promise<void> | undefined {
  let last = realTime();
  let turn: Promise<void> | undefined;
  return () => {
    if (turn !== undefined) return turn;
    if (realTime() - last < longestWork) return undefined;
    turn = setImmediate().then(() => {
      turn = undefined;
      last = realTime();
    });
    return turn;
  };
}
