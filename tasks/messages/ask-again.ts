import { nextMailAt } from '../domain/asking/deadlines.ts';
import type { Interruption } from '../domain/asking/question.ts';
import { clean } from '../domain/clean.ts';
import { type AskFacts, answerTime, askBlocks, askSubject, silence } from './ask.ts';
import type { Block, Message } from './document.ts';
import { ownersFooter } from './facts.ts';
import { days, showTime, withoutKeyEnds } from './words.ts';

/** The same question again, more urgent the fewer reminders are left. */
export function reminder(facts: AskFacts): Message {
  const { plan, rotation, since } = facts;
  const count = `Reminder ${facts.reminder} of ${plan.policy.reminders}`;
  const { title, lead, warning } = tone(facts, plan.policy.reminders - facts.reminder);
  const again: Block[] = [
    { kind: 'text', text: `${count}; the first mail was sent on ${showTime(since)}. Its links still work.` },
  ];
  return {
    subject: askSubject(facts, facts.reminder === plan.policy.reminders ? 'last reminder' : undefined),
    title: `${title} of ${clean(rotation.userName)}${facts.reminder === 1 ? '?' : ''}`,
    lead,
    blocks: [...warning, ...again, ...askBlocks(facts, warning.length > 0)],
    footer: ownersFooter(facts),
  };
}

interface Tone {
  readonly title: string;
  readonly lead: string;
  readonly warning: readonly Block[];
}

function tone(facts: AskFacts, left: number): Tone {
  const key = facts.plan.act === 'retire' ? 'access key' : 'new access key';
  const by = answerTime(facts);
  if (left === 0) {
    return {
      title: `Last reminder: the ${key}`,
      lead: `Nobody has answered since ${showTime(facts.since)}, and this is the last reminder.`,
      warning: [{ kind: 'warning', text: silence(facts) }],
    };
  }
  const more = left === 1 ? 'One more reminder will follow' : `${left} more reminders will follow`;
  const first = `If it is done, confirm; if not, you have until ${by}. ${more}.`;
  const later = `Nobody has answered yet. Confirm, or say that you need more time, by ${by}. ${more}.`;
  const question =
    facts.plan.act === 'retire'
      ? 'Have you decided about the access key'
      : 'Have you installed the new access key';
  return facts.reminder === 1
    ? { title: question, lead: first, warning: [] }
    : { title: `Still to do: the ${key}`, lead: later, warning: [] };
}

/** The owner asked for more time; everyone else who was asked is told too. */
export function moreTime(
  facts: AskFacts & { readonly interruption: Extract<Interruption, { kind: 'moreTime' }> },
): Message {
  const { rotation, plan, interruption } = facts;
  const { days: more, by, reason } = interruption;
  const next =
    facts.reminder < plan.policy.reminders
      ? ` The next reminder comes on ${showTime(nextMailAt(facts))}.`
      : ' There are no more reminders.';
  return {
    subject: askSubject(facts, `${days(more)} more`),
    title: `${clean(rotation.userName)}: ${days(more)} more`,
    lead: `Every deadline has been moved, as requested. Answer by ${answerTime(facts)}.${next}`,
    blocks: [
      { kind: 'text', text: `Requested by ${clean(by)}: ${withoutKeyEnds(reason)}` },
      ...askBlocks(facts),
    ],
    footer: ownersFooter(facts),
  };
}

/** An owner's mail bounced: others are asked instead, immediately. */
export function askedInPlace(
  facts: AskFacts & { readonly interruption: Extract<Interruption, { kind: 'unreachable' }> },
): Message {
  const { rotation, interruption } = facts;
  return {
    subject: askSubject(facts, 'owner not reached'),
    title: `The owner of ${clean(rotation.userName)} could not be asked`,
    lead: `You are asked instead of the owner. If you know the application, answer by ${answerTime(facts)}; otherwise forward this mail to someone who does.`,
    blocks: [notReached(interruption), ...askBlocks(facts)],
    footer: ownersFooter(facts),
  };
}

/** What bounced, and how to fix it. */
export const notReached = ({ address, because }: Extract<Interruption, { kind: 'unreachable' }>): Block => ({
  kind: 'warning',
  text: `The mail to ${clean(address)} came back: ${clean(because)}. This rotation sends nothing more there. Correct the user's owner tag for the next one.`,
});
