import type { Mail } from '../aws/mailer.ts';
import type { LastUse } from '../domain/keys.ts';
import { clean, showTime, withoutKeyEnds } from './clean.ts';
import { type Block, compose } from './document.ts';
import {
  answerBy,
  days,
  fetchNewKey,
  type Links,
  type MailFacts,
  oldKeyOf,
  ownersFooter,
  showSpan,
  showUse,
  userOf,
  userRows,
} from './facts.ts';

/** What the mails that ask an owner need besides. `since`: when the first of this round went out. */
export interface AskFacts extends MailFacts {
  readonly links: Links;
  readonly use: LastUse;
  readonly since: Date;
  readonly round: number;
}

/** The first mail of a round, where a new key has been made. */
export function newKeyReady(facts: AskFacts): Mail {
  const { rotation, plan, round } = facts;
  const again: Block[] =
    round > 1
      ? [{ kind: 'text', text: `You were asked before and rolled back: this is round ${round}.` }]
      : [];
  return compose({
    subject: `New access key to install: ${userOf(facts)}`,
    title: `Install the new access key of ${clean(rotation.userName)}`,
    lead: `Its access key is being replaced. Give your application the new key, then confirm. The old key works on until you have, and until nobody has used it for ${days(plan.policy.quietDays)}.`,
    blocks: [...again, ...askBlocks(facts)],
    footer: ownersFooter(facts),
  });
}

/** @param reminder from 1 to `plan.policy.reminders` */
export function reminder(facts: AskFacts & { readonly reminder: number }): Mail {
  const { plan, rotation, since } = facts;
  const count = `Reminder ${facts.reminder} of ${plan.policy.reminders}`;
  const what = plan.act === 'retire' ? 'may its access key go?' : 'is its new access key installed?';
  return compose({
    subject: `${count}: ${plan.act === 'retire' ? 'access key to retire' : 'new access key to install'}: ${userOf(facts)}`,
    title: `${clean(rotation.userName)}: ${what}`,
    lead: `This is ${count.toLowerCase()}; the first mail is of ${showTime(since)}. ${silence(facts)}`,
    blocks: askBlocks(facts),
    footer: ownersFooter(facts),
  });
}

/** The first mail where a key is to go without a new one: a surplus or unused key. */
export function retirement(facts: AskFacts): Mail {
  const { rotation, plan } = facts;
  return compose({
    subject: `Access key to retire: ${userOf(facts)}`,
    title: `May this access key of ${clean(rotation.userName)} go?`,
    lead: `${sentence(withoutKeyEnds(plan.because))} There is no new key. If nothing of yours needs this one, confirm; if something does, keep it.`,
    blocks: askBlocks(facts),
    footer: ownersFooter(facts),
  });
}

function askBlocks(facts: AskFacts): Block[] {
  const { plan, links } = facts;
  const retires = plan.act === 'retire';
  return [
    {
      kind: 'action',
      label: retires ? 'It may go' : 'I have installed it',
      url: links.confirm,
      note: `Asks for the last four characters of ${retires ? 'the ID of the key that is to go' : "the new key's ID"}. Opening the page decides nothing.`,
      look: 'button',
    },
    {
      kind: 'action',
      label: retires ? 'Keep the key' : 'Roll back',
      url: links.rollBack,
      note: retires
        ? 'Leaves the key as it is. Asks for the reason.'
        : 'Deletes the new key and leaves the old one as it is. Asks for the reason.',
      look: 'plainButton',
    },
    { kind: 'heading', text: retires ? 'The key that is to go' : 'The key that is replaced' },
    { kind: 'facts', rows: evidence(facts) },
    ...(retires ? [] : [...fetchNewKey(facts), ...installSteps(facts)]),
    { kind: 'heading', text: 'What happens then' },
    { kind: 'steps', steps: whatHappens(facts) },
    { kind: 'heading', text: 'If nobody answers' },
    { kind: 'text', text: silence(facts) },
  ];
}

const evidence = (facts: AskFacts): (readonly [string, string])[] => [
  ...userRows(facts),
  ['Key', oldKeyOf(facts)],
  ['Created', showTime(new Date(facts.plan.oldKeyCreatedAt))],
  ['Last used', showUse(facts.use)],
  ['Why now', withoutKeyEnds(facts.plan.because)],
];

const installSteps = ({ use }: AskFacts): Block[] => [
  { kind: 'heading', text: 'What to do' },
  {
    kind: 'steps',
    steps: [
      'Read the new key with the command above.',
      use.state === 'used'
        ? `Put it wherever the old one is. The old one was last used for ${clean(use.service)} in ${clean(use.region)}.`
        : 'Put it wherever the old one is.',
      'Restart or redeploy, and see that the application works.',
      'Confirm by the link at the top.',
    ],
  },
];

function whatHappens({ plan }: AskFacts): string[] {
  const which = plan.act === 'retire' ? 'The key' : 'The old key';
  return [
    `${which} goes inactive once nobody has used it for ${days(plan.policy.quietDays)}. You get a mail.`,
    `For ${showSpan(plan.windowSeconds)} a link in that mail makes it active again.`,
    'After that it is deleted, which nobody can take back.',
  ];
}

function silence({ plan, since }: AskFacts): string {
  const when = showTime(answerBy(plan, since));
  if (plan.act === 'retire')
    return `Without an answer by ${when} the key stays as it is, and the operators are told.`;
  return plan.policy.onSilence === 'keep'
    ? `Without an answer by ${when} both keys stay as they are, and the operators are told.`
    : `Without an answer by ${when} the new key is withdrawn, the old one stays as it is, and the operators are told.`;
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
