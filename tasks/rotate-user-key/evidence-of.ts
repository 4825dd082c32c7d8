import type { MemberUser } from '../aws/member-user.ts';
import type { Evidence } from '../domain/asking/evidence.ts';
import type { Work } from '../domain/rotation.ts';

/** When both keys were last used, as far as IAM says. Never throws: that it doesn't say is evidence too. */
export async function evidenceOf(
  user: MemberUser,
  { plan, newKeyId }: Pick<Work, 'plan' | 'newKeyId'>,
  at: Date,
): Promise<Evidence> {
  const oldKey = await user.lastUse(plan.oldKeyId);
  return newKeyId === undefined ? { at, oldKey } : { at, oldKey, newKey: await user.lastUse(newKeyId) };
}
