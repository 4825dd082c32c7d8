import { defined } from '../../../tasks/domain/defined.ts';
import { refusal } from '../errors.ts';
import type { Model } from '../iam/account.ts';
import type { AwsError, Call, Caller } from '../types.ts';
import type { Found } from './callers.ts';
import type { Need } from './need.ts';
import {
  type AccessPolicy,
  noPolicy,
  type PolicyDocument,
  type PolicyRequest,
  readPolicy,
} from './policy.ts';
import type { ConditionKeys } from './policy-conditions.ts';

/** By a role's name, whatever account it is in. */
export type RolePolicies = ReadonlyMap<string, readonly PolicyDocument[]>;

const everything: AccessPolicy = { ...noPolicy, judge: () => 'allowed' };

/**
 * Who may do what. The operator may do anything, and so may every role as long as no role's policies are known; once
 * they are, a role may do what they allow, and one without any, nothing. A session is also bound by its session
 * policy. A secret's resource policy allows its own account's callers by itself; for another's both sides must.
 */
export class Permissions {
  readonly #model: Model;
  readonly #roles: Map<string, readonly AccessPolicy[]> | undefined;

  /** @throws AwsError MalformedPolicyDocument, naming what a policy has that isn't modelled */
  constructor(model: Model, roles: RolePolicies | undefined) {
    this.#model = model;
    if (roles === undefined) return;
    this.#roles = new Map();
    this.replace(roles);
  }

  /**
   * From now on these roles may do this instead; no other changes. If every role may do everything, it stays so.
   * @throws AwsError MalformedPolicyDocument
   */
  replace(roles: RolePolicies): void {
    for (const [name, documents] of roles) this.#roles?.set(name, documents.map(identityPolicy));
  }

  /** Why a caller may not make a call that needs all this; undefined if it may. */
  refuse(call: Call, found: Found, needs: readonly Need[]): AwsError | undefined {
    // This call can't be denied.
    if (call.service === 'sts' && call.operation === 'GetCallerIdentity') return undefined;
    for (const need of needs) {
      const why = this.#whyNot(need, found);
      if (why === undefined) continue;
      const what = `${need.action}${need.resource === '*' ? '' : ` on resource: ${need.resource}`}`;
      return refusal(
        call.service,
        'denied',
        `User: ${call.caller.arn} is not authorized to perform: ${what} ${why}`,
      );
    }
    return undefined;
  }

  #whyNot(need: Need, { caller, issued, session }: Found): string | undefined {
    const request = { ...need, context: contextOf(this.#model, caller, need) };
    const identity = judgeAll(this.#identityPolicies(caller, issued), request);
    const ofSession = session?.policy?.judge(request) ?? 'allowed';
    const ofResource = need.policy?.judge(request) ?? 'silent';
    const because = (kind: string): string => `because no ${kind} policy allows the ${need.action} action`;
    if (identity === 'denied') return 'with an explicit deny in an identity-based policy';
    if (ofSession === 'denied') return 'with an explicit deny in a session policy';
    if (ofResource === 'denied') return 'with an explicit deny in a resource-based policy';
    if (ofSession !== 'allowed') return because('session');
    const isForeign = need.policy !== undefined && need.accountId !== caller.accountId;
    if (isForeign && ofResource === 'silent') return because('resource-based');
    if (identity === 'allowed' || (!isForeign && ofResource === 'allowed')) return undefined;
    return because('identity-based');
  }

  #identityPolicies(caller: Caller, issued: Found['issued']): readonly AccessPolicy[] {
    if (caller.kind === 'operator') return [everything];
    if (caller.kind === 'role')
      return this.#roles === undefined ? [everything] : (this.#roles.get(caller.roleName ?? '') ?? []);
    const document = issued?.user.policy;
    return document === undefined ? [] : [identityPolicy(document)];
  }
}

/** Cached, because hundreds of worlds use the same policies and parsing one is expensive. */
const known = new WeakMap<PolicyDocument, AccessPolicy>();

function identityPolicy(document: PolicyDocument): AccessPolicy {
  const policy = known.get(document) ?? readPolicy(document, 'identity');
  known.set(document, policy);
  return policy;
}

function judgeAll(
  policies: readonly AccessPolicy[],
  request: PolicyRequest,
): 'allowed' | 'denied' | 'silent' {
  const verdicts = policies.map((policy) => policy.judge(request));
  if (verdicts.includes('denied')) return 'denied';
  return verdicts.includes('allowed') ? 'allowed' : 'silent';
}

/** The condition keys of a caller's need: those that every request has, and those that this one's service adds. */
export function contextOf(
  model: Model,
  caller: Caller,
  { accountId, context }: Pick<Need, 'accountId' | 'context'>,
): ConditionKeys {
  const organization = (id: string): string | undefined =>
    model.accounts.get(id)?.path.split('/')[0] || undefined;
  return {
    'aws:PrincipalAccount': caller.accountId,
    'aws:PrincipalArn': caller.principalArn,
    'aws:PrincipalOrgID': organization(caller.accountId),
    'aws:ResourceAccount': accountId,
    'aws:ResourceOrgID': organization(accountId),
    'aws:SecureTransport': 'true',
    ...defined({ 'aws:username': caller.userName }),
    ...context,
  };
}
