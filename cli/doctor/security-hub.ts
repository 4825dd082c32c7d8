import { DescribeHubCommand, SecurityHubClient } from '@aws-sdk/client-securityhub';
import { type Check, fail, ifThere, ok } from './finding.ts';

/** Findings need Security Hub to be enabled in keyturn's account and region. */
export const securityHub: Check = {
  name: 'Security Hub',
  applies: ({ sweep }) => sweep.securityHub,
  look: async ({ deployment, access }) => {
    const client = new SecurityHubClient(access(deployment.region));
    const found = await ifThere(
      client.send(new DescribeHubCommand({})),
      'InvalidAccessException',
      'ResourceNotFoundException',
    );
    return found === undefined
      ? fail(
          `It isn’t enabled in ${deployment.region}: no finding arrives.`,
          `aws securityhub enable-security-hub --no-enable-default-standards --region ${deployment.region}`,
        )
      : ok(`enabled in ${deployment.region}`);
  },
};
