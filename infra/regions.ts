import { RegionInfo } from 'aws-cdk-lib/region-info';

/** By partition: AWS Health sends each event to the first region, and again to the second. */
const healthRegions = {
  aws: ['us-east-1', 'us-west-2'],
  'aws-us-gov': ['us-gov-west-1', 'us-gov-east-1'],
} as const satisfies Readonly<Record<string, readonly [string, string]>>;

export type Partition = keyof typeof healthRegions;

/** Whether the CDK's own table knows it, opt-in regions and other partitions included. */
export const isRegion = (name: string): boolean => RegionInfo.regions.some((region) => region.name === name);

export const partitionOf = (region: string): string => RegionInfo.get(region).partition ?? 'unknown';

export const isPartition = (name: string): name is Partition => Object.hasOwn(healthRegions, name);

/** An account has to enable it. Until then it can't be used from there, and doesn't accept the account's keys. */
export const isOptIn = (region: string): boolean => RegionInfo.get(region).isOptInRegion;

/**
 * IAM is global, so AWS Health reports its keys in one region of each partition, and in a second one as a backup.
 * @throws {RangeError} for a partition that the settings refuse
 */
export function healthRegionsOf(region: string): readonly [main: string, backup: string] {
  const partition = partitionOf(region);
  if (isPartition(partition)) return healthRegions[partition];
  throw new RangeError(`${region} is in ${partition}, which keyturn doesn't know`);
}

/** The regions in which SES sends mail, as the service's endpoints are listed. */
const sendingRegions: ReadonlySet<string> = new Set([
  ...['us-east-1', 'us-east-2', 'us-west-1', 'us-west-2', 'ca-central-1', 'ca-west-1', 'sa-east-1'],
  ...['eu-central-1', 'eu-central-2', 'eu-north-1', 'eu-south-1', 'eu-west-1', 'eu-west-2', 'eu-west-3'],
  ...['ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3', 'ap-south-1', 'ap-south-2'],
  ...['ap-southeast-1', 'ap-southeast-2', 'ap-southeast-3', 'ap-southeast-5'],
  ...['af-south-1', 'il-central-1', 'me-central-1', 'me-south-1'],
  ...['us-gov-east-1', 'us-gov-west-1'],
]);

export const sendsMail = (region: string): boolean => sendingRegions.has(region);
