import * as z from 'zod';
import { whose } from '../domain/events/whose.ts';
import { messageIn } from '../domain/failure.ts';
import { accessKeyIdSchema } from '../domain/keys.ts';
import { leakReportSchema } from '../domain/leaks/report.ts';
import { planSchema, rotationSchema } from '../domain/rotation.ts';
import { lambdaHandler } from '../lambda.ts';
import { leakStillActive, leakStillActiveForOperators } from '../messages/leak-active.ts';
import { speakerOf } from '../presentation/speaker.ts';
import { task } from '../task.ts';
import { tellEach } from '../tell.ts';

const input = z.object({
  rotation: rotationSchema,
  /** Absent if the emergency failed before there was a plan. */
  plan: planSchema.nullish(),
  /** Assess's result, if any. */
  assessed: z
    .object({ because: z.string(), keyId: z.string(), owner: z.array(z.string()) })
    .partial()
    .nullish(),
  /** Any other error. */
  failure: z.object({ Error: z.string(), Cause: z.string().default('') }).nullish(),
  /** From the emergency's input. */
  keyId: accessKeyIdSchema,
  /** All other leaked keys of the user that the emergency knows of. */
  alsoLeaked: z.array(accessKeyIdSchema).default([]),
  since: z.coerce.date(),
  /** Who reported the leak; from the emergency's input. */
  reported: leakReportSchema.nullish().catch(undefined),
  /** Everyone was already told within the last day. Absent in older executions. */
  isTold: z.boolean().default(false),
  taskToken: z.string(),
});
type OpenLeak = z.output<typeof input>;

/**
 * State AskAboutLeak: tells owner, account and operators that a leaked key is still active, why, and the one command
 * that fixes it. Mails are sent daily, although the key is tried more often: the state's time-out is the next try.
 * Its token is also used to tell the emergency of another leaked key of the same user.
 */
export const askAboutLeak = task({
  name: 'AskAboutLeak',
  input,
  run: async (asked, dependencies) => {
    const { rotation, plan, assessed, since } = asked;
    const { settings, log } = dependencies;
    const keyId = assessed?.keyId ?? plan?.oldKeyId ?? asked.keyId;
    const because = whyStillActive(asked);
    // Before the mail, because the alarm must not depend on it.
    dependencies.metrics.record({ LeakedKeysStillActive: 1 });
    log.error('a leaked key is still active', { ...rotation, keyId, because });
    if (asked.isTold) return { to: [] };
    dependencies.events?.report({ name: 'Escalated', ...whose(rotation), cause: 'leakStillActive' });
    const facts = {
      rotation,
      plan: plan ?? undefined,
      keyId,
      alsoLeaked: [...new Set([asked.keyId, ...asked.alsoLeaked])].filter((id) => id !== keyId),
      because,
      since,
      reported: plan?.reported ?? asked.reported ?? undefined,
      speaker: speakerOf(settings),
    };
    const account = plan?.accountEmail ?? '';
    const owners = assessed?.owner ?? plan?.owner ?? [];
    const about = { executionArn: rotation.executionArn, mail: 'leakStillActive' };
    const to = await tellEach(dependencies, [
      { to: [...owners, account], message: leakStillActive(facts), about },
      { to: [settings.operators], message: leakStillActiveForOperators(facts), about },
    ]);
    return { to };
  },
});

function whyStillActive({ failure, assessed }: OpenLeak): string {
  if (failure) return `${failure.Error}: ${messageIn(failure.Cause)}`;
  return assessed?.because ?? 'it could not be checked';
}

export const handler = lambdaHandler(askAboutLeak);
