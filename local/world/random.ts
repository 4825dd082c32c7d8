import { createHash } from 'node:crypto';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/**
 * A seeded stream of numbers in [0, 1). Each part of the world draws from a stream of its own name, so that
 * another draw in one part doesn't change what the others get.
 */
export function randomStream(seed: number, name: string): () => number {
  const generator = xoroshiro128plus(createHash('sha256').update(`${seed}/${name}`).digest().readInt32BE());
  return () => uniformFloat64(generator);
}

/** A stream by number, for a million of them: it costs no hash. */
export function numberedStream(seed: number, number: number): () => number {
  const generator = xoroshiro128plus(Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b));
  return () => uniformFloat64(generator);
}

/** A random element. */
export function pick<const T extends readonly [unknown, ...unknown[]]>(
  random: () => number,
  from: T,
): T[number] {
  return from[Math.floor(random() * from.length)];
}

/** A whole number from `least` to `most`, both included. */
export const between = (random: () => number, least: number, most: number): number =>
  least + Math.floor(random() * (most - least + 1));
