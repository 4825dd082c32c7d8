import { AwsError } from '../types.ts';
import { globOf } from './globs.ts';
import { type Condition, type ConditionKeys, readCondition } from './policy-conditions.ts';

/** A policy as its JSON reads: `Version` and `Statement`. */
export type PolicyDocument = object;

/** What a policy is attached to, which determines the elements of its statements. */
export type PolicyKind = 'identity' | 'session' | 'resource' | 'trust';

/** What a caller asks to do. */
export interface PolicyRequest {
  readonly action: string;
  /** An ARN; `*` if the action has none. */
  readonly resource: string;
  readonly context: ConditionKeys;
}

/**
 * A policy's verdict on a request. `delegated`: allowed to the caller's account as a whole, so that the account's own
 * policies must allow it too. `silent` is a denial unless another policy allows.
 */
type PolicyVerdict = 'allowed' | 'delegated' | 'denied' | 'silent';

/** A parsed policy. */
export interface AccessPolicy {
  readonly judge: (request: PolicyRequest) => PolicyVerdict;
  /** Whether it allows anything to everybody. */
  readonly isPublic: boolean;
  /** The ARNs and account IDs that its Principal elements name. */
  readonly principals: readonly string[];
}

/** A pattern of resources, its policy variables filled in from the request. */
type ResourceGlob = (resource: string, context: ConditionKeys) => boolean;

interface Statement {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly RegExp[];
  readonly resources: readonly ResourceGlob[];
  readonly principals: readonly string[];
  readonly condition: Condition;
  /** Whether its Condition restricts who the caller is. */
  readonly isNarrowed: boolean;
}

const ELEMENTS: Readonly<Record<PolicyKind, readonly string[]>> = {
  identity: ['Sid', 'Effect', 'Action', 'Resource', 'Condition'],
  session: ['Sid', 'Effect', 'Action', 'Resource', 'Condition'],
  resource: ['Sid', 'Effect', 'Action', 'Resource', 'Condition', 'Principal'],
  trust: ['Sid', 'Effect', 'Action', 'Condition', 'Principal'],
};

/** A policy without statements. */
export const noPolicy: AccessPolicy = { judge: () => 'silent', isPublic: false, principals: [] };

/**
 * Reads a policy, strictly: `*` and `?` in Action and Resource, AWS principals, the conditions of `readCondition`.
 * @throws AwsError MalformedPolicyDocument, naming anything else in it: nothing is silently ignored
 */
export function readPolicy(document: string | PolicyDocument, kind: PolicyKind): AccessPolicy {
  const policy = readElements(parse(document), ['Version', 'Id', 'Statement']);
  if (policy.Version !== '2012-10-17') throw malformed('Version must be 2012-10-17.');
  const statements = [policy.Statement].flat().map((statement) => readStatement(statement, kind));
  return {
    judge: (request) => judge(statements, request, kind),
    isPublic: statements.some(
      ({ effect, principals, isNarrowed }) => effect === 'Allow' && principals.includes('*') && !isNarrowed,
    ),
    principals: statements.flatMap(({ principals }) => principals),
  };
}

function judge(statements: readonly Statement[], request: PolicyRequest, kind: PolicyKind): PolicyVerdict {
  const hasPrincipal = kind === 'resource' || kind === 'trust';
  let verdict: PolicyVerdict = 'silent';
  for (const statement of statements) {
    const named = hasPrincipal ? whoIsNamed(statement.principals, request.context) : 'caller';
    if (named === undefined || !covers(statement, request)) continue;
    if (statement.effect === 'Deny') return 'denied';
    if (named === 'caller') verdict = 'allowed';
    else if (verdict === 'silent') verdict = 'delegated';
  }
  return verdict;
}

const covers = ({ actions, resources, condition }: Statement, { action, resource, context }: PolicyRequest) =>
  actions.some((glob) => glob.test(action)) &&
  resources.some((isMeant) => isMeant(resource, context)) &&
  condition(context);

function whoIsNamed(principals: readonly string[], context: ConditionKeys): 'caller' | 'account' | undefined {
  const arn = String(context['aws:PrincipalArn']);
  if (principals.some((principal) => principal === '*' || principal === arn)) return 'caller';
  const account = String(context['aws:PrincipalAccount']);
  return principals.some((principal) => accountIn(principal) === account) ? 'account' : undefined;
}

/** The account that a principal means as a whole: `111122223333`, `arn:aws:iam::111122223333:root`. */
const accountIn = (principal: string): string | undefined =>
  /^(?:arn:[\w-]+:iam::)?(\d{12})(?::root)?$/.exec(principal)?.[1];

function parse(document: string | PolicyDocument): unknown {
  if (typeof document !== 'string') return document;
  try {
    return JSON.parse(document);
  } catch {
    throw malformed('The policy is not JSON.');
  }
}

function readStatement(value: unknown, kind: PolicyKind): Statement {
  const { Effect, Action, Resource, Principal, Condition } = readElements(value, ELEMENTS[kind]);
  if (Effect !== 'Allow' && Effect !== 'Deny') throw malformed('Effect must be Allow or Deny.');
  return {
    effect: Effect,
    actions: readTexts('Action', Action).map((action) => globOf(action, 'i')),
    resources: kind === 'trust' ? [() => true] : readTexts('Resource', Resource).map(resourceGlobOf),
    principals: ELEMENTS[kind].includes('Principal') ? readPrincipals(Principal) : [],
    condition: readCondition(Condition, malformed),
    isNarrowed: /"aws:Principal(Arn|Account|OrgID)"/i.test(JSON.stringify(Condition ?? {})),
  };
}

function readElements(value: unknown, known: readonly string[]): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw malformed('Syntax error in policy.');
  const elements = Object.fromEntries(Object.entries(value));
  const other = Object.keys(elements).find((name) => !known.includes(name));
  if (other !== undefined) throw malformed(`The policy element ${other} is not modelled here.`);
  return elements;
}

function readPrincipals(value: unknown): string[] {
  if (value === '*') return ['*'];
  const principals = readTexts('Principal', readElements(value, ['AWS']).AWS);
  const odd = principals.find(
    (one) => !/^(\*|\d{12}|arn:[\w-]+:iam::\d{12}:(root|(user|role)\/[^*?]+))$/.test(one),
  );
  if (odd !== undefined) throw malformed(`The principal ${odd} is not modelled here.`);
  return principals;
}

function readTexts(element: string, value: unknown): string[] {
  const texts: unknown[] = [value].flat();
  if (texts.length === 0) throw malformed(`${element} is empty.`);
  return texts.map((text) => {
    if (typeof text !== 'string') throw malformed(`${element} is missing or not a string.`);
    if (text.replaceAll(variable, '').includes('${') || (element !== 'Resource' && text.includes('${'))) {
      throw malformed(`The policy variable in ${element} is not modelled here.`);
    }
    return text;
  });
}

const variable = /\$\{(aws:username|aws:PrincipalAccount)\}/g;

/** A variable that the request has no value for makes the pattern match nothing. */
function resourceGlobOf(pattern: string): ResourceGlob {
  if (!pattern.includes('${')) {
    const glob = globOf(pattern);
    return (resource) => glob.test(resource);
  }
  return (resource, context) => {
    const isKnown = [...pattern.matchAll(variable)].every(([, name = '']) => context[name] !== undefined);
    const filled = pattern.replaceAll(variable, (_, name: string) => String(context[name]));
    return isKnown && globOf(filled).test(resource);
  };
}

function malformed(message: string): AwsError {
  return new AwsError('MalformedPolicyDocument', message);
}
