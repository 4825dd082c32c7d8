import * as z from 'zod';
import { PolicyOutOfBounds, UnreadableTag } from './errors.ts';

/** What somebody may set, with its bounds; days unless the name says otherwise. */
export const policyBounds = {
  maxAgeDays: [1, 365],
  quietDays: [1, 30],
  reminderEveryDays: [1, 5],
  reminders: [1, 6],
  drainDays: [2, 40],
  windowDays: [1, 30],
} as const;

type Numbers = Record<keyof typeof policyBounds, number>;
type Mutable<T> = { -readonly [name in keyof T]: T[name] };

/**
 * How one user's key is rotated. Days, except `reminders` (how many, after the first mail).
 * `onSilence`: what becomes of the new key when the owner never answers.
 */
export interface Policy extends Readonly<Numbers> {
  readonly onSilence: 'withdraw' | 'keep';
}

export const defaultPolicy: Policy = {
  maxAgeDays: 90,
  quietDays: 7,
  reminderEveryDays: 3,
  reminders: 4,
  drainDays: 30,
  windowDays: 10,
  onSilence: 'withdraw',
};

/** How often a rollback in the window may lead back to asking before the rotation ends and a person must look. */
export const maxRounds = 3;

/** How long an owner may put the answer off, in all rounds of a rotation together. Days. */
export const moreTimeDays = 14;

/** How long a withdrawal waits for a new key that somebody uses. Days. */
export const withdrawDays = 30;

/** A policy as it is handed from state to state; shape only, for its bounds were checked when it was made. */
export const policySchema = z.object({
  maxAgeDays: z.number(),
  quietDays: z.number(),
  reminderEveryDays: z.number(),
  reminders: z.number(),
  drainDays: z.number(),
  windowDays: z.number(),
  onSilence: z.enum(['withdraw', 'keep']),
});

/** Values that differ from the default; any value is read here, and judged by `makePolicy`. */
export const policyOverridesSchema = z.strictObject({
  maxAgeDays: z.unknown().optional(),
  quietDays: z.unknown().optional(),
  reminderEveryDays: z.unknown().optional(),
  reminders: z.unknown().optional(),
  drainDays: z.unknown().optional(),
  windowDays: z.unknown().optional(),
  onSilence: z.unknown().optional(),
});
export type PolicyOverrides = z.infer<typeof policyOverridesSchema>;

/** The tag on an IAM user that sets a value for this user alone, such as `keyturn:quiet-days`. */
const tagOf: { readonly [name in keyof Policy]: string } = {
  maxAgeDays: 'keyturn:max-age-days',
  quietDays: 'keyturn:quiet-days',
  reminderEveryDays: 'keyturn:reminder-every-days',
  reminders: 'keyturn:reminders',
  drainDays: 'keyturn:drain-days',
  windowDays: 'keyturn:window-days',
  onSilence: 'keyturn:on-silence',
};

const names = Object.keys(tagOf).filter((name): name is keyof Policy => name in tagOf);

/**
 * Puts later overrides over earlier ones over the default.
 * @param overrides each with where it comes from, for the error's sake ("input", "tag keyturn:quiet-days")
 * @throws {PolicyOutOfBounds} naming the value, its source and what is allowed
 */
export function makePolicy(
  overrides: readonly { readonly from: string; readonly values: PolicyOverrides }[],
): Policy {
  const policy: Mutable<Policy> = { ...defaultPolicy };
  for (const { from, values } of overrides) {
    for (const name of names) {
      const value = values[name];
      if (value === undefined) continue;
      if (name === 'onSilence') policy.onSilence = silence(value, from);
      else policy[name] = number(name, value, from);
    }
  }
  if (policy.drainDays <= policy.quietDays) {
    throw new PolicyOutOfBounds(
      `drainDays is ${policy.drainDays} and quietDays ${policy.quietDays}; the drain deadline must be longer than the quiet period`,
    );
  }
  return policy;
}

function number(name: keyof typeof policyBounds, value: unknown, from: string): number {
  const [least, most] = policyBounds[name];
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
  throw new PolicyOutOfBounds(
    `${name} is ${JSON.stringify(value)} in ${from}; allowed is a whole number from ${least} to ${most}`,
  );
}

function silence(value: unknown, from: string): Policy['onSilence'] {
  if (value === 'withdraw' || value === 'keep') return value;
  throw new PolicyOutOfBounds(
    `onSilence is ${JSON.stringify(value)} in ${from}; allowed is "withdraw" or "keep"`,
  );
}

/**
 * What a user's tags say about its policy.
 * @throws {UnreadableTag} where a number's tag holds none
 */
export function policyFromTags(tags: ReadonlyMap<string, string>): PolicyOverrides {
  const values: Partial<Record<keyof Policy, unknown>> = {};
  for (const name of names) {
    const tag = tags.get(tagOf[name]);
    if (tag === undefined) continue;
    if (name !== 'onSilence' && !/^\d+$/.test(tag.trim())) {
      throw new UnreadableTag(
        `tag ${tagOf[name]} is "${tag}"; it must be a whole number of days, such as "7"`,
      );
    }
    values[name] = name === 'onSilence' ? tag.trim() : Number(tag);
  }
  return values;
}

/**
 * The longest that a rotation can live under the loosest policy that the bounds allow, in days: every round
 * of asking, draining and rolling back, all the time that an owner may ask for, and a withdrawal at the end.
 */
export function longestLifeDays(): number {
  const asking = (policyBounds.reminders[1] + 1) * policyBounds.reminderEveryDays[1];
  const round = asking + policyBounds.drainDays[1] + policyBounds.windowDays[1];
  return round * maxRounds + moreTimeDays + withdrawDays;
}
