import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { memberTemplate } from '../../infra/member-stack.ts';
import { parseDeployment, SettingsRefused } from '../../infra/settings.ts';
import { mostListed } from '../../tasks/domain/settings/accounts.ts';
import { example, synthesize } from './synthesized.ts';

const [own, other, third] = ['111111111111', '222222222222', '333333333333'] as const;
const listOf = (...ids: readonly string[]) => ids.map((id) => ({ id, email: `aws+${id}@example.com` }));
const without = { organization: undefined };
const listed = { ...without, mode: 'live', accounts: { list: listOf(own, other) } };

/** The refusal of these settings, without its first line. */
function refusal(changes: object): string[] {
  try {
    parseDeployment({ ...example, ...without, ...changes });
  } catch (error) {
    if (error instanceof SettingsRefused) return error.message.split('\n').slice(1);
    throw error;
  }
  throw new Error('the settings were taken');
}

describe('a list of accounts', () => {
  it.each([
    ['one account', { list: listOf(own) }],
    ['several, some of them out of scope', { list: listOf(own, other), exclude: [own] }],
    ['accounts with names', { list: [{ id: own, name: 'Tools', email: 'aws@example.com' }] }],
  ])('is accepted instead of an organization: %s', (_, accounts) => {
    expect(parseDeployment({ ...example, ...without, accounts })).toMatchObject({ accounts });
  });

  it.each([
    [
      'an account twice',
      { accounts: { list: listOf(own, other, own) } },
      `accounts.list.2.id: is ${own} for the second time; name each account once`,
    ],
    [
      'no central account',
      { accounts: { list: listOf(other) } },
      `accounts.list: doesn't name ${own}, keyturn's own account; name it too, and in accounts.exclude if it is to be left out`,
    ],
    [
      'an organization beside it',
      { organization: example.organization, accounts: { list: listOf(own) } },
      'organization: must be omitted if accounts.list is there: the accounts come from one of the two',
    ],
    [
      'a scope with an account that it lacks',
      { accounts: { list: listOf(own) }, live: { include: [third] } },
      `live.include.0: is ${third}, which accounts.list doesn't name`,
    ],
    [
      'a scope with organizational units',
      { accounts: { list: listOf(own), organizationalUnits: ['ou-ab12-product0'] } },
      'accounts.organizationalUnits: must be empty without an organization',
    ],
    [
      'no address of an account',
      { accounts: { list: [{ id: own }] } },
      'accounts.list.0.email: is missing; it must be a string',
    ],
    ['no entry', { accounts: { list: [] } }, 'accounts.list: must have at least 1 entry'],
  ])('is refused for %s, in one line', (_, changes, line) => {
    expect(refusal(changes)).toEqual([`  ${line}`]);
  });
});

const documentSchema = z.looseObject({
  Statement: z.array(z.looseObject({ Sid: z.string().optional(), Resource: z.unknown() })),
});
const roleSchema = z.object({
  Properties: z.looseObject({ AssumeRolePolicyDocument: z.looseObject({ Statement: z.array(z.unknown()) }) }),
});
const policySchema = z.object({ Properties: z.looseObject({ PolicyDocument: documentSchema }) });

describe('a deployment without an organization', () => {
  const templates = synthesize({ ...listed, storage: { where: 'central' } });
  const text = JSON.stringify([...templates.values()].map((template) => template.toJSON()));
  const central = templates.get('keyturn');
  const policies = Object.values(central?.findResources('AWS::IAM::Policy') ?? {}).map(
    (policy) => policySchema.parse(policy).Properties,
  );

  it('has no StackSet, no permission in AWS Organizations and no condition about one', () => {
    expect([...templates.keys()].toSorted()).toEqual([
      'keyturn',
      'keyturn-leaks',
      'keyturn-leaks-backup',
      'keyturn-member',
    ]);
    expect(text).not.toMatch(/StackSet|"organizations:|OrgID/);
  });

  it('may enter the listed accounts’ roles, each by its name, and no account besides', () => {
    const entering = policies.flatMap(({ PolicyDocument }) =>
      PolicyDocument.Statement.filter(({ Sid }) => Sid === 'EnterMemberAccounts'),
    );
    expect(entering.length).toBeGreaterThan(5);
    for (const { Resource } of entering) {
      const arns = [Resource].flat();
      expect(arns.length % 2).toBe(0);
      for (const arn of arns)
        expect(arn).toMatch(/^arn:aws:iam::(111111111111|222222222222):role\/keyturn-member(-read)?$/);
    }
  });

  it('lets only callers of the listed accounts decrypt their secrets', () => {
    const keys = JSON.stringify(central?.findResources('AWS::KMS::Key'));
    expect(keys).toContain(`"StringEquals":{"aws:PrincipalAccount":["${own}","${other}"]`);
  });

  it('has a template of the roles for the other accounts, which trusts the tasks’ roles by name and the external ID', () => {
    const template = templates.get('keyturn-member')?.toJSON();
    expect(template).toEqual(
      JSON.parse(memberTemplate(parseDeployment({ ...example, ...listed, storage: { where: 'central' } }))),
    );
    const roles = Object.values(templates.get('keyturn-member')?.findResources('AWS::IAM::Role') ?? {});
    expect(roles).toHaveLength(2);
    for (const role of roles) {
      const { AssumeRolePolicyDocument: trust } = roleSchema.parse(role).Properties;
      expect(trust.Statement).toMatchObject([
        { Condition: { StringEquals: { 'sts:ExternalId': `keyturn-${own}` } } },
      ]);
      expect(JSON.stringify(trust)).toContain(`:iam::${own}:role/keyturn-`);
    }
    // Nothing of one account in it, so that every account can have it.
    expect(JSON.stringify(template)).not.toContain(other);
  });

  it('needs no second policy in any role, with the longest list, the longest names and most copies', () => {
    const ids = Array.from({ length: mostListed - 1 }, (_, index) => String(700_000_000_000 + index));
    const copies = ['ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3', 'ap-southeast-2', 'eu-central-1'];
    const long = synthesize({
      ...{ ...listed, accounts: { list: listOf(own, ...ids) }, events: true },
      ...{ region: 'ap-southeast-1', rolePrefix: 'k'.repeat(21) },
      storage: { where: 'central', replicaRegions: copies, adopts: true },
    }).get('keyturn');
    // The CDK moves what is too long for a role into managed policies, and a list doesn't fit into one of those.
    expect(Object.keys(long?.findResources('AWS::IAM::ManagedPolicy') ?? {})).toEqual([]);
  });
});
