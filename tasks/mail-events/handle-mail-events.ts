import { Executions } from '../aws/executions.ts';
import { lookAtQuestion, type QuestionReference } from '../aws/questions.ts';
import type { Dependencies } from '../dependencies.ts';
import {
  type MailNews,
  mailEventSchema,
  readMailEvent,
  whyOperatorsMissIt,
} from '../domain/asking/mail-event.ts';
import { isMissed } from '../domain/asking/recipients.ts';
import { OwnerUnreachable } from '../domain/errors.ts';
import { lambdaHandler } from '../lambda.ts';
import { task } from '../task.ts';

type LostMail = Extract<MailNews, { act: 'lost' }>;

interface Heard {
  readonly act: 'asksOthers' | 'nothing';
  readonly because: string;
}

const nothing = (because: string): Heard => ({ act: 'nothing', because });

/**
 * Not the task of a state: EventBridge invokes it for every bounce and complaint that SES reports. If the mail asks a
 * question that is still open, that wait ends as `OwnerUnreachable`, and the state machine asks others. If the
 * operators didn't receive a mail, it raises an alarm. Any other lost mail is logged. Events arrive late, repeatedly
 * and in any order, so only the execution's current history counts.
 */
export const handleMailEvents = task({
  name: 'HandleMailEvents',
  input: mailEventSchema,
  run: async (event, dependencies): Promise<Heard> => {
    const missing = whyOperatorsMissIt(event, dependencies.settings.operators);
    if (missing !== undefined) recordUnreachable(missing, dependencies);
    const news = readMailEvent(event);
    const heard = news.act === 'lost' ? await hearOfLost(news, dependencies) : news;
    dependencies.log.info('handled a mail event', { messageId: event.detail.mail.messageId, ...heard });
    return heard;
  },
});

/** Mail can't reach the operators, so an alarm must. */
function recordUnreachable(because: string, { settings, log, metrics }: Dependencies): void {
  metrics.record({ OperatorsUnreachable: 1 });
  const details = { address: settings.operators, because };
  log.error("the operators' own mail was lost: failures go unnoticed", details);
}

async function hearOfLost(news: LostMail, dependencies: Dependencies): Promise<Heard> {
  const { address, because, origin } = news;
  const { executionArn, question, also = [] } = origin;
  dependencies.log.warn('a mail was lost', { ...origin, address, because });
  if (question === undefined) return nothing('the mail asked for no answer');
  const asked = [executionArn, ...also].map((one) => ({ executionArn: one, ...question }));
  return together(await Promise.allSettled(asked.map((one) => askOthers(news, one, dependencies))));
}

/**
 * The result for a mail that asked several questions: each by itself, so that one that fails doesn't stop the others.
 * @throws the first failure, for another try: those that succeeded are closed by then
 */
function together(all: readonly PromiseSettledResult<Heard>[]): Heard {
  for (const one of all) if (one.status === 'rejected') throw one.reason;
  const heard = all.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  return heard.find(({ act }) => act === 'asksOthers') ?? heard[0] ?? nothing('the mail asked nothing');
}

/** Retried if a reminder was sent at the same moment; then with that one's token. */
async function askOthers(
  news: LostMail,
  reference: QuestionReference,
  dependencies: Dependencies,
  spent?: string,
): Promise<Heard> {
  const { address, because } = news;
  const found = await lookAtQuestion(reference, dependencies);
  if (found.state !== 'open') return nothing('its question is not open any more');
  const { question } = found;
  if (question.taskToken === spent) return nothing('its question was closed at that moment');
  if (!isMissed(question, address)) return nothing('others are asked already, or were all along');
  const unreachable = new OwnerUnreachable(JSON.stringify({ address, because }));
  const taken = await new Executions(dependencies).fail(question.taskToken, unreachable);
  if (taken === 'taken') return { act: 'asksOthers', because: `the mail to ${address} was lost: ${because}` };
  return spent === undefined
    ? askOthers(news, reference, dependencies, question.taskToken)
    : nothing('its question was closed at that moment');
}

export const handler = lambdaHandler(handleMailEvents);
