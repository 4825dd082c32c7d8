import { addressOf, readSender, writeSender } from '../tasks/domain/sender.ts';
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
  rotationMachineName,
  secretPrefix,
  secretsKeyAliasOf,
} from './names.ts';
import type { Deployment } from './settings.ts';

/** A task's environment, as `tasks/settings.ts` reads it, with the settings that its row calls for. */
export function environmentOf(
  deployment: Deployment,
  linkBase: string,
  row: Pick<FunctionRow, 'grants'>,
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
    // A key of ours is in the central account's regions; other accounts have none.
    ...(storage.where === 'central' ? { secretKmsKey: secretsKeyAliasOf(deployment) } : {}),
    secretReaders: storage.readers,
    replicaRegions: storage.replicaRegions,
    brand,
    scope: accounts,
    live: live ?? accounts,
    reportBucket: reportBucketName(deployment),
    ...sweep,
  };
}
