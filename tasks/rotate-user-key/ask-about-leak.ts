import * as z from 'zod';
import { accessKeyIdSchema } from '../domain/keys.ts';
import { planSchema, rotationSchema } from '../domain/rotation.ts';
import { messageIn } from '../failure.ts';
import { lambdaHandler } from '../lambda.ts';
import { leakStillActive } from '../messages/leak-active.ts';
import { speakerOf } from '../presentation/speaker.ts';
import { task } from '../task.ts';
import { tell } from '../tell.ts';

const input = z.object({
  rotation: rotationSchema,
  /** Absent if the emergency didn't come so far. */
  plan: planSchema.nullish(),
  /** What Assess answered, if it did. */
  assessed: z
    .object({ because: z.string(), keyId: z.string(), owner: z.array(z.string()) })
    .partial()
    .nullish(),
  /** What else went wrong. */
  failure: z.object({ Error: z.string(), Cause: z.string().default('') }).nullish(),
  /** As the emergency was started for. */
  keyId: accessKeyIdSchema,
  /** Every other key of the user that the emergency has heard of. */
  alsoLeaked: z.array(accessKeyIdSchema).default([]),
  since: z.coerce.date(),
  /** Everybody has heard of it within the last day. Executions that began earlier don't say. */
  isTold: z.boolean().default(false),
  taskToken: z.string(),
});
type OpenLeak = z.output<typeof input>;

/**
 * State AskAboutLeak: tells owner, account and operators that a leaked key is still active, why, and the one command
 * that settles it; daily, although the key is tried more often. Its time-out is the next try. By its token the
 * emergency is told of another leaked key of the same user.
 */
export const askAboutLeak = task({
  name: 'AskAboutLeak',
  input,
  run: async (asked, dependencies) => {
    const { rotation, plan, assessed, since } = asked;
    const { settings, log } = dependencies;
    const keyId = assessed?.keyId ?? plan?.oldKeyId ?? asked.keyId;
    const because = whyStillActive(asked);
    // Before the mail: the alarm must not depend on it.
    dependencies.metrics.record({ LeakedKeysStillActive: 1 });
    log.error('a leaked key is still active', { ...rotation, keyId, because });
    if (asked.isTold) return { to: [] };
    const message = leakStillActive({
      rotation,
      plan: plan ?? undefined,
      keyId,
      alsoLeaked: [...new Set([asked.keyId, ...asked.alsoLeaked])].filter((id) => id !== keyId),
      because,
      since,
      speaker: speakerOf(settings),
    });
    const account = plan?.accountEmail ?? '';
    const owners = assessed?.owner ?? plan?.owner ?? [];
    const everybody = [...owners, account, settings.operators].filter((address) => address !== '');
    const about = { executionArn: rotation.executionArn, mail: 'leakStillActive' };
    const to = await tell(dependencies, everybody, message, [], about);
    return { to };
  },
});

function whyStillActive({ failure, assessed }: OpenLeak): string {
  if (failure) return `${failure.Error}: ${messageIn(failure.Cause)}`;
  return assessed?.because ?? 'it could not be looked at';
}

export const handler = lambdaHandler(askAboutLeak);
