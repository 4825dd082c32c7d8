import { type Account, makeAccount, type User } from '../aws/iam/account.ts';
import { GeneratedUsers } from '../aws/iam/generated-users.ts';
import { centralAccountId, makeSituated } from './organization.ts';
import { numberedStream } from './random.ts';

/** An organization too large for memory: its users are made on request, the same each time. */
export function makeLargeOrganization(
  size: {
    readonly accounts: number;
    /** In each account. */
    readonly users: number;
    /** The share of users whose key is old; the others' keys are new. */
    readonly due: number;
  },
  seed: number,
  now: Date,
): Account[] {
  return Array.from({ length: size.accounts }, (_, index) => {
    const id = index === 0 ? centralAccountId : String(700_000_000_000 + index);
    const makeUser = (user: number): User => {
      const random = numberedStream(seed, index * size.users + user);
      const situation = random() < size.due ? 'oldKeyInDailyUse' : 'freshKey';
      return makeSituated(random, { accountId: id, name: GeneratedUsers.nameOf(user), situation, now });
    };
    const account = makeAccount({
      id,
      name: `Team ${index + 1}`,
      email: `aws+team-${index + 1}@example.com`,
      path: `o-keyturn/r-root/${index === 0 ? '' : 'ou-root-platform/'}`,
    });
    return { ...account, users: new GeneratedUsers(size.users, makeUser) };
  });
}
