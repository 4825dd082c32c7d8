import { describe, expect, inject, it } from 'vitest';
import { endpointsOf, outsideHosts } from '../../infra/endpoints.ts';
import { endpointServiceSchema } from '../../tasks/domain/settings/vpc.ts';
import { actionsOf } from './used.ts';

const everything = {
  ...{ region: 'eu-west-1', events: true, canary: true, cloudTrail: true, sweep: { securityHub: true } },
  organization: { id: 'o-abcd123456', rootId: 'r-ab12', managementAccount: '111111111111' },
};
const listed = { ...everything, organization: undefined, cloudTrail: false };

/** What Lambda calls in a function's role's name, from outside of the VPC. */
const byLambda = new Set(['logs', 'xray', 'sqs', 'ec2']);

describe('VPC endpoints', () => {
  it('are for everything that any role allows a function to call', () => {
    const { policies } = inject('deployed').member;
    const actions = policies.flatMap(([, documents]) => documents.flatMap(actionsOf));
    const called = new Set(actions.map((action) => action.split(':')[0] ?? ''));
    const services = [...called].filter((service) => !byLambda.has(service));
    const endpoints = endpointsOf(everything).map(({ service }) => service);
    expect(services.map((service) => (service === 'ses' ? 'email' : service)).toSorted()).toEqual(endpoints);
    expect(endpoints).toEqual([...endpointServiceSchema.options].toSorted());
  });

  it('depend on the settings', () => {
    const services = endpointsOf({ ...listed, events: false, sweep: { securityHub: false } }).map(
      ({ service }) => service,
    );
    for (const service of ['account', 'organizations', 'cloudtrail', 'events', 'securityhub'])
      expect(services).not.toContain(service);
  });

  it.each([
    ['eu-west-1', ['account', 'organizations', 'sts'], 'us-east-1'],
    ['us-gov-east-1', ['account', 'organizations', 'sts'], 'us-gov-west-1'],
    ['us-east-1', [], 'us-east-1'],
    ['us-gov-west-1', [], 'us-gov-west-1'],
  ])('lead from %s to all but %j in %s', (region, services, home) => {
    const outside = outsideHosts({ ...everything, cloudTrail: false, region });
    expect(outside.map(({ host }) => host)).toEqual(
      services.map((service) => `${service}.${home}.amazonaws.com`),
    );
  });

  it('for IAM are in the region that hosts it, which other regions can reach', () => {
    const iam = endpointsOf(everything).find(({ service }) => service === 'iam');
    expect(iam).toMatchObject({ name: 'com.amazonaws.iam', region: 'us-east-1', possible: true });
  });
});
