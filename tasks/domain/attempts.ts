import { attemptOf, nameOf } from './execution-name.ts';
import { originOf } from './keys.ts';
import { readMark } from './rotation-mark.ts';
import { rotationTag } from './tags.ts';

/**
 * The number of the last attempt that left a mark on the user: the rotation's tag, or, if that was lost, the
 * description of a key that it made. 0 if there was none.
 */
export function lastAttempt(
  user: { readonly accountId: string; readonly userName: string },
  tags: ReadonlyMap<string, string>,
): number {
  const marks = [...tags.values()].map((value) => originOf(value)?.rotation);
  const names = [nameOf(readMark(tags.get(rotationTag))?.executionArn ?? ''), ...marks];
  return Math.max(0, ...names.map((name) => attemptOf(user, name ?? '') ?? 0));
}
