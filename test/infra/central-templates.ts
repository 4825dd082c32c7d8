import type { Template } from 'aws-cdk-lib/assertions';
import * as z from 'zod';
import { settingsFileOf } from '../../infra/environment.ts';
import { parseDeployment } from '../../infra/settings.ts';
import { example, synthesize } from './synthesized.ts';

export const everything = {
  accounts: {
    organizationalUnits: ['ou-ab12-product0'],
    include: ['333333333333'],
    exclude: ['444444444444'],
  },
  storage: { where: 'central', readers: ['role/team-*'], replicaRegions: ['eu-central-1'] },
  links: {
    domain: 'keys.example.com',
    certificateArn: 'arn:aws:acm:eu-west-1:111111111111:certificate/0',
    hostedZone: { id: 'Z1', name: 'example.com' },
  },
  vpc: {
    subnetIds: ['subnet-0123456789abcdef0'],
    securityGroupIds: ['sg-0123456789abcdef0'],
    createEndpoints: {
      ...{ vpcId: 'vpc-0123456789abcdef0', routeTableIds: ['rtb-0123456789abcdef0'] },
      except: ['sts'],
    },
  },
  permissionsBoundary: 'boundary',
  records: { keepDays: 2557, lock: 'compliance' },
  rolePrefix: 'standby',
};

export const stackOf = (templates: ReadonlyMap<string, Template>, name = 'keyturn'): Template => {
  const template = templates.get(name);
  if (template === undefined) throw new Error(`no stack ${name}: ${[...templates.keys()].join()}`);
  return template;
};

export const least = synthesize();
export const most = synthesize(everything);
export const central = stackOf(least);
export const full = stackOf(most);
/** The file of settings beside each function's code. */
export const fileOf = (settings: object): Record<string, unknown> =>
  z.looseObject({}).parse(JSON.parse(settingsFileOf(parseDeployment({ ...example, ...settings }))));

export const propertiesSchema = z.looseObject({ Properties: z.looseObject({}).default({}) });
/** The properties of every resource of that type. */
export const all = (template: Template, type: string): Record<string, unknown>[] =>
  Object.values(template.findResources(type)).map((resource) => propertiesSchema.parse(resource).Properties);
