import { answerBy } from '../domain/asking/deadlines.ts';
import { clean } from '../domain/clean.ts';
import { madeByCodeInWords } from '../domain/made-by-code.ts';
import { wayOffInWords } from '../domain/off-keys.ts';
import { type AskFacts, answers, silence } from './ask.ts';
import type { Block, Labelled, Message } from './document.ts';
import { accountOf, oldKeyOf, rareUse, userOf, whereFrom } from './facts.ts';
import { aboutCommands, fetchNewKeyBriefly } from './fetch-key.ts';
import { soonest } from './progress.ts';
import { showDay, showTime, showUse, withoutKeyEnds } from './words.ts';

/** Characters of users' names in a subject: a list of mails shows no more. */
const longestNames = 60;

type Several = readonly [AskFacts, ...AskFacts[]];

/**
 * One mail about several users of the same owner. What is the same for all comes first; then each user has a part with
 * its own command, dates and answers.
 * @param given at least one
 */
export function severalKeys(given: readonly AskFacts[]): Message {
  const several = soonestFirst(given);
  const [first] = several;
  const { title, lead } = opening(several);
  return {
    subject: `${subjectOf(several)} [${accountsOf(several)}]`,
    title,
    lead,
    blocks: [
      { kind: 'facts', rows: several.map(lineOf) },
      ...stepsFor(several),
      { kind: 'heading', text: 'If nobody answers' },
      ...silences(several),
      ...several.flatMap(partOf),
      ...offKeysLink(several),
      ...(first.speaker.extra === undefined ? [] : [{ kind: 'text', text: first.speaker.extra } as const]),
    ],
    footer: `The owner of these IAM users is ${first.plan.owner.map(clean).join(', ')}${several.map(({ plan }) => whereFrom(plan)).find((text) => text !== '') ?? ''}. ${first.speaker.name} never asks for a secret access key. Questions: ${first.speaker.support}. Reminders come for each user that is left.`,
  };
}

/** Whose answer is due first, then by name, so that a person finds one again. */
function soonestFirst(given: readonly AskFacts[]): Several {
  const [first, ...others] = given.toSorted(
    (a, b) => answerBy(a).getTime() - answerBy(b).getTime() || (nameIn(a) < nameIn(b) ? -1 : 1),
  );
  if (first === undefined) throw new RangeError('a mail about several users needs at least one');
  return [first, ...others];
}

const nameIn = ({ rotation }: AskFacts): string => clean(rotation.userName);
const retires = ({ plan }: AskFacts): boolean => plan.act === 'retire';

/** "3 access keys to install by 23 Mar: deploy-bot, backup and 1 more" */
function subjectOf(several: Several): string {
  const names: string[] = [];
  for (const facts of several) {
    if (names.length > 0 && [...names, nameIn(facts)].join(', ').length > longestNames) break;
    names.push(nameIn(facts));
  }
  const left = several.length - names.length;
  const more = left === 0 ? '' : ` and ${left} more`;
  return `${several.length} access keys to ${toDo(several)} by ${showDay(answerBy(several[0]))}: ${names.join(', ')}${more}`;
}

function toDo(several: Several): 'install' | 'decide on' | 'delete or keep' {
  if (!several.some(retires)) return 'install';
  return several.every(retires) ? 'delete or keep' : 'decide on';
}

/** The account if there is only one. */
function accountsOf(several: Several): string {
  const accounts = new Set(several.map(accountOf));
  return accounts.size === 1 ? accountOf(several[0]) : `${accounts.size} accounts`;
}

function opening(several: Several): { readonly title: string; readonly lead: string } {
  const count = several.length;
  const by = showTime(answerBy(several[0]));
  const isOne = new Set(several.map((facts) => answerBy(facts).getTime())).size === 1;
  const when = isOne ? `by ${by}` : `the first by ${by}`;
  const each = 'Each user has its own part below, with its own links: answer them in any order.';
  switch (toDo(several)) {
    case 'install':
      return {
        title: `Install the new access keys of ${count} users`,
        lead: `Give each application its new key and confirm, ${when}. Until then nothing changes: the old keys keep working. ${each}`,
      };
    case 'delete or keep':
      return {
        title: `Can these ${count} access keys be deleted?`,
        lead: `If nothing of yours needs a key, confirm, ${when}; if something does, keep it. ${each}`,
      };
    case 'decide on':
      return {
        title: `${count} access keys need your decision`,
        lead: `Some are replaced by a new key, some could be deleted. Decide on each, ${when}. Until then nothing changes. ${each}`,
      };
  }
}

/** What is to be done for a user, in one line. */
const lineOf = (facts: AskFacts): Labelled => [
  facts.rotation.userName,
  `${retires(facts) ? 'Delete or keep' : 'Install'} by ${showTime(answerBy(facts))}`,
];

function stepsFor(several: Several): Block[] {
  const withNewKey = several.filter((facts) => !retires(facts));
  if (withNewKey.length === 0) return [];
  return [
    { kind: 'heading', text: 'What to do for each new key' },
    {
      kind: 'steps',
      steps: [
        'Read the new key, with the command in its part.',
        'Put it wherever the old one is.',
        'Restart or redeploy, and check that the application works.',
        'Confirm with the button in its part. Opening its page decides nothing.',
      ],
    },
    { kind: 'text', text: aboutCommands(withNewKey) },
  ];
}

function partOf(facts: AskFacts): Block[] {
  const { plan, evidence } = facts;
  const isToGo = retires(facts);
  const dates = soonest(plan, evidence);
  const then =
    dates === undefined
      ? 'depends on its use'
      : `inactive not before ${showTime(dates.inactive)}, deleted not before ${showTime(dates.deleted)}`;
  return [
    { kind: 'part', text: userOf(facts) },
    ...rareUse(facts),
    {
      kind: 'facts',
      rows: [
        [isToGo ? 'Key' : 'Old key', `${oldKeyOf(facts)}: ${withoutKeyEnds(plan.because)}`],
        ['Last used', showUse(evidence.oldKey)],
        ['Answer by', showTime(answerBy(facts))],
        [isToGo ? 'Then it is' : 'Then the old key is', then],
        ...(plan.madeByCode === undefined
          ? []
          : [['Made by code', madeByCodeInWords(plan.madeByCode)] satisfies Labelled]),
        ...(plan.wayOff === undefined
          ? []
          : [['Instead of a key', wayOffInWords(plan.wayOff)] satisfies Labelled]),
      ],
    },
    ...(isToGo ? [] : fetchNewKeyBriefly(facts)),
    ...answers(facts, nameIn(facts)),
  ];
}

/** Each sentence once, with those whom it is about if it isn't about all. */
function silences(several: Several): Block[] {
  const sentences = [...new Set(several.map(silence))];
  if (sentences.length === 1) return sentences.map((text) => ({ kind: 'text', text }));
  return sentences.map((text) => {
    const users = several.filter((facts) => silence(facts) === text).map(nameIn);
    return { kind: 'text', text: `${users.join(', ')}: ${text.charAt(0).toLowerCase()}${text.slice(1)}` };
  });
}

const offKeysLink = (several: Several): Block[] => {
  const url = several.find(({ plan }) => plan.wayOff !== undefined)?.speaker.offKeysUrl;
  return url === undefined ? [] : [{ kind: 'link', label: 'How to do without access keys', url }];
};
