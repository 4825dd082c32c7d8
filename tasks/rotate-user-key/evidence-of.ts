import type { MemberUser } from '../aws/member-user.ts';
import type { Evidence } from '../domain/asking/evidence.ts';
import type { Work } from '../domain/rotation.ts';

/** When both keys were last used, according to IAM. Never throws: a missing answer is evidence too. */
export async function evidenceOf(
  user: MemberUser,
  { plan, newKeyId }: Pick<Work, 'newKeyId'> & { readonly plan: Pick<Work['plan'], 'oldKeyId'> },
  at: Date,
): Promise<Evidence> {
  const oldKey = await user.lastUse(plan.oldKeyId);
  return newKeyId === undefined ? { at, oldKey } : { at, oldKey, newKey: await user.lastUse(newKeyId) };
}
