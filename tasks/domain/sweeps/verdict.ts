import type { AccessKey } from '../keys.ts';
import { type NameSet, TagMap } from '../letter-case.ts';
import { makePolicy, type PolicyOverrides, policyFromTags } from '../policy.ts';
import type { Storage } from '../storage.ts';
import { type Exemption, exemptionOf } from '../tags.ts';
import { daysBetween, isoDay } from '../time.ts';
import { type Due, whyDue } from './due.ts';
import type { Memory } from './memory.ts';
import type { SecretIn } from './readers.ts';
import { type LastRotation, type Rest, restsUntil } from './rest.ts';
import type { KeyDecision } from './row.ts';
import type { SurveyedKey } from './user-keys.ts';

/** The facts that apply to every user of an account. */
export interface AccountFacts {
  readonly now: Date;
  readonly accountId: string;
  readonly accountEmail: string;
  readonly ownerTag: string;
  /** The deployment's policy; a user's tags override it. */
  readonly policy: PolicyOverrides;
  /** Where secrets should be, and who may read them. */
  readonly secrets: Pick<Storage, 'storage' | 'secretReaders' | 'secretExclusive'>;
  readonly overdueAfterDays: number;
  /** How long a user is left alone after a rotation that didn't complete. Days. */
  readonly restDays: number;
  /** The same after the first silence; twice as long after each further one. Days. */
  readonly silentRestDays: number;
  /** Why nothing may be started in the account, if that is so. */
  readonly notLive?: string | undefined;
  /** What an earlier sweep learned of the account's keys. */
  readonly memory?: Memory | undefined;
  /** Names of the exempt group's members, and the group's end date. */
  readonly exempt?: { readonly members: NameSet; readonly exemption: Exemption } | undefined;
}

/** A closer look at a user, because of the credential report. */
export type UserLook =
  | {
      readonly state: 'seen';
      readonly keys: readonly AccessKey[];
      readonly tags: TagMap;
      readonly lastRotation?: LastRotation | undefined;
      /** Looked up for users who are due. */
      readonly secretIn?: SecretIn | undefined;
    }
  /** IAM was asked for its keys, and none is older than it looked. */
  | { readonly state: 'dated'; readonly keys: readonly AccessKey[] }
  | { readonly state: 'gone' }
  | { readonly state: 'unreadable'; readonly because: string }
  /** There were too many to look at in one sweep. */
  | { readonly state: 'postponed' };

/** The result for a user's active keys. The inactive ones need no decision. */
export interface Verdict {
  readonly decision: KeyDecision;
  readonly because: string;
  readonly rotation?: string;
  readonly exemptionExpired?: boolean;
  readonly due?: Due;
}

export const rootVerdict: Verdict = {
  decision: 'rootKey',
  because: 'root has an access key; keyturn never touches it: delete it by hand',
};
export const inactiveVerdict: Verdict = { decision: 'inactive', because: 'inactive, so nobody can use it' };

/**
 * What a user's active keys need, and why.
 * @param rest how its last rotation ended, if it didn't complete
 * @throws {UnreadableTag} @throws {PolicyOutOfBounds}
 */
export function judge(
  userName: string,
  keys: readonly SurveyedKey[],
  look: UserLook | undefined,
  facts: AccountFacts,
  rest?: Rest,
): Verdict {
  if (look?.state === 'unreadable') return { decision: 'unreadable', because: look.because };
  const tags = look?.state === 'seen' ? look.tags : new TagMap();
  const { maxAgeDays } = makePolicy([
    { from: 'the settings', values: facts.policy },
    { from: "the user's tags", values: policyFromTags(tags) },
  ]);
  const byTag = exemptionOf(tags);
  const due = whyDue(keys, maxAgeDays, facts.now);
  const lastRotation = look?.state === 'seen' ? look.lastRotation : undefined;
  if (lastRotation?.running) {
    return {
      decision: 'inRotation',
      because: 'its rotation is running',
      rotation: lastRotation.executionArn,
    };
  }
  if (due === undefined)
    return { decision: 'notDue', because: `younger than ${maxAgeDays} days, and in use` };
  const exemptions = [byTag, exemptByGroup(userName, facts)].filter((one) => one !== undefined);
  const holding = exemptions.find(({ until }) => facts.now.getTime() <= until.getTime());
  if (holding !== undefined) {
    const until = isoDay(holding.until);
    return { decision: 'exempt', because: `${due.because}; exempt until ${until}: ${holding.reason}` };
  }
  const exemptionExpired = exemptions.length > 0;
  const said = exemptionExpired ? `${due.because}; its exemption has run out` : due.because;
  const resting = whyResting(rest, facts);
  if (resting !== undefined)
    return { decision: 'deferred', because: `${said}; ${resting}`, exemptionExpired };
  if (look?.state === 'postponed') {
    const because = `${said}; too many users for one sweep, the oldest go first`;
    return { decision: 'due', because, exemptionExpired };
  }
  if (facts.notLive !== undefined)
    return { decision: 'due', because: `${said}; ${facts.notLive}`, exemptionExpired };
  return { decision: 'due', because: said, exemptionExpired, due };
}

const exemptByGroup = (userName: string, { exempt }: AccountFacts): Exemption | undefined =>
  exempt?.members.has(userName) ? exempt.exemption : undefined;

/** Why a user is left alone: a person who has already been asked isn't asked again daily. */
function whyResting(rest: Rest | undefined, { now }: AccountFacts): string | undefined {
  if (rest === undefined || now.getTime() >= restsUntil(rest).getTime()) return undefined;
  const { outcome, endedAt, days, silences } = rest;
  if (outcome === 'silence' && silences > 0) {
    const times = silences === 1 ? 'once' : `${silences} times in a row`;
    return `its owner has not answered ${times}; the next rotation may begin on ${isoDay(restsUntil(rest))}, or once its owner tag changes`;
  }
  const ago = Math.floor(daysBetween(endedAt, now));
  return `its last rotation ended as ${outcome} ${ago} days ago; the next may begin after ${days}`;
}
