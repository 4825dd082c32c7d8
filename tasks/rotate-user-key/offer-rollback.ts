import { linkKeys } from '../aws/link-key.ts';
import { deletedAt } from '../domain/asking/deadlines.ts';
import { answerUrl, signLink } from '../domain/asking/link.ts';
import { questionSchema } from '../domain/asking/question.ts';
import { whomToOffer } from '../domain/asking/recipients.ts';
import { lambdaHandler } from '../lambda.ts';
import { leakedKeyForOperators } from '../messages/leak-handled.ts';
import { leakedKey, oldKeyInactive } from '../messages/window.ts';
import { speakerOf } from '../presentation/speaker.ts';
import { task } from '../task.ts';
import { tell, tellEach } from '../tell.ts';

/**
 * State OfferRollback: mails the owner that the key is inactive, with a link to roll back. Its time-out is the next
 * check of the key; after that the same question keeps waiting without another mail. If nobody can be reached, it
 * fails: a key isn't deleted if its owner can't be told.
 */
export const offerRollback = task({
  name: 'OfferRollback',
  input: questionSchema,
  run: async (question, dependencies) => {
    const { rotation, plan, round, since, asking } = question;
    const { settings, log } = dependencies;
    if (question.isOffered === true) return { to: [] };
    const [key] = await linkKeys(dependencies);
    const { executionArn } = rotation;
    const rollBack = answerUrl(
      settings.linkBase,
      signLink(
        {
          executionArn,
          stage: 'window',
          round,
          decision: 'rollBack',
          expiresAt: deletedAt(plan, since, asking),
        },
        key,
      ),
    );
    const facts = { ...question, settings, speaker: speakerOf(settings), links: { rollBack } };
    const isLeaked = plan.confirmation === 'leakedKey';
    const about = {
      executionArn,
      mail: isLeaked ? 'leakedKey' : 'oldKeyInactive',
      question: { stage: 'window', round },
    } as const;
    const whom = whomToOffer(question, settings.operators);
    const to = isLeaked
      ? await tellEach(dependencies, [
          { to: whom, message: leakedKey(facts), about },
          { to: [settings.operators], message: leakedKeyForOperators(facts), about },
        ])
      : await tell(dependencies, whom, oldKeyInactive(facts), [plan.accountEmail, settings.operators], about);
    log.info('offered a rollback', { ...rotation, round, to });
    return { to };
  },
});

export const handler = lambdaHandler(offerRollback);
