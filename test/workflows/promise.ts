import { expect, onTestFinished, TestRunner } from 'vitest';
import type { Violation } from '../../local/watcher/watched.ts';
import type { World } from '../../local/world/world.ts';

/** How many worlds of a test are kept: a test with hundreds of them drops the oldest. */
const kept = 4;

interface Watch {
  readonly worlds: World[];
  readonly broken: Violation[];
}

/** By the test that made them. */
const watches = new WeakMap<object, Watch>();

/** Lets the test that makes this world fail at its end if the world's watcher saw a broken promise. */
export function keepPromise(world: World): void {
  const test = TestRunner.getCurrentTest();
  // The tests that share a world check it themselves.
  if (test === undefined) return;
  const watch = watches.get(test) ?? begin(test);
  watch.worlds.push(world);
  if (watch.worlds.length > kept) lookAt(watch, watch.worlds.shift());
}

function begin(test: object): Watch {
  const watch: Watch = { worlds: [], broken: [] };
  watches.set(test, watch);
  onTestFinished(() => {
    for (const world of watch.worlds.splice(0)) lookAt(watch, world);
    expect(watch.broken, 'the promise, which every life keeps unless its test says otherwise').toEqual([]);
  });
  return watch;
}

function lookAt({ broken }: Watch, world: World | undefined): void {
  broken.push(...(world?.watcher.violations ?? []));
}
