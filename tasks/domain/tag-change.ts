import * as z from 'zod';
import { defined } from './defined.ts';
import { InvalidInput } from './errors.ts';
import { problemsOf, strictInput } from './input.ts';
import { TagMap } from './letter-case.ts';
import { ownerAddressSchema } from './owners.ts';
import { makePolicy, type PolicyOverrides, policyFromTags, policyNames, policyTable } from './policy.ts';
import { overrideSchema, requestSchema } from './rotation.ts';
import { exemptionOf, exemptTag, ownPrefix } from './tags.ts';

/** IAM's quota, and the characters that it accepts in a tag's value. */
const longestValue = 256;
const allowedValue = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

const { by } = overrideSchema.shape;

const hasOthers = (change: {
  readonly exempt?: unknown;
  readonly owner?: unknown;
  readonly policy?: object | undefined;
}): boolean =>
  change.exempt !== undefined || change.owner !== undefined || Object.keys(change.policy ?? {}).length > 0;

/**
 * What an operator changes about a user. `null` removes the tag, so that the default applies again.
 * - `exempt`: not to be rotated until the end of that day (UTC), with the reason.
 * - `policy`: values for this user only.
 * - `owner`: the owners' addresses.
 * - `removeAll`: removes every tag of keyturn's own, when it is uninstalled. The owner's tag and the keys' descriptions
 *   stay: other programs and people read them too.
 * - `by`: who changes it; goes on record.
 */
export const tagChangeSchema = strictInput({
  by,
  exempt: strictInput({ until: z.iso.date(), reason: overrideSchema.shape.reason }).nullable().optional(),
  policy: strictInput(
    // Each row's value is checked by `makePolicy`, which names its bounds.
    Object.fromEntries(policyNames.map((name) => [name, z.union([z.number(), z.string()]).nullish()])),
  ).optional(),
  owner: z.array(ownerAddressSchema).min(1).nullable().optional(),
  removeAll: z.literal(true).optional(),
})
  .refine(
    ({ removeAll, ...change }) => removeAll === true || hasOthers(change),
    'must have at least one of exempt, policy and owner, or removeAll',
  )
  .refine(({ removeAll, ...change }) => removeAll === undefined || !hasOthers(change), {
    path: ['removeAll'],
    message: 'excludes exempt, policy and owner',
  });
export type TagChange = z.infer<typeof tagChangeSchema>;

export const changeRequestSchema = strictInput({
  accountId: requestSchema.shape.accountId,
  userName: requestSchema.shape.userName,
  change: tagChangeSchema,
});

/** An execution's input that changes a user's tags and rotates nothing. */
export type ChangeRequest = z.infer<typeof changeRequestSchema>;

/** @throws {InvalidInput} with each invalid field and what is allowed */
export function parseChangeRequest(input: unknown): ChangeRequest {
  const parsed = changeRequestSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new InvalidInput(problemsOf(parsed.error));
}

/** One tag's change; a missing value means that there is no such tag. */
export interface ChangedTag {
  readonly tag: string;
  readonly from?: string;
  readonly to?: string;
}

/**
 * The tags that a change sets and removes; those that are as wanted already are omitted. The result is read back by the
 * parsers that rotations use, so a change never leaves a tag that they refuse.
 * @throws {InvalidInput} @throws {PolicyOutOfBounds} @throws {UnreadableTag}
 */
export function changesOf(
  change: TagChange,
  tags: ReadonlyMap<string, string>,
  {
    ownerTag,
    policy,
    now,
  }: { readonly ownerTag: string; readonly policy: PolicyOverrides; readonly now: Date },
): ChangedTag[] {
  const wanted = change.removeAll === true ? ownTags(tags) : tagsFor(change, { ownerTag, now });
  const removed = new Set([...wanted].filter(([, value]) => value === undefined).map(([tag]) => tag));
  const after = new TagMap([
    ...[...tags].filter(([key]) => ![...removed].some((tag) => new TagMap([[tag, '']]).has(key))),
    ...[...wanted].flatMap(([tag, value]) => (value === undefined ? [] : [[tag, value] as const])),
  ]);
  checkAfter(change, after, policy);
  return [...wanted]
    .filter(([tag, value]) => tags.get(tag) !== value)
    .map(([tag, value]) => ({ tag, ...defined({ from: tags.get(tag), to: value }) }));
}

/** Every tag of keyturn's own, to be removed. */
const ownTags = (tags: ReadonlyMap<string, string>): Map<string, undefined> =>
  new Map(
    [...tags.keys()].filter((tag) => tag.toLowerCase().startsWith(ownPrefix)).map((tag) => [tag, undefined]),
  );

/**
 * The tags that a change asks for, by name; undefined removes one.
 * @throws {InvalidInput} @throws {UnreadableTag} if a tag can't hold the value, or the exemption is over
 */
export function tagsFor(
  { exempt, policy = {}, owner }: TagChange,
  { ownerTag, now }: { readonly ownerTag: string; readonly now: Date },
): Map<string, string | undefined> {
  const wanted = new Map<string, string | undefined>();
  if (exempt !== undefined)
    wanted.set(exemptTag, exempt === null ? undefined : `${exempt.until} ${exempt.reason}`);
  for (const name of policyNames) {
    const value = policy[name];
    if (value !== undefined) wanted.set(policyTable[name].tag, value === null ? undefined : String(value));
  }
  if (owner !== undefined) wanted.set(ownerTag, owner?.join(' '));
  for (const [tag, value] of wanted) if (value !== undefined) checkValue(tag, value);
  const exemption = exempt && exemptionOf(new TagMap([[exemptTag, wanted.get(exemptTag) ?? '']]));
  if (exemption && exemption.until.getTime() < now.getTime())
    throw new InvalidInput(`exempt.until is ${exempt.until}, which is over`);
  return wanted;
}

function checkValue(tag: string, value: string): void {
  if (value.length > longestValue)
    throw new InvalidInput(
      `the value of ${tag} has ${value.length} characters; a tag has room for ${longestValue}`,
    );
  if (!allowedValue.test(value))
    throw new InvalidInput(
      `the value of ${tag} may only contain letters, digits, spaces and _ . : / = + - @`,
    );
}

/** Only what the change is about: another tag may be wrong already. */
function checkAfter({ policy }: TagChange, after: TagMap, defaults: PolicyOverrides): void {
  if (policy === undefined) return;
  makePolicy([
    { from: 'the settings', values: defaults },
    { from: "the user's tags", values: policyFromTags(after) },
  ]);
}
