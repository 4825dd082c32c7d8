import type { Context } from 'hono';
import { Owner } from '../world/owner.ts';
import type { World } from '../world/world.ts';

/** A body that isn't a form counts as an empty one. */
export async function formOf(c: Context): Promise<Record<string, unknown>> {
  try {
    return await c.req.parseBody();
  } catch {
    return {};
  }
}

/** The user, and perhaps the key, that a form is about; undefined if there is no such user. */
export async function readUser(
  c: Context,
  world: World,
): Promise<{ readonly owner: Owner; readonly keyId: string | undefined } | undefined> {
  const { accountId, userName, keyId } = await formOf(c);
  const user = world.aws.accounts.get(String(accountId))?.users.get(String(userName));
  if (user === undefined) return undefined;
  return {
    owner: new Owner(world, String(accountId), user.name),
    keyId: typeof keyId === 'string' ? keyId : undefined,
  };
}
