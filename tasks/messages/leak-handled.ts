import { deletedAt } from '../domain/asking/deadlines.ts';
import { clean } from '../domain/clean.ts';
import type { Message } from './document.ts';
import { oldKeyOf, operatorsFooter, useRows, userOf, userRows, whereFrom } from './facts.ts';
import { handOver } from './hand-over.ts';
import { reportRows } from './leak.ts';
import { traces } from './leak-active.ts';
import { inRunbook, sections } from './runbook.ts';
import { rollBackAction, type WindowMailFacts } from './window.ts';
import { showTime } from './words.ts';

/** To the operators, while the owner is told to install another key: the leaked key is inactive. */
export function leakedKeyForOperators(facts: WindowMailFacts): Message {
  const { rotation, plan, since, asking, speaker, newKeyId } = facts;
  const deleted = showTime(deletedAt(plan, since, asking));
  return {
    subject: `Leaked access key made inactive: ${userOf(facts)}`,
    title: `The leaked access key of ${clean(rotation.userName)} is inactive`,
    lead: `Nobody can use it any more. Its owner is told to install ${newKeyId === undefined ? "the user's other key" : 'a new one'}. What was done with it before is for you to find out.`,
    blocks: [
      {
        kind: 'warning',
        text: 'Urgent: whoever had the key may have made others. Look now, not when the key is deleted.',
      },
      { kind: 'heading', text: 'What was done with it' },
      ...traces({ ...facts, keyId: plan.oldKeyId }),
      { kind: 'heading', text: 'The key' },
      {
        kind: 'facts',
        rows: [
          ...userRows(facts),
          ['Leaked key', oldKeyOf(facts)],
          ['Owner', `${plan.owner.join(', ')}${whereFrom(plan)}`],
          ...reportRows(plan.reported),
          ['Inactive since', showTime(since)],
          ['Deleted on', deleted],
          ...(facts.evidence === undefined ? [] : useRows(facts, facts.evidence)),
        ],
      },
      ...handOver(plan),
      { kind: 'heading', text: 'Only if the application cannot wait' },
      { kind: 'text', text: 'Rolling back makes the key active again, for everyone who has it.' },
      rollBackAction(facts, `Possible until ${deleted}. Asks for the reason.`),
      inRunbook(speaker, sections.leak),
    ],
    footer: operatorsFooter(facts),
  };
}
