import type { MemberUser } from '../aws/member-user.ts';
import type { Dependencies } from '../dependencies.ts';
import type { WindowDecision } from '../domain/removing/window.ts';
import type { Work } from '../domain/rotation.ts';
import { later } from '../domain/time.ts';
import { type Look, replacementOf } from './look-again.ts';

/** For this long after an emergency has acted, a function of the rotation that it stopped may still be running. */
const lingering = 15 * 60 * 1000;

/** What an emergency's look does about it. */
type Repaired = { readonly act: 'wait'; readonly because: string; readonly waitSeconds: number };

/** So soon after a repair the key is looked at again. */
const secondsAfterRepair = 5 * 60;

/**
 * An emergency doesn't wait until the function of a stopped rotation is done: it looks again afterwards, and sets
 * right what was changed meanwhile. Later than that, it was a person's doing, and stays.
 */
export async function repairAfterStop(
  user: MemberUser,
  seen: {
    readonly look: Look;
    readonly decision: WindowDecision;
    readonly deactivatedAt: Date | null;
  },
  work: Work,
  { now, log }: Pick<Dependencies, 'now' | 'log'>,
): Promise<Repaired | undefined> {
  const { plan, rotation } = work;
  const { look, decision, deactivatedAt } = seen;
  if (plan.act !== 'emergency' || deactivatedAt === null) return undefined;
  if (now().getTime() > later(deactivatedAt, lingering).getTime()) return undefined;
  const done: string[] = [];
  const leaked = new Set([plan.oldKeyId, ...(plan.leaked ?? [])]);
  const others = look.keys.filter(({ id }) => !leaked.has(id));
  const replacement = others.find(({ id }) => id === (replacementOf(work) ?? plan.reviveKeyId));
  const inactive = replacement ?? others.find(({ status }) => status === 'Inactive');
  if (!others.some(({ status }) => status === 'Active') && inactive?.status === 'Inactive') {
    await user.setStatus(inactive.id, 'Active');
    done.push(`${inactive.id} is active again`);
  }
  if (decision.act === 'reactivated') {
    await user.setStatus(plan.oldKeyId, 'Inactive');
    done.push(`${plan.oldKeyId} is inactive again`);
  }
  if (done.length === 0) return undefined;
  const because = `a function of the stopped rotation had kept running: ${done.join('; ')}`;
  log.warn('repaired', { ...rotation, because });
  return { act: 'wait', because, waitSeconds: secondsAfterRepair };
}
