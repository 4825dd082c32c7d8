import { surplusAfterDays } from '../assessing/surplus.ts';
import type { ReportedUser } from '../sweeps/credential-report.ts';
import { daysBetween } from '../time.ts';
import { type DecisionTable, fact, type Ruling } from './table.ts';

interface UserSituation {
  readonly user: ReportedUser;
  readonly now: Date;
}
type Decision = { readonly act: 'keep' | 'couldBeDeleted'; readonly because: string };

const isRoot = fact<UserSituation>('it is the root user', ({ user }) => user.isRoot);
const hasKeys = fact<UserSituation>('it has access keys, active or not', ({ user }) => user.keys.length > 0);
const mayHaveOthers = fact<UserSituation>(
  'it has a password or a signing certificate, or that is unknown',
  ({ user }) => user.hasOtherCredentials !== false,
);
const isYoung = fact<UserSituation>(
  `it was created less than ${surplusAfterDays} days ago, or that is unknown`,
  ({ user: { createdAt }, now }) => createdAt === undefined || daysBetween(createdAt, now) < surplusAfterDays,
);

const keep: Ruling<UserSituation, Decision> = {
  words: 'not reported',
  make: (_, because) => ({ act: 'keep', because }),
};

/** Whether a sweep reports a user as one that could be deleted. keyturn never deletes a user. */
export const unneededUserTable: DecisionTable<UserSituation, Decision> = {
  rows: [
    { name: 'root', when: [isRoot], decide: keep, because: "an account's root user can't be deleted" },
    { name: 'has keys', when: [hasKeys], decide: keep, because: 'it has access keys' },
    {
      name: 'has others',
      when: [mayHaveOthers],
      decide: keep,
      because: 'it has, or may have, other credentials',
    },
    { name: 'young', when: [isYoung], decide: keep, because: 'it may still be waiting for its first key' },
  ],
  otherwise: {
    name: 'unneeded',
    decide: {
      words: 'reported as a user that could be deleted',
      make: (_, because) => ({ act: 'couldBeDeleted', because }),
    },
    because:
      'no access key, no password, no signing certificate; check for SSH keys and service-specific credentials before you delete it',
  },
  words: {},
};
