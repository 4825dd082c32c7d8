import type { GetGroupRequest, GetGroupResponse } from '@aws-sdk/client-iam';
import { operation, page } from '../wire/operation.ts';
import { accountOf, badMarker, type Iam, noSuchEntity, pageSize } from './common.ts';
import { describeUser } from './users.ts';

/** IAM's operation on groups: who is in one. */
export function groupOperations(iam: Iam) {
  return {
    GetGroup: operation<GetGroupRequest, GetGroupResponse>()(
      ['GroupName'],
      ['Marker', 'MaxItems'],
      ({ GroupName, Marker, MaxItems }, caller) => {
        const { id, users, groups } = accountOf(iam.model, caller);
        const members = groups.get(GroupName);
        if (members === undefined) throw noSuchEntity(`The group with name ${GroupName} cannot be found.`);
        const { items, next } = page([...members], pageSize(MaxItems), Marker, badMarker);
        return {
          Group: {
            Path: '/',
            GroupName,
            GroupId: `AGPA${GroupName.toUpperCase()
              .replace(/[^A-Z2-7]/g, '')
              .padEnd(17, 'A')
              .slice(0, 17)}`,
            Arn: `arn:${iam.model.partition}:iam::${id}:group/${GroupName}`,
            CreateDate: iam.model.now(),
          },
          Users: items.flatMap((name) => {
            const user = users.get(name);
            return user === undefined ? [] : [describeUser(user)];
          }),
          IsTruncated: next !== undefined,
          Marker: next,
        };
      },
    ),
  };
}
