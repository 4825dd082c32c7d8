import * as z from 'zod';
import { MemberUser } from '../aws/member-user.ts';
import { SecretStore } from '../aws/secret-store.ts';
import { NewKeyNotReady } from '../domain/errors.ts';
import { whose } from '../domain/events/whose.ts';
import type { LastUse } from '../domain/keys.ts';
import { decideWithdrawal, type Withdrawal } from '../domain/removing/withdraw.ts';
import { workSchema } from '../domain/rotation.ts';
import { stopUnlessHolder } from '../holder.ts';
import { lambdaHandler } from '../lambda.ts';
import { withdrawNewKey as row } from '../manifest/rotation.ts';
import { task } from '../task.ts';
import { lookAgain, stopUnlessLive } from './look-again.ts';

const input = workSchema.required({ newKeyId: true }).extend({
  provedAt: z.coerce.date(),
  asked: z.enum(['byOwner', 'bySilence']),
  since: z.coerce.date().nullish(),
});

/**
 * Not a state of the current machine: executions that began under 0.1.0 withdraw a new key with this one task. It
 * rolls a rotation back before the old key was touched. If the new key is in use, it waits for quiet; if nobody
 * requested the withdrawal, it leaves both keys to a person. That machine has no window for a new key.
 *
 * `AWSCURRENT` moves back to the old key as soon as the owner requests it, if the secret contains that key's secret
 * access key. Otherwise it moves right after the new key's deactivation, because until then the new key is all that a
 * reader has.
 */
export const withdrawNewKey = task({
  name: 'WithdrawNewKey',
  input,
  run: async (
    { provedAt, asked, since, ...work },
    dependencies,
  ): Promise<Withdrawal & { readonly use: LastUse }> => {
    const { rotation, plan, newKeyId } = work;
    const { now, log } = dependencies;
    // Silence isn't a request, so it only rolls back if changes are allowed.
    if (asked === 'bySilence') stopUnlessLive(dependencies, rotation);
    const user = await MemberUser.of(dependencies, work, row.does);
    const { staying: newKey, leaving: oldKey } = await lookAgain(user, work, dependencies);
    if (oldKey?.status !== 'Active') {
      throw new NewKeyNotReady(
        `the old key ${plan.oldKeyId} is not active, so the new key ${newKeyId} stays`,
      );
    }
    const store = await SecretStore.open(dependencies, work, row.does);
    const versions = await store.versions();
    const isStored = versions?.holdsSecret({ id: plan.oldKeyId, createdAt: new Date(plan.oldKeyCreatedAt) });
    if (asked === 'byOwner' && isStored) await store.makeCurrent(plan.oldKeyId);
    const use: LastUse = newKey === undefined ? { state: 'neverUsed' } : await user.lastUse(newKeyId);
    const decision = decideWithdrawal({
      use,
      provedAt,
      asked,
      since: since ?? now(),
      quietDays: plan.policy.quietDays,
      now: now(),
    });
    log.info('withdrawing', { ...rotation, keyId: newKeyId, act: decision.act, because: decision.because });
    if (decision.act !== 'withdraw') return { ...decision, use };
    await stopUnlessHolder(dependencies, work);
    if (newKey !== undefined) await user.setStatus(newKeyId, 'Inactive');
    await store.makeCurrent(plan.oldKeyId);
    await user.deleteKey(newKeyId);
    await user.untag(newKeyId);
    dependencies.events?.report({ name: 'Key deleted', ...whose(rotation), keyId: newKeyId });
    return { ...decision, use };
  },
});

export const handler = lambdaHandler(withdrawNewKey);
