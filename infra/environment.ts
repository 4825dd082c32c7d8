import { createHash } from 'node:crypto';
import { type Canary, mostDaysOf } from '../tasks/domain/canary.ts';
import { addressOf, readSender, writeSender } from '../tasks/domain/settings/sender.ts';
import { type FileSettings, parseFileSettings } from '../tasks/domain/settings/told.ts';
import { useCanaryKey } from '../tasks/manifest.ts';
import { environmentFrom, fileFrom } from '../tasks/settings.ts';
import {
  aliasName,
  canaryName,
  configurationSetName,
  functionName,
  leaseBucketName,
  linkKeyName,
  machineArn,
  memberRoleName,
  reportBucketName,
  roleName,
  rotationMachineName,
  secretPrefix,
  secretsKeyAliasOf,
} from './names.ts';
import { externalIdOf } from './reach.ts';
import { partitionOf } from './regions.ts';
import type { Deployment } from './settings.ts';

/** The settings that functions are given. */
const toldNames = [
  ...(['account', 'region', 'rolePrefix', 'organization', 'externalId', 'accounts', 'live', 'leak'] as const),
  ...(['policy', 'storage', 'mail', 'brand', 'sweep', 'events', 'records', 'cloudTrail'] as const),
  'runbookUrl',
] as const satisfies readonly (keyof Deployment)[];
/** A description has no room for the last three; `doctor` sees by other means what they are. */
export type Told = Pick<Deployment, (typeof toldNames)[number] | 'canary' | 'schedule' | 'standby'>;

/** A function's environment variables; the API's address is known only once it is created. */
export const environmentOf = (deployment: Deployment, linkBase: string): Record<string, string> =>
  environmentFrom({ mode: deployment.mode, linkBase, reportBucket: reportBucketName(deployment) });

/** The file of settings that is deployed beside each function's code; the same for all of them. */
export const settingsFileOf = (deployment: Told): string => fileFrom(fileSettingsOf(deployment));

/** A deployment's settings as the tasks name them. */
function fileSettingsOf(deployment: Told): FileSettings {
  const { region, mail, storage, policy, live, brand, sweep, events } = deployment;
  const { list, ...scope } = deployment.accounts;
  const machine = machineArn(deployment, rotationMachineName, partitionOf(region));
  return parseFileSettings({
    region,
    memberRole: memberRoleName(deployment),
    externalId: externalIdOf(deployment),
    mailFrom: writeSender({ name: brand.name, ...readSender(mail.from) }),
    operators: mail.operators ?? addressOf(mail.from),
    mailConfigurationSet: configurationSetName,
    ownerTag: mail.ownerTag,
    ownersFrom: mail.ownersFrom,
    linkKeySecret: linkKeyName,
    secretPrefix,
    rotationMachine: `${machine}:${aliasName}`,
    policy,
    storage: storage.where,
    // Our own key is in the central account's regions; members' secrets are encrypted with AWS's own key.
    secretKmsKey: storage.where === 'central' ? secretsKeyAliasOf(deployment) : undefined,
    secretReaders: storage.readers,
    secretExclusive: storage.exclusive,
    secretShape: storage.shape,
    adopts: storage.adopts,
    provisionRole: roleName(deployment, 'ProvisionNewKey'),
    replicaRegions: storage.replicaRegions,
    goneUsers: storage.goneUsers,
    leakWithoutReplacement: deployment.leak.withoutReplacement,
    brand,
    runbookUrl: deployment.runbookUrl,
    events,
    records: deployment.records,
    cloudTrail: deployment.cloudTrail,
    canary: canaryOf(deployment),
    lease: leasePlaceOf(deployment),
    useFunction: functionName('CheckUse'),
    accountList: list,
    scope,
    live: live ?? scope,
    ...sweep,
  });
}

/** Where the lease is; undefined if this is the only region. */
export const leasePlaceOf = ({
  account,
  standby,
}: Pick<Told, 'account' | 'standby'>): FileSettings['lease'] =>
  standby && { account, region: standby.region, bucket: leaseBucketName(account, standby.region) };

const canaryOf = (deployment: Told): Canary | undefined =>
  deployment.canary
    ? {
        userName: canaryName(deployment),
        role: roleName(deployment, useCanaryKey.name),
        mostDays: mostDaysOf(deployment.schedule.absentAfterDays),
      }
    : undefined;

/**
 * A function's description on AWS. Contains a short fingerprint of each setting, from which `doctor` determines what
 * was deployed: the file itself can't be read without downloading the code.
 */
export const descriptionOf = (name: string, deployment: Told): string =>
  `keyturn: ${name}. Settings: ${toldNames.map((one) => `${one}:${fingerprintOf(deployment[one])}`).join(' ')}`;

/** Three characters, because a description has room for 256. */
const fingerprintOf = (value: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify(value) ?? '')
    .digest()
    .readUInt16BE()
    .toString(36)
    .padStart(3, '0')
    .slice(-3);

/** The settings whose fingerprints differ between two descriptions. */
export function settingsThatDiffer(one: string, other: string): string[] {
  const parts = (description: string) => new Set(description.split('Settings: ')[1]?.split(' '));
  const [here, there] = [parts(one), parts(other)];
  const different = [...here].filter((part) => !there.has(part)).map((part) => part.split(':')[0] ?? '');
  return [...new Set(different)];
}
