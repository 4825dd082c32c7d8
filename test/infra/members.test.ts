import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { memberTemplate } from '../../infra/member-stack.ts';
import { parseDeployment } from '../../infra/settings.ts';
import { example, synthesize } from './synthesized.ts';

const organization = { id: 'o-exampleorgid', rootId: 'r-root', managementAccount: '999999999999' };
const unit = 'ou-root-product00';

describe('the StackSet of the member role', () => {
  it.each([
    ['nothing else is said', {}],
    ['units are audited', { accounts: { organizationalUnits: [unit] } }],
    ['one account is live', { mode: 'live', live: { include: ['222222222222'] } }],
    ['an account is excluded', { accounts: { exclude: ['222222222222'] } }],
  ])('goes to every account of the organization and to those that join, if %s', (_, settings) => {
    synthesize(settings)
      .get('keyturn')
      ?.hasResourceProperties('AWS::CloudFormation::StackSet', {
        AutoDeployment: { Enabled: true },
        StackInstancesGroup: [
          { DeploymentTargets: { OrganizationalUnitIds: ['r-root'] }, Regions: ['eu-west-1'] },
        ],
      });
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

  it('holds a template that a StackSet accepts: small, without assets or dependence on a bootstrap', () => {
    const template = memberTemplate(parseDeployment(example));
    expect(template.length).toBeLessThan(51_200);
    expect(z.record(z.string(), z.unknown()).parse(JSON.parse(template))).toEqual({
      Description: expect.any(String),
      Resources: expect.any(Object),
    });
  });
});

describe('the management account, which StackSets skip,', () => {
  it('has the role in a stack beside the central one, if they are one account', () => {
    expect([...synthesize().keys()].toSorted()).toEqual([
      'keyturn',
      'keyturn-leaks',
      'keyturn-leaks-backup',
      'keyturn-member',
    ]);
  });

  it('has it in a stack that is deployed with its own credentials, if they are not', () => {
    expect([...synthesize({ organization }).keys()].toSorted()).toEqual([
      'keyturn',
      'keyturn-leaks',
      'keyturn-leaks-backup',
      'keyturn-member',
    ]);
  });
});
