const links = {
  domain: 'keys.example.com',
  certificateArn: 'arn:aws:acm:eu-west-1:111111111111:certificate/0a1b2c3d',
  hostedZone: { id: 'Z1', name: 'example.com' },
};
const vpc = {
  subnetIds: ['subnet-0123456789abcdef0'],
  securityGroupIds: ['sg-0123456789abcdef0'],
  createEndpoints: { vpcId: 'vpc-0123456789abcdef0', routeTableIds: ['rtb-0123456789abcdef0'] },
};

/** The kinds of deployment: each setting that changes what is deployed, over the example's. */
export const variants: Readonly<Record<string, object>> = {
  audit: {},
  live: { mode: 'live', live: { include: ['222222222222'] } },
  central: { mode: 'live', storage: { where: 'central', readers: ['role/team-*'] } },
  replicas: { storage: { where: 'central', replicaRegions: ['eu-central-1', 'us-east-1'] } },
  'kept keys': {
    storage: {
      where: 'central',
      replicaRegions: ['eu-central-1'],
      keptKeys: {
        'eu-west-1': 'arn:aws:kms:eu-west-1:111111111111:key/0a1b2c3d-0000-4000-8000-000000000000',
        'eu-central-1': 'arn:aws:kms:eu-central-1:111111111111:key/mrk-0a1b2c3d00004000800000000000',
      },
    },
  },
  VPC: { vpc, sweep: { securityHub: true }, events: true },
  'own domain': {
    links,
    mail: {
      from: 'keyturn <keys@mail.example.com>',
      identity: 'example.com',
      operators: 'operators@example.com',
    },
  },
  boundary: { mode: 'live', permissionsBoundary: 'boundary' },
  prefix: { rolePrefix: 'standby' },
  'other management account': {
    organization: { id: 'o-exampleorgid', rootId: 'r-root', managementAccount: '999999999999' },
  },
  'listed accounts': {
    organization: undefined,
    mode: 'live',
    accounts: {
      list: [
        { id: '111111111111', name: 'Tools', email: 'aws@example.com' },
        { id: '222222222222', email: 'payments@example.com' },
      ],
    },
    storage: { where: 'central' },
  },
  canary: { mode: 'live', canary: true, permissionsBoundary: 'boundary' },
  GovCloud: { region: 'us-gov-west-1', mode: 'live' },
  "Health's own region": { region: 'us-west-2', concurrency: { surveys: 50, ownerPages: 5 } },
};
