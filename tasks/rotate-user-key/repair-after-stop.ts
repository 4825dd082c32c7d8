import type { MemberUser } from '../aws/member-user.ts';
import type { Dependencies } from '../dependencies.ts';
import type { WindowDecision } from '../domain/removing/window.ts';
import type { Work } from '../domain/rotation.ts';
import { later } from '../domain/time.ts';
import { type Look, replacementOf } from './look-again.ts';

/**
 * For this long after an emergency's change, a function of the rotation that it stopped may still be running.
 * Milliseconds.
 */
const lingering = 15 * 60 * 1000;

/** The result of an emergency's repair: if the leaked key was active for a moment, its window starts over. */
type Repaired = { readonly because: string; readonly waitSeconds: number } & (
  | { readonly act: 'wait' }
  | { readonly act: 'again'; readonly at: string }
);

/** How soon after a repair the key is checked again. */
const secondsAfterRepair = 5 * 60;

/**
 * An emergency doesn't wait for a stopped rotation's function to end: it checks afterwards, and repairs what that
 * changed in the meantime. Any later change is a person's, and stays.
 */
export async function repairAfterStop(
  user: MemberUser,
  seen: {
    readonly look: Look;
    readonly decision: WindowDecision;
    /** When the emergency made the key inactive. */
    readonly actedAt: Date | null;
  },
  work: Work,
  { now, log }: Pick<Dependencies, 'now' | 'log'>,
): Promise<Repaired | undefined> {
  const { plan, rotation } = work;
  const { look, decision, actedAt } = seen;
  if (plan.act !== 'emergency' || actedAt === null) return undefined;
  if (now().getTime() > later(actedAt, lingering).getTime()) return undefined;
  const done: string[] = [];
  const leaked = new Set([plan.oldKeyId, ...(plan.leaked ?? [])]);
  const others = look.keys.filter(({ id }) => !leaked.has(id));
  const replacement = others.find(({ id }) => id === (replacementOf(work) ?? plan.reviveKeyId));
  // What a person made inactive before stays so.
  const wasActive = others.find(({ id }) => (plan.keysActive ?? plan.keysSeen).includes(id));
  const inactive = replacement ?? wasActive;
  if (!others.some(({ status }) => status === 'Active') && inactive?.status === 'Inactive') {
    await user.setStatus(inactive.id, 'Active');
    done.push(`${inactive.id} is active again`);
  }
  const isActive = decision.act === 'reactivated';
  if (isActive) {
    await user.setStatus(plan.oldKeyId, 'Inactive');
    done.push(`${plan.oldKeyId} is inactive again`);
  }
  if (done.length === 0) return undefined;
  const because = `a function of the stopped rotation had kept running: ${done.join('; ')}`;
  log.warn('repaired', { ...rotation, because });
  const repaired = { because, waitSeconds: secondsAfterRepair };
  return isActive ? { act: 'again', at: now().toISOString(), ...repaired } : { act: 'wait', ...repaired };
}
