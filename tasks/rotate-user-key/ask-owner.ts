import { linkKeys } from '../aws/link-key.ts';
import { MemberUser } from '../aws/member-user.ts';
import type { Dependencies } from '../dependencies.ts';
import { answerBy } from '../domain/asking/deadlines.ts';
import type { Evidence } from '../domain/asking/evidence.ts';
import { type Question, questionSchema } from '../domain/asking/question.ts';
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
import { askTogether } from './ask-together.ts';
import { evidenceOf } from './evidence-of.ts';
import { linksOf } from './question-links.ts';

/**
 * State AskOwner: mails the owner the question, with links to answer it. Leaves the task token and IAM's evidence
 * about both keys in the execution's history. The last reminder also goes to the account's address;
 * once a mail to an owner has bounced, every mail goes to that address and the operators too. In a wave, the first mail
 * may ask about several users of the same owner.
 */
export const askOwner = task({
  name: 'AskOwner',
  input: questionSchema,
  run: async (question, dependencies) => {
    const { rotation, plan, round, reminder: reminders } = question;
    const { log } = dependencies;
    const user = await MemberUser.of(dependencies, question, row.does);
    const evidence = await evidenceOf(user, question, dependencies.now());
    const together = await askTogether(question, dependencies);
    const to = together ?? (await askAlone(question, evidence, dependencies));
    dependencies.events?.report({
      ...{ name: 'Owner asked', ...whose(rotation), oldKeyId: plan.oldKeyId, newKeyId: question.newKeyId },
      ...{ round, reminder: reminders, answerBy: answerBy(question).toISOString() },
    });
    log.info('asked', { ...rotation, round, reminder: reminders, together: together !== undefined, to });
    return { to, evidence };
  },
});

async function askAlone(
  question: Question,
  evidence: Evidence,
  dependencies: Dependencies,
): Promise<string[]> {
  const { settings } = dependencies;
  const { rotation, plan, round } = question;
  const [key] = await linkKeys(dependencies);
  const links = linksOf(question, settings.linkBase, key);
  const { kind, message } = compose({
    ...question,
    settings,
    speaker: speakerOf(settings),
    evidence,
    links,
  });
  const about = {
    executionArn: rotation.executionArn,
    mail: kind,
    question: { stage: 'ask', round },
  } as const;
  const instead = [plan.accountEmail, settings.operators];
  return tell(dependencies, whomToAsk(question, settings.operators), message, instead, about);
}

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
