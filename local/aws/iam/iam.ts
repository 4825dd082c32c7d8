import type {
  GetAccountSummaryResponse,
  ListAccountAliasesRequest,
  ListAccountAliasesResponse,
} from '@aws-sdk/client-iam';
import type { StaleReads } from '../consistency.ts';
import type { Operations } from '../types.ts';
import { operation, service } from '../wire/operation.ts';
import { accessKeyOperations } from './access-keys.ts';
import type { Model } from './account.ts';
import { accountOf, type Iam, KEYS_PER_USER } from './common.ts';
import { credentialReportOperations } from './credential-report.ts';
import { groupOperations } from './groups.ts';
import type { KeyIndex } from './key-index.ts';
import { userOperations } from './users.ts';

/** IAM's operations on users, groups and access keys. Every operation acts in its caller's account. */
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
