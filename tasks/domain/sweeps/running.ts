import * as z from 'zod';
import { daysBetween } from '../time.ts';
import type { LastRotation } from './rest.ts';

/** A user's running rotation, as a sweep sees it: by the user's keys, because reading its history would be expensive. */
export interface RotationNow {
  readonly days: number;
  /** Whether one of the user's keys is inactive already, so that its rollback window is running. */
  readonly inWindow: boolean;
}

/** The running rotations of an account, or of all. */
export const runningSchema = z.object({
  running: z.number(),
  /** Those in which a key is inactive and not yet deleted. */
  inWindow: z.number(),
  /** For how many days the oldest of them has been running. */
  oldestDays: z.number(),
});
export type RunningRotations = z.infer<typeof runningSchema>;

export const noneRunning: RunningRotations = { running: 0, inWindow: 0, oldestDays: 0 };

/** Undefined if no rotation of the user is running. */
export const rotationNow = (
  last: LastRotation | undefined,
  keys: readonly { readonly active: boolean }[],
  now: Date,
): RotationNow | undefined =>
  last?.running === true
    ? {
        days: daysBetween(last.startedAt ?? now, now),
        inWindow: keys.some(({ active }) => !active),
      }
    : undefined;

/** Counts the running rotations of an account. */
export const countRunning = (rotations: readonly RotationNow[]): RunningRotations => ({
  running: rotations.length,
  inWindow: rotations.filter(({ inWindow }) => inWindow).length,
  oldestDays: Math.round(10 * Math.max(0, ...rotations.map(({ days }) => days))) / 10,
});

/** Those of two parts of the organization together. */
export const addRunning = (one: RunningRotations, other: RunningRotations): RunningRotations => ({
  running: one.running + other.running,
  inWindow: one.inWindow + other.inWindow,
  oldestDays: Math.max(one.oldestDays, other.oldestDays),
});
