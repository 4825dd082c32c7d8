import type { Evidence } from '../domain/asking/evidence.ts';
import { clean } from '../domain/clean.ts';
import { shortKeyId } from '../domain/keys.ts';
import { placeInWords } from '../domain/owners.ts';
import type { Rotation, Work } from '../domain/rotation.ts';
import type { Settings } from '../settings.ts';
import type { Block } from './document.ts';
import { days, showSpan, showTime, showUse, withoutKeyEnds } from './words.ts';

/**
 * The sender as readers see it: the name that messages and pages introduce themselves with, and the contact, an
 * address or a URL. `extra`: what the deployment adds for owners who are asked. `runbookUrl`: for operators.
 */
export interface Speaker {
  readonly name: string;
  readonly support: string;
  readonly extra?: string | undefined;
  readonly runbookUrl: string;
  /** The page about what may replace access keys. */
  readonly offKeysUrl?: string | undefined;
}

/** The facts of every mail to an owner. */
export interface MailFacts extends Work {
  readonly speaker: Speaker;
  readonly settings: Pick<
    Settings,
    'secretPrefix' | 'region' | 'storage' | 'secretReaders' | 'secretExclusive' | 'memberRole' | 'ownerTag'
  >;
}

/** The facts of every mail to operators; a rotation can fail before there is a plan. */
export interface OperatorFacts {
  readonly rotation: Rotation;
  readonly plan?: Work['plan'] | undefined;
  readonly newKeyId?: string | undefined;
  readonly speaker: Speaker;
}

/** Complete URLs; see `answerUrl`. */
export interface Links {
  readonly confirm: string;
  readonly notNeeded: string;
  readonly rollBack: string;
  readonly moreTime: string;
}

/** If a rotation failed because of its input, the name may be anything, of any length. */
const longestName = 64;
const short = (name: string): string => clean(name).slice(0, longestName);

/** The user whom a mail or page is about. */
export type About = Pick<OperatorFacts, 'rotation' | 'plan'>;

/** "Payments (111122223333)", or the ID alone if no other name is known. */
export function namedAccount({
  accountId,
  accountName = '',
}: {
  readonly accountId: string;
  readonly accountName?: string | undefined;
}): string {
  const [id, name] = [short(accountId), short(accountName)];
  return name === '' || name === id ? id : `${name} (${id})`;
}

export const accountOf = ({ rotation, plan }: About): string =>
  namedAccount({ accountId: rotation.accountId, accountName: plan?.accountName });

/** "deploy-bot in Payments (111122223333)", as in the subjects of operators' mails. */
export const userOf = (about: About): string => `${short(about.rotation.userName)} in ${accountOf(about)}`;

/**
 * "deploy-bot: install the new access key by 23 Mar [Payments (111122223333)]": the subject of an owner's mail. A list
 * of mails shows the first forty characters or so: the user, what to do, by when; the account comes last.
 */
export const ownersSubject = (about: About, toDo: string): string =>
  `${short(about.rotation.userName)}: ${toDo} [${accountOf(about)}]`;

/** The rows that identify the user whom a mail is about. */
export const userRows = (about: About): (readonly [string, string])[] => [
  ['IAM user', about.rotation.userName],
  ['Account', accountOf(about)],
];

/**
 * The old key as mails and pages show it. Who says that it can be deleted types its last four characters, so they
 * aren't shown.
 */
export const oldKeyOf = ({ plan }: Pick<Work, 'plan'>): string => shortKeyId(plan.oldKeyId);

/** Which of the two keys is to be deleted. */
export const leavingName = ({ leaving }: Pick<MailFacts, 'leaving'>): 'old' | 'new' =>
  leaving === 'newKey' ? 'new' : 'old';

/** The key to be deleted, as this mail may show it. */
export const leavingKeyOf = (facts: Pick<Work, 'plan' | 'newKeyId' | 'leaving'>): string =>
  facts.leaving === 'newKey' && facts.newKeyId !== undefined ? shortKeyId(facts.newKeyId) : oldKeyOf(facts);

/**
 * What an owner must consider before confirming that a key can be deleted that was already quiet when they were
 * asked.
 */
export const rareUse = ({ plan }: Pick<Work, 'plan'>): Block[] =>
  plan.rareUseDays === undefined
    ? []
    : [
        {
          kind: 'warning',
          text: `This key is used rarely: the last time was ${days(plan.rareUseDays)} before this began. Think of jobs that run monthly, quarterly or yearly. Once inactive, the key is kept for ${showSpan(plan.windowSeconds)}, so that you notice what still needs it.`,
        },
      ];

/** Whether a rollback activates the leaving key: one that was inactive before the rotation stays inactive. */
export const wasActive = ({ plan, leaving }: Pick<Work, 'plan' | 'leaving'>): boolean =>
  leaving === 'newKey' || plan.oldKeyActive;

/** Where both keys are used from, according to IAM. */
export function useRows({ plan }: Pick<Work, 'plan'>, evidence: Evidence): (readonly [string, string])[] {
  const { oldKey, newKey, at } = evidence;
  const proof =
    newKey?.state === 'used' && newKey.service === 'sts' ? ' (our own check counts as a use)' : '';
  return [
    [plan.act === 'rotate' ? 'Old key last used' : 'Last used', showUse(oldKey)],
    ...(newKey === undefined ? [] : [['New key last used', `${showUse(newKey)}${proof}`] as const]),
    ['As of', showTime(at)],
  ];
}

/** What this is about and whom to contact; at the end of every owner's mail. */
export const ownersFooter = ({ rotation, plan, speaker }: MailFacts): string =>
  `The owner of the IAM user ${clean(rotation.userName)} is ${plan.owner.map(clean).join(', ')}${whereFrom(plan)}. ${speaker.name} never asks for a secret access key. Questions: ${speaker.support}. Execution: ${clean(rotation.executionArn)}`;

/** According to whom, and what was passed over; nothing if the user's own tag says it. */
export function whereFrom({ ownerFrom }: Pick<Work['plan'], 'ownerFrom'>): string {
  if (ownerFrom === undefined) return '';
  const { place, passedOver } = ownerFrom;
  const said = place === 'userTag' ? '' : ` (${placeInWords(place)})`;
  return passedOver.length === 0 ? said : `${said}; ${withoutKeyEnds(passedOver.join('; '))}`;
}

export const operatorsFooter = ({ rotation, speaker }: OperatorFacts): string =>
  `You get this mail because you run ${speaker.name} or answer for the account. Execution: ${clean(rotation.executionArn)}`;
