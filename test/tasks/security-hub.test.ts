import 'aws-sdk-client-mock-vitest/extend';
import { BatchImportFindingsCommand, SecurityHubClient } from '@aws-sdk/client-securityhub';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { SecurityHub } from '../../tasks/aws/security-hub.ts';
import { now } from '../domain/uses.ts';
import { setUp } from './setting-up.ts';

const hub = mockClient(SecurityHubClient);
const { dependencies } = setUp();
const executionArn = 'arn:aws-us-gov:states:us-gov-west-1:999988887777:execution:sweep-organization:monday';
const findingOf = (number: number, changes: object = {}) => ({
  finding: {
    ...{ accountId: '222222222222', userName: `user-${number}`, control: 'keyAge' as const },
    ...{ description: 'x'.repeat(2000), createdAt: now, ...changes },
  },
  state: 'ACTIVE' as const,
});

describe('findings for Security Hub', () => {
  it('go in calls of at most 100, and those that are refused are named', async () => {
    hub.reset();
    const Id = 'keyturn/222222222222/user-7/keyAge';
    hub
      .on(BatchImportFindingsCommand)
      .resolvesOnce({ FailedFindings: [{ Id, ErrorCode: 'InvalidInput', ErrorMessage: 'why' }] })
      .resolves({ FailedFindings: [] });
    const all = Array.from({ length: 250 }, (_, number) => findingOf(number));
    const refused = await new SecurityHub(dependencies, executionArn).import(all);
    expect([...refused]).toEqual([[Id, 'InvalidInput: why']]);
    const sizes = hub
      .commandCalls(BatchImportFindingsCommand)
      .map(({ args }) => args[0].input.Findings?.length);
    expect(sizes).toEqual([100, 100, 50]);
  });

  it('are of keyturn’s own account, and name the user’s', async () => {
    hub.reset();
    hub.on(BatchImportFindingsCommand).resolves({ FailedFindings: [] });
    const root = { userName: '<root_account>', control: 'noRootKey' as const };
    await new SecurityHub(dependencies, executionArn).import([
      findingOf(1, { userPath: '/team/' }),
      findingOf(2, root),
    ]);
    const [user, account] = hub.commandCalls(BatchImportFindingsCommand)[0]?.args[0].input.Findings ?? [];
    const product = 'arn:aws-us-gov:securityhub:us-gov-west-1:999988887777:product/999988887777/default';
    expect(user).toMatchObject({
      ...{ AwsAccountId: '999988887777', ProductArn: product, GeneratorId: 'keyturn/keyAge' },
      Resources: [{ Type: 'AwsIamUser', Id: 'arn:aws-us-gov:iam::222222222222:user/team/user-1' }],
      Severity: { Label: 'MEDIUM' },
      Compliance: {
        RelatedRequirements: expect.arrayContaining([
          'CIS AWS Foundations Benchmark v5.0.0/1.13',
          'NIST.800-53.r5 AC-2(1)',
          'PCI DSS v4.0.1/8.3.9',
        ]),
      },
    });
    expect(user?.Description).toHaveLength(1024);
    expect(account).toMatchObject({
      Resources: [{ Type: 'AwsAccount', Id: 'AWS::::Account:222222222222' }],
      Severity: { Label: 'CRITICAL' },
    });
  });
});
