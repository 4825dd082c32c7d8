import { describe, expect, it } from 'vitest';
import { type PolicyKind, readPolicy } from '../../../local/aws/access/policy.ts';
import type { ConditionKeys } from '../../../local/aws/access/policy-conditions.ts';

const allow = { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: '*' };
const secret = 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:keyturn/app-Ab3dE6';
const user = 'arn:aws:iam::222222222222:user/ci/app';

/** The verdict of one or several statements on a request for a secret's value. */
function judge(
  statements: object | readonly object[],
  context: ConditionKeys = {},
  { kind = 'identity', action = 'secretsmanager:GetSecretValue', resource = secret } = {},
) {
  const policy = readPolicy({ Version: '2012-10-17', Statement: statements }, kind as PolicyKind);
  return policy.judge({ action, resource, context });
}

describe('a statement', () => {
  it.each([
    ['the action by name', { Action: 'secretsmanager:GetSecretValue' }, 'allowed'],
    ['the action in other letters', { Action: 'SecretsManager:getsecretvalue' }, 'allowed'],
    ['one of several actions', { Action: ['iam:GetUser', 'secretsmanager:Get*'] }, 'allowed'],
    ['another action', { Action: 'secretsmanager:PutSecretValue' }, 'silent'],
    ['the action’s beginning only', { Action: 'secretsmanager:Get' }, 'silent'],
    ['the resource by name', { Resource: secret }, 'allowed'],
    ['the resource with its suffix unknown', { Resource: secret.replace('Ab3dE6', '??????') }, 'allowed'],
    ['a resource with a longer suffix', { Resource: secret.replace('Ab3dE6', '???????') }, 'silent'],
    ['the resource in other letters', { Resource: secret.replace('keyturn', 'Keyturn') }, 'silent'],
    ['one of several resources', { Resource: ['arn:aws:s3:::a', '*keyturn/*'] }, 'allowed'],
    ['a dot that is no wildcard', { Resource: secret.replace('app', 'a.p') }, 'silent'],
  ])('is judged by its elements: %s', (_, elements, verdict) => {
    expect(judge({ ...allow, ...elements })).toBe(verdict);
  });

  it('overrides those that allow, before or after it, if it denies', () => {
    const deny = { ...allow, Effect: 'Deny' };
    expect(judge([allow, deny])).toBe('denied');
    expect(judge([deny, allow])).toBe('denied');
    expect(judge([allow, { ...deny, Action: 'iam:*' }])).toBe('allowed');
  });
});

describe('a condition', () => {
  const context = {
    'aws:PrincipalArn': user,
    'aws:PrincipalOrgID': 'o-keyturn',
    'aws:SecureTransport': 'true',
    'kms:ResourceAliases': ['alias/other', 'alias/keyturn-secrets'],
  };

  it.each([
    [{ StringEquals: { 'aws:PrincipalOrgID': 'o-keyturn' } }, true],
    [{ StringEquals: { 'AWS:principalorgid': 'o-keyturn' } }, true],
    [{ StringEquals: { 'aws:PrincipalOrgID': 'O-keyturn' } }, false],
    [{ StringEquals: { 'aws:PrincipalOrgID': ['o-other', 'o-keyturn'] } }, true],
    [{ StringEquals: { 'aws:PrincipalOrgID': 'o-*' } }, false],
    [{ StringLike: { 'aws:PrincipalOrgID': 'o-*' } }, true],
    [{ StringEquals: { 'sts:ExternalId': 'x' } }, false],
    [{ Null: { 'sts:ExternalId': 'true' } }, true],
    [{ Null: { 'sts:ExternalId': false } }, false],
    [{ Null: { 'aws:PrincipalArn': 'false' } }, true],
    [{ Bool: { 'aws:SecureTransport': 'true' } }, true],
    [{ Bool: { 'aws:SecureTransport': false } }, false],
    [{ ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::222222222222:user/*/app' } }, true],
    [{ ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::222222222222:user/app' } }, false],
    [{ ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:user/ci/*' } }, true],
    // Part by part: no asterisk matches a colon.
    [{ ArnLike: { 'aws:PrincipalArn': 'arn:aws:*:user/ci/app' } }, false],
    [{ StringLike: { 'aws:PrincipalArn': 'arn:aws:*:user/ci/app' } }, true],
    [{ ArnEquals: { 'aws:PrincipalArn': 'arn:aws:iam::222222222222:*' } }, true],
    [{ 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/keyturn-secrets' } }, true],
    [{ 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/keyturn' } }, false],
    [{ 'ForAnyValue:StringLike': { 'kms:ResourceAliases': 'alias/keyturn-*' } }, true],
    // A negated operator is met by values that aren't named, and by a request that doesn't have the key.
    [{ ArnNotLike: { 'aws:PrincipalArn': ['arn:aws:iam::222222222222:user/*/app', 'x:y:z:a:b:c'] } }, false],
    [{ ArnNotLike: { 'aws:PrincipalArn': 'arn:aws:iam::222222222222:role/*' } }, true],
    [{ StringNotEquals: { 'sts:ExternalId': 'x' } }, true],
    // Every key and every operator must be met.
    [{ StringEquals: { 'aws:PrincipalOrgID': 'o-keyturn', 'sts:ExternalId': 'x' } }, false],
    [{ StringEquals: { 'aws:PrincipalOrgID': 'o-keyturn' }, Null: { 'sts:ExternalId': 'false' } }, false],
    [{}, true],
  ])('%j is met: %s', (Condition, isMet) => {
    expect(judge({ ...allow, Condition }, context)).toBe(isMet ? 'allowed' : 'silent');
  });
});

describe('a policy variable in Resource', () => {
  const Resource = `arn:aws:secretsmanager:eu-west-1:111111111111:secret:keyturn/\${aws:PrincipalAccount}/\${aws:username}-??????`;
  const own = { 'aws:PrincipalAccount': '222222222222', 'aws:username': 'app' };
  const of = (name: string) =>
    `arn:aws:secretsmanager:eu-west-1:111111111111:secret:keyturn/222222222222/${name}-Ab3dE6`;

  it.each([
    ['the caller’s own', own, of('app'), 'allowed'],
    ['another’s', own, of('app2'), 'silent'],
    [
      'anybody’s, for a caller that is no user',
      { 'aws:PrincipalAccount': '222222222222' },
      of('app'),
      'silent',
    ],
  ])('means %s', (_, context, resource, verdict) => {
    expect(judge({ ...allow, Resource }, context, { resource })).toBe(verdict);
  });
});

describe('a principal', () => {
  const caller = { 'aws:PrincipalArn': user, 'aws:PrincipalAccount': '222222222222' };

  it.each([
    ['everybody', '*', 'allowed'],
    ['everybody of AWS', { AWS: '*' }, 'allowed'],
    ['the caller', { AWS: user }, 'allowed'],
    ['the caller among others', { AWS: ['arn:aws:iam::222222222222:role/x', user] }, 'allowed'],
    ['the caller’s account, by its root', { AWS: 'arn:aws:iam::222222222222:root' }, 'delegated'],
    ['the caller’s account, by its number', { AWS: '222222222222' }, 'delegated'],
    ['another account', { AWS: 'arn:aws:iam::333333333333:root' }, 'silent'],
    ['another user', { AWS: `${user}s` }, 'silent'],
  ])('that is %s: %j is judged %s', (_, Principal, verdict) => {
    expect(judge({ ...allow, Principal }, caller, { kind: 'resource' })).toBe(verdict);
    const { Resource: _none, ...trust } = { ...allow, Action: 'sts:AssumeRole', Principal };
    expect(judge(trust, caller, { kind: 'trust', action: 'sts:AssumeRole' })).toBe(verdict);
  });

  it.each([
    ['anybody without a condition', { Principal: '*' }, true],
    [
      'anybody on a condition about something else',
      { Principal: '*', Condition: { Bool: { 'aws:SecureTransport': 'true' } } },
      true,
    ],
    [
      'anybody of an organization',
      { Principal: '*', Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-x' } } },
      false,
    ],
    ['an account', { Principal: { AWS: '222222222222' } }, false],
    ['nobody', { Principal: '*', Effect: 'Deny' }, false],
  ])('of %s: makes a policy public or doesn’t', (_, elements, isPublic) => {
    const Statement = { ...allow, ...elements };
    expect(readPolicy({ Version: '2012-10-17', Statement }, 'resource').isPublic).toBe(isPublic);
  });
});

describe('what isn’t modelled is refused by its name', () => {
  it.each<[string, PolicyKind, object]>([
    ['NotAction', 'identity', { NotAction: 'iam:*' }],
    ['NotResource', 'identity', { NotResource: '*' }],
    ['Principal', 'identity', { Principal: '*' }],
    ['Principal', 'session', { Principal: '*' }],
    ['NotPrincipal', 'resource', { Principal: '*', NotPrincipal: '*' }],
    ['Resource', 'trust', { Principal: '*' }],
    ['Service', 'resource', { Principal: { Service: 'lambda.amazonaws.com' } }],
    [
      'arn:aws:sts::222222222222:assumed-role/a/b',
      'resource',
      { Principal: { AWS: 'arn:aws:sts::222222222222:assumed-role/a/b' } },
    ],
    [
      'arn:aws:iam::222222222222:user/*',
      'resource',
      { Principal: { AWS: 'arn:aws:iam::222222222222:user/*' } },
    ],
    ['policy variable in Resource', 'identity', { Resource: `arn:aws:iam::*:user/\${aws:userid}` }],
    [
      'policy variable in Condition',
      'identity',
      { Condition: { StringLike: { 'aws:PrincipalArn': `\${x}` } } },
    ],
    [
      'StringEqualsIgnoreCase',
      'identity',
      { Condition: { StringEqualsIgnoreCase: { 'aws:PrincipalArn': 'a' } } },
    ],
    [
      'StringEqualsIfExists',
      'identity',
      { Condition: { StringEqualsIfExists: { 'aws:PrincipalArn': 'a' } } },
    ],
    [
      'ForAllValues:StringEquals',
      'identity',
      { Condition: { 'ForAllValues:StringEquals': { 'aws:PrincipalArn': 'a' } } },
    ],
    [
      'ForAnyValue:ArnLike',
      'identity',
      { Condition: { 'ForAnyValue:ArnLike': { 'aws:PrincipalArn': 'a' } } },
    ],
    ['aws:SourceIp', 'identity', { Condition: { StringEquals: { 'aws:SourceIp': '10.0.0.1' } } }],
    [
      'kms:ResourceAliases',
      'identity',
      { Condition: { StringEquals: { 'kms:ResourceAliases': 'alias/a' } } },
    ],
    ['Effect', 'identity', { Effect: 'allow' }],
    ['Action', 'identity', { Action: [] }],
    ['Action', 'identity', { Action: { a: 1 } }],
    ['Condition', 'identity', { Condition: [] }],
    ['Condition', 'identity', { Condition: { StringEquals: { 'aws:PrincipalArn': 1 } } }],
  ])('%s in a policy of kind %s', (name, kind, elements) => {
    const read = () => readPolicy({ Version: '2012-10-17', Statement: { ...allow, ...elements } }, kind);
    expect(read).toThrow(expect.objectContaining({ code: 'MalformedPolicyDocument' }));
    expect(read).toThrow(name);
  });

  it.each([
    ['an older version', { Version: '2008-10-17', Statement: [allow] }, 'Version'],
    ['an element beside the statements', { Version: '2012-10-17', Statement: [allow], Extra: 1 }, 'Extra'],
    ['a list', [allow], 'Syntax'],
    ['no JSON', '{', 'JSON'],
  ])('%s', (_, document, name) => {
    expect(() => readPolicy(document, 'identity')).toThrow(name);
  });
});
