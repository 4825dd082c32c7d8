import { linkKeys } from '../aws/link-key.ts';
import { MemberUser } from '../aws/member-user.ts';
import { answerBy, linksEnd } from '../domain/asking/deadlines.ts';
import { answerUrl, type LinkReference, signLink } from '../domain/asking/link.ts';
import { questionSchema } from '../domain/asking/question.ts';
import { whomToAsk } from '../domain/asking/recipients.ts';
import { whose } from '../domain/events/whose.ts';
import { lambdaHandler } from '../lambda.ts';
import { askOwner as row } from '../manifest/rotation.ts';
import { type AskFacts, newKeyReady, retirement } from '../messages/ask.ts';
import { askedInPlace, moreTime, reminder } from '../messages/ask-again.ts';
import type { Message } from '../messages/document.ts';
import { speakerOf } from '../presentation/speaker.ts';
import { task } from '../task.ts';
import { tell } from '../tell.ts';
import { evidenceOf } from './evidence-of.ts';

/**
 * State AskOwner: mails the owner the question, with links to answer it. Leaves the task token and IAM's evidence
 * about both keys in the execution's history. The last reminder also goes to the account's address;
 * once a mail to an owner has bounced, every mail goes to that address and the operators too.
 */
export const askOwner = task({
  name: 'AskOwner',
  input: questionSchema,
  run: async (question, dependencies) => {
    const { rotation, plan, round, reminder: reminders } = question;
    const { settings, log } = dependencies;
    const user = await MemberUser.of(dependencies, question, row.does);
    const evidence = await evidenceOf(user, question, dependencies.now());
    const [key] = await linkKeys(dependencies);
    const expiresAt = linksEnd(question);
    const link = (decision: LinkReference['decision']): string => {
      const { executionArn } = rotation;
      return answerUrl(
        settings.linkBase,
        signLink({ executionArn, stage: 'ask', round, decision, expiresAt }, key),
      );
    };
    const links = {
      confirm: link('confirm'),
      notNeeded: link('notNeeded'),
      rollBack: link('rollBack'),
      moreTime: link('moreTime'),
    };
    const speaker = speakerOf(settings);
    const { kind, message } = compose({ ...question, settings, speaker, evidence, links });
    const about = {
      executionArn: rotation.executionArn,
      mail: kind,
      question: { stage: 'ask', round },
    } as const;
    const everybody = [plan.accountEmail, settings.operators];
    const to = await tell(dependencies, whomToAsk(question, settings.operators), message, everybody, about);
    dependencies.events?.report({
      ...{ name: 'Owner asked', ...whose(rotation), oldKeyId: plan.oldKeyId, newKeyId: question.newKeyId },
      ...{ round, reminder: reminders, answerBy: answerBy(question).toISOString() },
    });
    log.info('asked', { ...rotation, round, reminder: reminders, mail: kind, to });
    return { to, evidence };
  },
});

function compose(facts: AskFacts): { readonly kind: string; readonly message: Message } {
  const { interruption } = facts.asking;
  if (interruption?.kind === 'moreTime')
    return { kind: 'moreTime', message: moreTime({ ...facts, interruption }) };
  if (interruption?.kind === 'unreachable') {
    return { kind: 'askedInPlace', message: askedInPlace({ ...facts, interruption }) };
  }
  if (facts.reminder > 0) return { kind: 'reminder', message: reminder(facts) };
  return facts.plan.act === 'retire'
    ? { kind: 'retirement', message: retirement(facts) }
    : { kind: 'newKeyReady', message: newKeyReady(facts) };
}

export const handler = lambdaHandler(askOwner);
