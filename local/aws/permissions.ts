import type { Model } from './account.ts';
import type { Found } from './callers.ts';
import { refusal } from './errors.ts';
import type { KeyIndex } from './key-index.ts';
import type { AwsError, Call } from './types.ts';

/**
 * Why a caller may not make a call; undefined where it may. IAM users have no permissions but to ask who they
 * are. A role may do anything that its session policy, if it has one, allows.
 */
export function forbidden(call: Call, found: Found, model: Model, keys: KeyIndex): AwsError | undefined {
  const action = `${call.service}:${call.operation}`;
  if (action === 'sts:GetCallerIdentity') return undefined;
  const who = `User: ${call.caller.arn} is not authorized to perform: ${action}`;
  if (call.caller.kind === 'user') {
    return refusal(
      call.service,
      'denied',
      `${who} because no identity-based policy allows the ${action} action`,
    );
  }
  const policy = found.session?.policy;
  if (policy === undefined) return undefined;
  const resource = resourceOf(call, model, keys);
  if (policy.allows(action, resource)) return undefined;
  const why = `because no session policy allows the ${action} action`;
  return refusal(call.service, 'denied', `${who} on resource: ${resource} ${why}`);
}

/** The ARN that a policy's Resource must match: the user for IAM's calls about one; `*` where there is none. */
function resourceOf({ service, operation, input, caller }: Call, model: Model, keys: KeyIndex): string {
  if (service === 'sts' && typeof input.RoleArn === 'string') return input.RoleArn;
  if (service !== 'iam') return '*';
  const userArn = (pathAndName: string): string =>
    `arn:${model.partition}:iam::${caller.accountId}:user${pathAndName}`;
  if (operation === 'ListUsers') return userArn(String(input.PathPrefix ?? '/'));
  if (operation === 'CreateUser') return userArn(`${input.Path ?? '/'}${input.UserName}`);
  if (operation === 'GetAccessKeyLastUsed') {
    const issued = keys.find(String(input.AccessKeyId));
    return issued !== undefined && issued.account.id === caller.accountId ? issued.user.arn : '*';
  }
  if (operation === 'GetGroup')
    return `arn:${model.partition}:iam::${caller.accountId}:group/${String(input.GroupName)}`;
  if (typeof input.UserName !== 'string') return '*';
  const user = model.accounts.get(caller.accountId)?.users.get(input.UserName);
  return user?.arn ?? userArn(`/${input.UserName}`);
}
