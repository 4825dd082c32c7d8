import type {
  CreateUserRequest,
  CreateUserResponse,
  DeleteUserRequest,
  GetUserRequest,
  GetUserResponse,
  ListUsersRequest,
  ListUsersResponse,
  ListUserTagsRequest,
  ListUserTagsResponse,
  TagUserRequest,
  UntagUserRequest,
  UpdateUserRequest,
  User as UserOutput,
} from '@aws-sdk/client-iam';
import { AwsError, type Caller } from '../types.ts';
import { operation, page } from '../wire/operation.ts';
import { type Account, findUser, makeUser, renameUser, type User } from './account.ts';
import { accountOf, badMarker, type Iam, pageSize, readUser, userToChange } from './common.ts';
import { listTags, removeTags, setTags } from './tags.ts';

/** IAM's operations on users and their tags. */
export function userOperations(iam: Iam) {
  return {
    ListUsers: operation<ListUsersRequest, ListUsersResponse>()(
      [],
      ['PathPrefix', 'Marker', 'MaxItems'],
      (input, caller) => listUsers(iam, input, caller),
    ),
    GetUser: operation<GetUserRequest, GetUserResponse>()(['UserName'], [], ({ UserName }, caller) => {
      const user = readUser(iam, caller, UserName);
      // As AWS does: no Tags at all if there are none.
      return {
        User: { ...describeUser(user), ...(user.tags.size > 0 ? { Tags: listTags(user.tags) } : {}) },
      };
    }),
    CreateUser: operation<CreateUserRequest, CreateUserResponse>()(
      ['UserName'],
      ['Path', 'Tags'],
      (input, caller) => createUser(iam, input, caller),
    ),
    DeleteUser: operation<DeleteUserRequest, undefined>()(['UserName'], [], ({ UserName }, caller) => {
      const { account, user } = userToChange(iam, caller, UserName);
      if (user.keys.length > 0) {
        throw new AwsError('DeleteConflict', 'Cannot delete entity, must delete access keys first.', 409);
      }
      account.users.delete(user.name);
    }),
    UpdateUser: operation<UpdateUserRequest, undefined>()(
      ['UserName'],
      ['NewUserName', 'NewPath'],
      (input, caller) => updateUser(iam, input, caller),
    ),
    ListUserTags: operation<ListUserTagsRequest, ListUserTagsResponse>()(
      ['UserName'],
      ['Marker', 'MaxItems'],
      ({ UserName, Marker, MaxItems }, caller) => {
        const tags = listTags(readUser(iam, caller, UserName).tags);
        const { items, next } = page(tags, pageSize(MaxItems), Marker, badMarker);
        return { Tags: [...items], IsTruncated: next !== undefined, Marker: next };
      },
    ),
    TagUser: operation<TagUserRequest, undefined>()(
      ['UserName', 'Tags'],
      [],
      ({ UserName, Tags }, caller) => {
        setTags(userToChange(iam, caller, UserName).user.tags, Tags);
      },
    ),
    UntagUser: operation<UntagUserRequest, undefined>()(['UserName', 'TagKeys'], [], (input, caller) => {
      removeTags(userToChange(iam, caller, input.UserName).user.tags, input.TagKeys);
    }),
  };
}

function listUsers(
  iam: Iam,
  { PathPrefix = '/', Marker, MaxItems }: Pick<ListUsersRequest, 'PathPrefix' | 'Marker' | 'MaxItems'>,
  caller: Caller,
): ListUsersResponse {
  const size = pageSize(MaxItems);
  const after = Marker === undefined ? undefined : Buffer.from(Marker, 'base64url').toString();
  const { users } = accountOf(iam.model, caller);
  // A name, not a position, marks the place: users come and go between two pages.
  const rest = [...users.keys()].filter((name) => after === undefined || name > after).sort();
  const found: User[] = [];
  for (const name of rest) {
    const user = users.get(name);
    if (user?.path.startsWith(PathPrefix)) found.push(user);
    if (found.length > size) break;
  }
  const shown = found.slice(0, size);
  const last = shown.at(-1);
  const more = found.length > size && last !== undefined;
  return {
    Users: shown.map(describeUser),
    IsTruncated: more,
    Marker: more ? Buffer.from(last.name).toString('base64url') : undefined,
  };
}

function createUser(
  iam: Iam,
  { UserName, Path = '/', Tags = [] }: { UserName: string } & Pick<CreateUserRequest, 'Path' | 'Tags'>,
  caller: Caller,
): CreateUserResponse {
  const account = accountOf(iam.model, caller);
  checkName(UserName);
  if (!/^\/(?:[!-~]+\/)?$/.test(Path)) {
    throw new AwsError(
      'ValidationError',
      'The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.',
    );
  }
  refuseTaken(account, UserName);
  const { random, now, partition } = iam.model;
  const user = makeUser(random, {
    accountId: account.id,
    name: UserName,
    path: Path,
    createdAt: now(),
    partition,
  });
  setTags(user.tags, Tags);
  iam.stale.beforeWrite(account.id, UserName, undefined);
  account.users.set(UserName, user);
  return { User: { ...describeUser(user), ...(Tags.length > 0 ? { Tags: listTags(user.tags) } : {}) } };
}

function updateUser(
  iam: Iam,
  input: { readonly UserName: string } & Pick<UpdateUserRequest, 'NewUserName' | 'NewPath'>,
  caller: Caller,
): undefined {
  const { account, user } = userToChange(iam, caller, input.UserName);
  const name = input.NewUserName ?? user.name;
  checkName(name);
  if (name.toLowerCase() !== user.name.toLowerCase()) {
    refuseTaken(account, name);
    iam.stale.beforeWrite(account.id, name, undefined);
  }
  renameUser(account, user.name, name, input.NewPath);
}

function checkName(name: string): void {
  if (/^[\w+=,.@-]{1,64}$/.test(name)) return;
  throw new AwsError(
    'ValidationError',
    'The specified value for userName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-',
  );
}

function refuseTaken(account: Account, name: string): void {
  if (findUser(account, name) === undefined) return;
  throw new AwsError('EntityAlreadyExists', `User with name ${name} already exists.`, 409);
}

/** A user as every answer shows it; its tags go separately. */
export function describeUser(user: User): UserOutput {
  return { Path: user.path, UserName: user.name, UserId: user.id, Arn: user.arn, CreateDate: user.createdAt };
}
