import { type KeyCallers, productOf } from '../asking/callers.ts';
import type { LastUse } from '../keys.ts';
import { isoDay } from '../time.ts';

/** What is known of a draining key that is still in use. */
interface SharingFacts {
  /** When the drain began. */
  readonly since: Date;
  readonly use: LastUse;
  /** Of the key that takes its place, if somebody uses it besides our own check. */
  readonly otherUse?: LastUse | undefined;
  /** Each place where IAM saw the key since the drain began. */
  readonly seenIn?: readonly string[] | undefined;
  readonly callers?: KeyCallers | undefined;
}

/**
 * The facts that suggest that several applications use one key; empty if none does. Each is only what was seen: one
 * application may also have several programs, machines and regions.
 */
export function signsOfSharing({ since, use, otherUse, seenIn = [], callers }: SharingFacts): string[] {
  const isSince = (one: LastUse | undefined): boolean =>
    one?.state === 'used' && one.at.getTime() > since.getTime();
  const from = `since ${isoDay(since)}`;
  return [
    ...(isSince(use) && isSince(otherUse) ? [`both keys have been used ${from}`] : []),
    ...(seenIn.length > 1 ? [`this key has been used ${from} for ${listed(seenIn)}`] : []),
    ...signsInCalls(callers),
  ];
}

/** The same of CloudTrail's answer alone. */
export function signsInCalls(callers: KeyCallers | undefined): string[] {
  if (callers?.state !== 'found') return [];
  const { programs, addresses, region } = callers;
  const names = [...new Set(callers.callers.map(({ program }) => productOf(program)))];
  return [
    ...(programs > 1
      ? [`CloudTrail shows calls in ${region} by ${programs} programs, among them ${listed(names)}`]
      : []),
    ...(addresses > 1 ? [`CloudTrail shows calls in ${region} from ${addresses} addresses`] : []),
  ];
}

const listed = (names: readonly string[]): string => new Intl.ListFormat('en-GB').format(names);
