import type { Decision, Question } from '../domain/question.ts';
import { clean, type Markup, markup, showTime, withoutKeyEnds } from '../mails/clean.ts';
import type { Block } from '../mails/document.ts';
import { answerBy, days, deletedAt, oldKeyOf, showSpan, userRows } from '../mails/facts.ts';
import { a, layOut } from './layout.ts';

/** What was wrong with a form that came back, and what had been written in it. */
export interface Refusal {
  readonly decision: Decision['decision'];
  readonly message: string;
  readonly reason?: string;
}

/**
 * An open question with its forms; the one that the link is for comes first. Showing it decides nothing.
 * Each form works without script, and needs something that no mail scanner supplies.
 */
export function questionPage(question: Question, linkFor: Decision['decision'], refusal?: Refusal): string {
  const { stage, plan } = question;
  const rollBack = rollBackForm(question, refusal);
  const confirm = stage === 'ask' ? [confirmForm(question, refusal)] : [];
  const forms = linkFor === 'confirm' ? [...confirm, rollBack] : [rollBack, ...confirm];
  const warnings: Block[] =
    plan.act === 'emergency'
      ? [
          {
            kind: 'warning',
            text:
              stage === 'ask'
                ? 'The old key has leaked and was made active again: it works for whoever has it. Replace it as soon as you can.'
                : 'This key has leaked: others may have it. Made active, it works for them too. Install the other key instead, if there is any way.',
          },
        ]
      : [];
  return layOut({
    ...(stage === 'ask' ? askHead(question) : windowHead(question)),
    blocks: [...warnings, { kind: 'facts', rows: rows(question) }],
    forms,
    isRefused: refusal !== undefined,
  });
}

function askHead({ plan, rotation }: Question): { title: string; lead: string } {
  const user = clean(rotation.userName);
  const quiet = days(plan.policy.quietDays);
  return plan.act === 'retire'
    ? {
        title: `May this access key of ${user} go?`,
        lead: `If nothing of yours needs it, confirm. It goes inactive once nobody has used it for ${quiet}, and can be taken back for ${showSpan(plan.windowSeconds)} after that.`,
      }
    : {
        title: `Does everything use the new access key of ${user}?`,
        lead: `If your application has the new key and works, confirm. The old key goes inactive once nobody has used it for ${quiet}, and can be taken back for ${showSpan(plan.windowSeconds)} after that.`,
      };
}

const windowHead = ({ plan, rotation, since }: Question): { title: string; lead: string } => ({
  title: `Did something of ${clean(rotation.userName)} break?`,
  lead: `${plan.act === 'retire' || plan.act === 'emergency' ? 'Its' : 'Its old'} access key is inactive since ${showTime(since)} and is deleted on ${showTime(deletedAt(plan, since))}. ${plan.oldKeyActive ? 'If something needs it, make it active again.' : 'It was inactive before; if it must not be deleted, keep it.'} If all works, close this page.`,
});

function rows(question: Question): (readonly [string, string])[] {
  const { plan, stage, since } = question;
  const dates: (readonly [string, string])[] =
    stage === 'ask'
      ? [
          ['Asked on', showTime(since)],
          ['Answer by', showTime(answerBy(plan, since))],
        ]
      : [
          ['Inactive since', showTime(since)],
          ['Deleted on', showTime(deletedAt(plan, since))],
        ];
  return [
    ...userRows(question),
    [plan.act === 'rotate' ? 'Old key' : 'Key', oldKeyOf(question)],
    ['Created', showTime(new Date(plan.oldKeyCreatedAt))],
    ['Why now', withoutKeyEnds(plan.because)],
    ...dates,
  ];
}

function confirmForm({ plan }: Question, refusal: Refusal | undefined): Markup {
  const error = refusal?.decision === 'confirm' ? refusal.message : undefined;
  const retires = plan.act === 'retire';
  const which = retires ? 'the key that is to go' : 'the new key';
  const hint = retires
    ? 'Its ID stands in the IAM console, under the user’s security credentials. It begins as shown above.'
    : 'The ID begins with AKIA and comes with the secret access key; the mail says how to read both.';
  return markup`<form method="post" ${a('form')}>
<h2 ${a('heading')}>${retires ? 'It may go' : 'Yes, confirm'}</h2>
<input type="hidden" name="decision" value="confirm">
<label for="keyEnd">Last four characters of the access key ID of ${which}</label>
<p ${a('hint')} id="keyEndHint">${hint}</p>
${errorOf(error, 'keyEndError')}<input ${a('input')} id="keyEnd" name="keyEnd" type="text" required minlength="4" autocomplete="off" autocapitalize="characters" spellcheck="false" ${describedBy('keyEnd', error)}>
<button type="submit" ${a('button')}>${retires ? 'Confirm: it may go' : 'Confirm: everything uses the new key'}</button>
</form>
`;
}

function rollBackForm(question: Question, refusal: Refusal | undefined): Markup {
  const error = refusal?.decision === 'rollBack' ? refusal.message : undefined;
  const { heading, button, effect } = rollBackWords(question);
  // The one answer that the page is for stands out; making a leaked key active never does.
  const look = question.stage === 'window' && question.plan.act !== 'emergency' ? 'button' : 'plainButton';
  const written = refusal?.decision === 'rollBack' ? (refusal.reason ?? '') : '';
  return markup`<form method="post" ${a('form')}>
<h2 ${a('heading')}>${heading}</h2>
<p ${a('text')}>${effect}</p>
<input type="hidden" name="decision" value="rollBack">
<label for="reason">Why?</label>
<p ${a('hint')} id="reasonHint">A short sentence, 3 to 500 characters. The operators read it. No secrets, please.</p>
${errorOf(error, 'reasonError')}<input ${a('input')} id="reason" name="reason" type="text" required minlength="3" maxlength="500" autocomplete="off" value="${written}" ${describedBy('reason', error)}>
<button type="submit" ${a(look)}>${button}</button>
</form>
`;
}

function rollBackWords({ stage, plan }: Question): { heading: string; button: string; effect: string } {
  if (stage === 'window' && !plan.oldKeyActive) {
    const effect = 'The key is not deleted. It was inactive before, and stays so.';
    return { heading: 'Keep it', button: 'Keep the key', effect };
  }
  if (stage === 'window') {
    const effect =
      plan.act === 'rotate'
        ? 'The key becomes active again within minutes, and the secret says the old key again. The new key works on.'
        : 'The key becomes active again within minutes.';
    return { heading: 'Roll back', button: 'Make the key active again', effect };
  }
  if (plan.act === 'retire') {
    return { heading: 'No, keep it', button: 'Keep the key', effect: 'The key stays as it is.' };
  }
  return {
    heading: 'No, roll back',
    button: 'Roll back: withdraw the new key',
    effect:
      'The new key is deleted, once nobody uses it, and the old one stays as it is. To answer later, just close this page.',
  };
}

const errorOf = (error: string | undefined, id: string): Markup | '' =>
  error === undefined ? '' : markup`<p ${a('error')} id="${id}" role="alert">${error}</p>\n`;

const describedBy = (field: 'keyEnd' | 'reason', error: string | undefined): Markup =>
  error === undefined
    ? markup`aria-describedby="${field}Hint"`
    : markup`aria-describedby="${field}Error ${field}Hint" aria-invalid="true" autofocus`;
