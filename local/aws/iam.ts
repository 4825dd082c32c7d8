import type {
  GetAccountSummaryResponse,
  ListAccountAliasesRequest,
  ListAccountAliasesResponse,
} from '@aws-sdk/client-iam';
import type { Model } from './account.ts';
import type { StaleReads } from './consistency.ts';
import { accessKeyOperations } from './iam-access-keys.ts';
import { accountOf, type Iam, KEYS_PER_USER } from './iam-common.ts';
import { credentialReportOperations } from './iam-credential-report.ts';
import { groupOperations } from './iam-groups.ts';
import { userOperations } from './iam-users.ts';
import type { KeyIndex } from './key-index.ts';
import { operation, service } from './operation.ts';
import type { Operations } from './types.ts';

/** IAM, as far as users and their access keys go. Every operation acts in its caller's account. */
export function iamOperations(model: Model, keys: KeyIndex, stale: StaleReads): Operations {
  const iam: Iam = { model, keys, stale };
  return service('iam', {
    ...userOperations(iam),
    ...accessKeyOperations(iam),
    ...groupOperations(iam),
    ...credentialReportOperations(iam),
    ListAccountAliases: operation<ListAccountAliasesRequest, ListAccountAliasesResponse>()(
      [],
      ['Marker', 'MaxItems'],
      (_, caller) => {
        const { alias } = accountOf(model, caller);
        return { AccountAliases: alias === undefined ? [] : [alias], IsTruncated: false };
      },
    ),
    GetAccountSummary: operation<object, GetAccountSummaryResponse>()([], [], (_, caller) => {
      const { users, rootKeys } = accountOf(model, caller);
      return {
        SummaryMap: {
          Users: users.size,
          UsersQuota: 5000,
          AccessKeysPerUserQuota: KEYS_PER_USER,
          AccountAccessKeysPresent: rootKeys,
        },
      };
    }),
  });
}
