import { type SweptSituation, sweptTable } from '../decisions/swept.ts';
import { decideBy } from '../decisions/table.ts';
import { TagMap } from '../letter-case.ts';
import { makePolicy, policyFromTags } from '../policy.ts';
import { type Exemption, exemptionOf } from '../tags.ts';
import type { AccountFacts, UserLook, Verdict } from './facts.ts';

/** What a user's tags and the settings say about when it is due. */
export interface Limits {
  readonly maxAgeDays: number;
  /** Those that the tag and the group say, whether or not they have run out. */
  readonly exemptions: readonly Exemption[];
}

/** @throws {UnreadableTag} @throws {PolicyOutOfBounds} */
export function limitsOf(userName: string, look: UserLook | undefined, facts: AccountFacts): Limits {
  const tags = look?.state === 'seen' ? look.tags : new TagMap();
  const { maxAgeDays } = makePolicy([
    { from: 'the settings', values: facts.policy },
    { from: "the user's tags", values: policyFromTags(tags) },
  ]);
  const { exempt } = facts;
  const byGroup = exempt?.members.has(userName) ? exempt.exemption : undefined;
  return { maxAgeDays, exemptions: [exemptionOf(tags), byGroup].filter((one) => one !== undefined) };
}

/** What a user's key needs, and why. */
export const judge = (situation: SweptSituation): Verdict => decideBy(sweptTable, situation).decision;
