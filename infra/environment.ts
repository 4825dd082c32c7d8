import { addressOf, readSender, writeSender } from '../tasks/domain/asking/sender.ts';
import { settingsFor } from '../tasks/environment.ts';
import type { FunctionRow } from '../tasks/manifest.ts';
import { environmentFrom, type SettingsInput } from '../tasks/settings.ts';
import {
  aliasName,
  configurationSetName,
  linkKeyName,
  machineArn,
  memberRoleName,
  reportBucketName,
  roleName,
  rotationMachineName,
  secretPrefix,
  secretsKeyAliasOf,
} from './names.ts';
import type { Deployment } from './settings.ts';

/** A task's environment, as `tasks/settings.ts` reads it, with the settings that its row calls for. */
export function environmentOf(
  deployment: Deployment,
  linkBase: string,
  row: Pick<FunctionRow, 'does'>,
): Record<string, string> {
  return environmentFrom(settingsFor(row, settingsOf(deployment, linkBase)));
}

/** A deployment's settings as the tasks name them. The region isn't among them: Lambda says it itself. */
function settingsOf(deployment: Deployment, linkBase: string): Partial<SettingsInput> {
  const { mode, mail, organization, storage, policy, accounts, live, brand, sweep } = deployment;
  return {
    mode,
    memberRole: memberRoleName(deployment),
    externalId: deployment.externalId ?? organization.id,
    mailFrom: writeSender(readSender(mail.from)),
    operators: mail.operators ?? addressOf(mail.from),
    mailConfigurationSet: configurationSetName,
    ownerTag: mail.ownerTag,
    linkBase,
    linkKeySecret: linkKeyName,
    secretPrefix,
    rotationMachine: `${machineArn(deployment, rotationMachineName)}:${aliasName}`,
    policy,
    storage: storage.where,
    ...secretsOf(deployment),
    leakWithoutReplacement: deployment.leak.withoutReplacement,
    brand,
    scope: accounts,
    live: live ?? accounts,
    reportBucket: reportBucketName(deployment),
    ...sweep,
  };
}

/** How secrets are made. A key of ours is in the central account's regions; the members' are under AWS's own. */
const secretsOf = (deployment: Deployment): Partial<SettingsInput> => ({
  ...(deployment.storage.where === 'central' ? { secretKmsKey: secretsKeyAliasOf(deployment) } : {}),
  secretReaders: deployment.storage.readers,
  secretExclusive: deployment.storage.exclusive,
  provisionRole: roleName(deployment, 'ProvisionNewKey'),
  replicaRegions: deployment.storage.replicaRegions,
});
