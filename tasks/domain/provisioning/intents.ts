import { nameOf } from '../execution-name.ts';
import { isoSecond, later } from '../time.ts';

/**
 * A create call returns within seconds. If a key was created later than this after a recorded intent, a person
 * decides, although it may be ours: an unnecessary question is better than deleting somebody else's key.
 */
const intentSeconds = 30;

/**
 * As many as fit into a tag's 256 characters beside an execution's name; more than the number of tries in Provision.
 */
const mostIntents = 7;

/**
 * The tag's value: which rotation was last about to create a key, and the time of every such attempt of this user's
 * rotations.
 * @param before the tag's current value
 */
export function writeIntent(executionArn: string, at: Date, before: string | undefined): string {
  const times = [...readIntents(before), at].slice(-mostIntents);
  return [nameOf(executionArn), ...times.map((time) => isoSecond(time))].join(' ');
}

/** When rotations of this user were about to create a key without learning the outcome. */
export function readIntents(value: string | undefined): Date[] {
  const [, ...times] = value?.split(' ') ?? [];
  return times.map((time) => new Date(time)).filter((time) => !Number.isNaN(time.getTime()));
}

/** Whether a key may be the result of that intent. IAM's creation times are in whole seconds. */
export function isCreatedWithin(createdAt: Date, intent: Date): boolean {
  const from = later(intent, -1000).getTime();
  return createdAt.getTime() >= from && createdAt.getTime() <= later(intent, intentSeconds * 1000).getTime();
}
