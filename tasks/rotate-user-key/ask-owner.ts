import { linkKeys } from '../aws/link-key.ts';
import { mailTo } from '../aws/mailer.ts';
import { MemberUser } from '../aws/member-user.ts';
import { answerUrl, signLink } from '../domain/link.ts';
import { questionSchema } from '../domain/question.ts';
import { lambdaHandler } from '../lambda.ts';
import { newKeyReady, reminder, retirement } from '../mails/ask.ts';
import { answerBy } from '../mails/facts.ts';
import { task } from '../task.ts';

/**
 * State AskOwner: mails the owner what is asked, with links to confirm or roll back, and leaves the task's token
 * to be found in the execution's history. The last reminder goes to the account's address and the operators too.
 */
export const askOwner = task({
  name: 'AskOwner',
  input: questionSchema,
  run: async (question, dependencies) => {
    const { rotation, plan, newKeyId, secretArn, round, since } = question;
    const { settings, log } = dependencies;
    const user = await MemberUser.enter(dependencies, rotation, ['iam:GetAccessKeyLastUsed']);
    const [key] = await linkKeys(dependencies);
    const link = (decision: 'confirm' | 'rollBack'): string => {
      const { executionArn } = rotation;
      const expiresAt = answerBy(plan, since);
      return answerUrl(
        settings.linkBase,
        signLink({ executionArn, stage: 'ask', round, decision, expiresAt }, key),
      );
    };
    const facts = {
      rotation,
      plan,
      newKeyId,
      secretArn,
      settings,
      round,
      since,
      use: await user.lastUse(plan.oldKeyId),
      links: { confirm: link('confirm'), rollBack: link('rollBack') },
    };
    const mail = composeAsk(facts, question.reminder);
    const everybody = [plan.accountEmail, settings.operators];
    const isLast = question.reminder === plan.policy.reminders;
    const to = await mailTo(
      dependencies,
      isLast ? [...plan.owner, ...everybody] : plan.owner,
      mail,
      everybody,
    );
    log.info('asked', { ...rotation, round, reminder: question.reminder, to });
    return { to };
  },
});

function composeAsk(facts: Parameters<typeof newKeyReady>[0], reminders: number) {
  if (reminders > 0) return reminder({ ...facts, reminder: reminders });
  return facts.plan.act === 'retire' ? retirement(facts) : newKeyReady(facts);
}

export const handler = lambdaHandler(askOwner);
