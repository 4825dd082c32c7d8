import { nameOf } from '../execution-name.ts';
import { isoSecond, later } from '../time.ts';

/**
 * A create call is answered within seconds. A key that came later than this after a recorded intent is left to a
 * person, though it may be ours: better a question too many than somebody else's key deleted.
 */
const intentSeconds = 30;

/** As many as fit beside an execution's name into a tag's 256 characters; more tries than Provision has. */
const mostIntents = 7;

/**
 * The tag's value: which rotation was last about to create a key, and when this user's rotations were, each time.
 * @param before the tag's value so far
 */
export function writeIntent(executionArn: string, at: Date, before: string | undefined): string {
  const times = [...readIntents(before), at].slice(-mostIntents);
  return [nameOf(executionArn), ...times.map((time) => isoSecond(time))].join(' ');
}

/** When rotations of this user were about to create a key and didn't learn what came of it. */
export function readIntents(value: string | undefined): Date[] {
  const [, ...times] = value?.split(' ') ?? [];
  return times.map((time) => new Date(time)).filter((time) => !Number.isNaN(time.getTime()));
}

/** Whether a key may have come of that intent. IAM tells a key's creation to the second. */
export function isCreatedWithin(createdAt: Date, intent: Date): boolean {
  const from = later(intent, -1000).getTime();
  return createdAt.getTime() >= from && createdAt.getTime() <= later(intent, intentSeconds * 1000).getTime();
}
