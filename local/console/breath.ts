import { setImmediate } from 'node:timers/promises';

/** For how long work may keep the process from answering requests. Milliseconds. */
const longestWork = 15;

/**
 * What to ask between two pieces of work: a promise once the process has worked for long enough without a turn for
 * requests. Virtual time has none of its own, so a sweep would otherwise keep every page waiting to its end. A sweep
 * makes hundreds of calls simultaneously: those that wait continue one after another, for as long as work may take.
 * @param realTime milliseconds by a clock that only goes forward
 */
export function breathing(realTime: () => number): () => Promise<void> | undefined {
  let last = realTime();
  const waiting: (() => void)[] = [];
  let isLettingGo = false;
  const letGo = async (): Promise<void> => {
    isLettingGo = true;
    while (waiting.length > 0) {
      await setImmediate();
      last = realTime();
      do {
        waiting.shift()?.();
        // Runs once everything that this one can do by itself is done.
        await new Promise<void>((resolve) => process.nextTick(resolve));
      } while (waiting.length > 0 && realTime() - last < longestWork);
    }
    isLettingGo = false;
  };
  return () => {
    if (!isLettingGo && realTime() - last < longestWork) return undefined;
    return new Promise((resolve) => {
      waiting.push(resolve);
      if (!isLettingGo) void letGo();
    });
  };
}
