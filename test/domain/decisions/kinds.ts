import { type AccessKey, describeNewKey, type LastUse } from '../../../tasks/domain/keys.ts';
import { ago, key, neverUsed, unknown, usedAgo } from '../uses.ts';

/** The keys' IDs, from the oldest; the last one is no key of the user. */
export const ids = ['AAAA', 'BBBB', 'CCCC', 'DDDD', 'ZZZZ'].map((end) => `AKIA${end.repeat(4)}`);
export const strange = ids[4] ?? '';

/**
 * What is known of one key.
 * - `made` by somebody else; by a rotation, which stored and described it; stored, but its description is lost; stored,
 *   but to replace a key that is gone; described, but its secret access key is lost or can't be read; by a call of ours
 *   whose answer was lost.
 */
export interface KeyKind {
  readonly status: AccessKey['status'];
  readonly age: 'yesterday' | 'years ago';
  readonly use: 'never' | 'today' | 'long ago' | 'unknown';
  readonly made:
    | 'elsewhere'
    | 'by us'
    | 'by us, not described'
    | 'for another'
    | 'by us, not stored'
    | 'orphan';
}

const statuses = ['Active', 'Inactive', 'Expired'] as const;
const agesAndUses = [
  ...(['never', 'today'] as const).map((use) => ({ age: 'yesterday', use }) as const),
  ...(['never', 'today', 'long ago', 'unknown'] as const).map((use) => ({ age: 'years ago', use }) as const),
];
const makers = ['elsewhere', 'by us', 'by us, not described', 'for another', 'by us, not stored'] as const;

/** Every kind. An orphan is new and was never used, or it wouldn't count as one. */
export const everyKind: readonly KeyKind[] = statuses.flatMap((status): KeyKind[] => [
  ...agesAndUses.flatMap((one) => makers.map((made) => ({ status, ...one, made }))),
  { status, age: 'yesterday', use: 'never', made: 'orphan' },
]);

/** Of more than two keys, which only an exceeded quota allows, less is distinguished. */
export const fewKinds: readonly KeyKind[] = everyKind.filter(
  ({ age, use, made }) =>
    age === 'years ago' && use !== 'never' && (made === 'elsewhere' || made === 'by us, not described'),
);

const usesOf: Readonly<Record<KeyKind['use'], LastUse>> = {
  never: neverUsed,
  today: usedAgo(0.1),
  'long ago': usedAgo(200),
  unknown,
};
const isStored: ReadonlySet<KeyKind['made']> = new Set(['by us', 'by us, not described', 'for another']);
const isDescribed: ReadonlySet<KeyKind['made']> = new Set(['by us', 'for another', 'by us, not stored']);

/** The facts about keys of these kinds, the older ones first. */
export function keysOf(kinds: readonly KeyKind[]) {
  const keys: AccessKey[] = [];
  const uses = new Map<string, LastUse>();
  const tags = new Map<string, string>();
  const stored = new Set<string>();
  const orphans: AccessKey[] = [];
  for (const [place, { status, age, use, made }] of kinds.entries()) {
    const one = key(ids[place] ?? '', (age === 'yesterday' ? 1 : 1000) - place / 100, status);
    keys.push(one);
    uses.set(one.id, usesOf[use]);
    if (isStored.has(made)) stored.add(one.id);
    const replaced = made === 'for another' ? strange : (ids[place === 0 ? 1 : 0] ?? '');
    if (isDescribed.has(made)) tags.set(one.id, describeNewKey(replaced, 'x-1', ago(1), undefined));
    if (made === 'orphan') orphans.push(one);
  }
  return { keys, uses, tags, stored, orphans };
}

/** Every way to have that many, in every order. */
export function* ordered<T>(kinds: readonly T[], count: number): Generator<T[]> {
  if (count === 0) yield [];
  else for (const first of kinds) for (const rest of ordered(kinds, count - 1)) yield [first, ...rest];
}

/** Every way to have that many, whatever their order. */
export function* unordered<T>(kinds: readonly T[], count: number, from = 0): Generator<T[]> {
  if (count === 0) yield [];
  else
    for (let place = from; place < kinds.length; place += 1)
      for (const rest of unordered(kinds, count - 1, place)) yield [kinds[place] as T, ...rest];
}
