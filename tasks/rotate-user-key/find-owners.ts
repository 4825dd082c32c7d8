import { ownersOfAccount } from '../aws/account-owners.ts';
import type { Dependencies } from '../dependencies.ts';
import type { TagMap } from '../domain/letter-case.ts';
import { byAddress, type Owners, ownersInTag, ownersOfUser } from '../domain/owners.ts';
import type { Rotation } from '../domain/rotation.ts';

type Needs = Pick<Dependencies, 'aws' | 'settings' | 'sleep' | 'log'>;

interface AboutUser {
  readonly rotation: Rotation;
  readonly tags: TagMap;
  readonly account: { readonly email: string };
}

/** A user's owners. Its account is only asked about if its own tag names nobody, so a tag of its own costs no call. */
export async function findOwners(about: AboutUser, dependencies: Needs): Promise<Owners> {
  const tag = about.tags.get(dependencies.settings.ownerTag);
  if (ownersInTag(tag).addresses.length > 0) return ownersOfUser(tag, noneOf(about, dependencies));
  const { accountId, executionArn } = about.rotation;
  return ownersOfUser(
    tag,
    await ownersOfAccount(dependencies, { accountId, executionArn, email: about.account.email }),
  );
}

/**
 * The same in an emergency, which never waits for it: the look-up runs beside everything else, and if it isn't done
 * when it is needed, the account's address is used.
 * @returns takes what is known by then
 */
export function startFindingOwners(about: AboutUser, dependencies: Needs): () => Promise<Owners> {
  const tag = about.tags.get(dependencies.settings.ownerTag);
  const late = noneOf(about, dependencies, ["who else answers for the account wasn't known in time"]);
  if (ownersInTag(tag).addresses.length > 0) return async () => ownersOfUser(tag, late);
  const { accountId, executionArn } = about.rotation;
  const asked = { accountId, executionArn, email: about.account.email };
  const looking = ownersOfAccount(dependencies, asked, true);
  return async () => ownersOfUser(tag, await Promise.race([looking, Promise.resolve(late)]));
}

const noneOf = ({ account }: AboutUser, { settings }: Needs, passedOver: readonly string[] = []): Owners =>
  byAddress(account.email, settings.operators, passedOver);
