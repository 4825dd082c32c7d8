import { linkKeys } from '../aws/link-key.ts';
import { mailTo } from '../aws/mailer.ts';
import { answerUrl, signLink } from '../domain/link.ts';
import { questionSchema } from '../domain/question.ts';
import { lambdaHandler } from '../lambda.ts';
import { deletedAt } from '../mails/facts.ts';
import { leakedKey, oldKeyInactive } from '../mails/window.ts';
import { task } from '../task.ts';

/**
 * State OfferRollback: mails the owner that the old key is inactive, with a link to take it back. Its time-out
 * is the end of the rollback window. Nobody reachable is an error: a key whose owner can't be told isn't deleted.
 */
export const offerRollback = task({
  name: 'OfferRollback',
  input: questionSchema,
  run: async ({ rotation, plan, newKeyId, secretArn, round, since }, dependencies) => {
    const { settings, log } = dependencies;
    const [key] = await linkKeys(dependencies);
    const reference = {
      executionArn: rotation.executionArn,
      stage: 'window',
      round,
      decision: 'rollBack',
    } as const;
    const rollBack = answerUrl(
      settings.linkBase,
      signLink({ ...reference, expiresAt: deletedAt(plan, since) }, key),
    );
    const facts = { rotation, plan, newKeyId, secretArn, settings, since, links: { rollBack } };
    const leaked = plan.confirmation === 'leakedKey';
    const mail = leaked ? leakedKey(facts) : oldKeyInactive(facts);
    const everybody = [plan.accountEmail, settings.operators];
    const to = await mailTo(
      dependencies,
      leaked ? [...plan.owner, ...everybody] : plan.owner,
      mail,
      everybody,
    );
    log.info('offered to roll back', { ...rotation, round, to });
    return { to };
  },
});

export const handler = lambdaHandler(offerRollback);
