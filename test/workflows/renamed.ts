import { accountId, type Life, userName } from './life.ts';

/** Renames the user as UpdateUser --new-user-name does: the same user ID and keys, another name and ARN. */
export function rename({ user, world }: Life, name: string): void {
  const users = world.aws.accounts.get(accountId)?.users;
  users?.delete(userName);
  Object.assign(user, { name, arn: `${user.arn.slice(0, -userName.length)}${name}` });
  users?.set(name, user);
}
