import type { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { memberTemplate } from '../../infra/member-stack.ts';
import { parseDeployment } from '../../infra/settings.ts';
import { example, synthesize } from './synthesized.ts';

const live = { ...example, mode: 'live' };
const variants: readonly [string, object][] = [
  ['member storage', {}],
  ['central storage with copies', { storage: { where: 'central', replicaRegions: ['eu-central-1'] } }],
  [
    'an own management account',
    { organization: { ...Object(example.organization), managementAccount: '999999999999' } },
  ],
  ['an audit', { mode: 'audit' }],
];

const roleSchema = z.looseObject({ RoleName: z.unknown(), PermissionsBoundary: z.unknown() });

function rolesOf(template: Template | undefined) {
  const roles = Object.values(template?.findResources('AWS::IAM::Role') ?? {});
  return roles.map(({ Properties }) => roleSchema.parse(Properties));
}

describe.each(variants)('every role of every stack, in %s', (_, settings) => {
  const templates = synthesize({
    ...live,
    ...settings,
    rolePrefix: 'acme-keys',
    permissionsBoundary: 'acme-boundary',
  });
  const roles = [...templates.values()].flatMap(rolesOf);

  it('has the prefix and the boundary', () => {
    expect(roles.length).toBeGreaterThan(20);
    for (const { RoleName, PermissionsBoundary } of roles) {
      expect(RoleName).toMatch(/^acme-keys-[a-z0-9-]+$/);
      expect(JSON.stringify(PermissionsBoundary)).toContain(':policy/acme-boundary');
    }
  });

  it('has a name that is unique across all regions', () => {
    const central = [...templates]
      .filter(([name]) => name !== 'acme-keys-member')
      .flatMap(([, one]) => rolesOf(one));
    const names = central.map(({ RoleName }) => RoleName);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('the roles of a member account', () => {
  const namesIn = (settings: object) => {
    const { Resources } = z
      .object({
        Resources: z.record(z.string(), z.looseObject({ Type: z.string(), Properties: z.looseObject({}) })),
      })
      .parse(JSON.parse(memberTemplate(parseDeployment({ ...example, ...settings }))));
    return Object.values(Resources)
      .filter(({ Type }) => Type === 'AWS::IAM::Role')
      .map(({ Properties }) => Properties.RoleName);
  };

  it.each([
    ['in an audit: the one that reads', { mode: 'audit' }, ['keyturn-member-read']],
    ['live: also the one that changes', { mode: 'live' }, ['keyturn-member', 'keyturn-member-read']],
    [
      'in an audit after that, as long as a setting keeps it: both',
      { mode: 'audit', members: { writingRole: true } },
      ['keyturn-member', 'keyturn-member-read'],
    ],
  ])('are, %s', (_, settings, names) => {
    expect(namesIn(settings).toSorted()).toEqual(names);
  });

  it('include the one that changes keys, if anything may be changed', () => {
    const settings = { ...example, mode: 'live', members: { writingRole: false } };
    expect(() => parseDeployment(settings)).toThrow('members.writingRole: must not be false in mode "live"');
  });

  it('have a trust policy that IAM accepts, even with the longest names', () => {
    const longest = {
      ...live,
      region: 'us-gov-west-1',
      rolePrefix: 'k'.repeat(21),
      externalId: 'x'.repeat(64),
    };
    const { Resources } = z
      .object({ Resources: z.record(z.string(), z.looseObject({ Properties: z.looseObject({}) })) })
      .parse(JSON.parse(memberTemplate(parseDeployment(longest))));
    for (const { Properties } of Object.values(Resources)) {
      const trust = JSON.stringify(Properties.AssumeRolePolicyDocument ?? {});
      const text = trust.replaceAll(
        /\{"Fn::Join":\["",\["arn:",\{"Ref":"AWS::Partition"\},("[^"]*")\]\]\}/g,
        '"arn:aws-us-gov$1',
      );
      expect(text.length).toBeLessThan(2048);
    }
  });
});
