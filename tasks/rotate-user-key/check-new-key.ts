import * as z from 'zod';
import { MemberUser } from '../aws/member-user.ts';
import { describeUse, usedBySomebody } from '../domain/draining/quiet.ts';
import { whose } from '../domain/events/whose.ts';
import { workSchema } from '../domain/rotation.ts';
import { atWholeSecond, day, hour, later } from '../domain/time.ts';
import { lambdaHandler } from '../lambda.ts';
import { checkNewKey as row } from '../manifest/rotation.ts';
import { task } from '../task.ts';

const hoursBetweenChecks = 12;

const input = workSchema
  .required({ newKeyId: true })

  .extend({ provedAt: z.coerce.date().nullish(), since: z.coerce.date().nullish() });

/**
 * State CheckNewKey: for a user marked as self-updating, use of the new key counts as the owner's confirmation. A use
 * that may be our own proof doesn't count. It gives up when an owner would have received the last reminder.
 */
export const checkNewKey = task({
  name: 'CheckNewKey',
  input,
  run: async ({ provedAt, since, ...work }, { now, log, ...dependencies }) => {
    const { rotation, plan, newKeyId } = work;
    const user = await MemberUser.of(dependencies, work, row.does);
    const use = await user.lastUse(newKeyId);
    const from = since ?? now();
    const deadline = later(from, plan.policy.reminderEveryDays * (plan.policy.reminders + 1) * day);
    const act = actOn(usedBySomebody(use, provedAt ?? undefined), now(), deadline);
    const because = describeUse(use, now());
    if (act === 'drain') {
      const keys = { oldKeyId: plan.oldKeyId, newKeyId };
      dependencies.events?.report({ name: 'Confirmed', ...whose(rotation), ...keys, by: 'newKeyInUse' });
    }
    log.info('checked the new key', { ...rotation, keyId: newKeyId, act, because });
    return { act, because, since: from, until: atWholeSecond(later(now(), hoursBetweenChecks * hour)) };
  },
});

function actOn(used: 'yes' | 'no' | 'unknown', now: Date, deadline: Date): 'drain' | 'wait' | 'giveUp' {
  if (used === 'yes') return 'drain';
  return now.getTime() < deadline.getTime() ? 'wait' : 'giveUp';
}

export const handler = lambdaHandler(checkNewKey);
