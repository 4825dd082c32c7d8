import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { memberTemplate } from '../../infra/member-stack.ts';
import { targetsOf } from '../../infra/members.ts';
import { parseDeployment } from '../../infra/settings.ts';
import { example, synthesize } from './synthesized.ts';

const organization = { id: 'o-exampleorgid', rootId: 'r-root', managementAccount: '999999999999' };
const targets = (accounts: object) => targetsOf(parseDeployment({ ...example, accounts }));
const unit = 'ou-root-product00';

describe('the StackSet of the member role', () => {
  it.each([
    ['the whole organization', {}, [{ organizationalUnitIds: ['r-root'] }]],
    ['a unit', { organizationalUnits: [unit] }, [{ organizationalUnitIds: [unit] }]],
    [
      'all but one account',
      { exclude: ['222222222222'] },
      [{ organizationalUnitIds: ['r-root'], accountFilterType: 'DIFFERENCE', accounts: ['222222222222'] }],
    ],
    [
      'one account',
      { include: ['222222222222'] },
      [{ organizationalUnitIds: ['r-root'], accountFilterType: 'INTERSECTION', accounts: ['222222222222'] }],
    ],
    [
      'a unit without one account, and another from elsewhere',
      { organizationalUnits: [unit], include: ['333333333333', '222222222222'], exclude: ['222222222222'] },
      [
        { organizationalUnitIds: [unit], accountFilterType: 'DIFFERENCE', accounts: ['222222222222'] },
        { organizationalUnitIds: ['r-root'], accountFilterType: 'INTERSECTION', accounts: ['333333333333'] },
      ],
    ],
  ])('goes to %s', (_, accounts, expected) => {
    expect(targets(accounts)).toEqual(expected);
  });

  it('is managed by the service, follows accounts that join, and is called from a delegated administrator', () => {
    synthesize({ organization })
      .get('keyturn')
      ?.hasResourceProperties('AWS::CloudFormation::StackSet', {
        PermissionModel: 'SERVICE_MANAGED',
        CallAs: 'DELEGATED_ADMIN',
        AutoDeployment: { Enabled: true, RetainStacksOnAccountRemoval: false },
      });
  });

  it('holds a template that a StackSet takes: small, without assets or what a bootstrap would bring', () => {
    const template = memberTemplate(parseDeployment(example));
    expect(template.length).toBeLessThan(51_200);
    expect(z.record(z.string(), z.unknown()).parse(JSON.parse(template))).toEqual({
      Description: expect.any(String),
      Resources: expect.any(Object),
    });
  });
});

describe('the management account, which StackSets leave out', () => {
  it('has the role in a stack beside the central one, where they are one account', () => {
    expect([...synthesize().keys()].toSorted()).toEqual(['keyturn', 'keyturn-leaks', 'keyturn-member']);
  });

  it('has it in a stack that is deployed with its own credentials, where they are not', () => {
    expect([...synthesize({ organization }).keys()].toSorted()).toEqual([
      'keyturn',
      'keyturn-leaks',
      'keyturn-member',
    ]);
  });
});
