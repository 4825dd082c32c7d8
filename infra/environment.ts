import type { Grants } from '../tasks/manifest.ts';
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
  secretsKeyAlias,
} from './names.ts';
import type { Deployment } from './settings.ts';

/** A task's environment, as `tasks/settings.ts` reads it. Lambda leaves 4 KB for it, so lists go only where they are read. */
export function environmentOf(
  deployment: Deployment,
  linkBase: string,
  grants: Grants,
): Record<string, string> {
  const {
    mode,
    mail,
    organization,
    externalId = organization.id,
    storage,
    policy,
    accounts,
    brand,
  } = deployment;
  return {
    KEYTURN_MODE: mode,
    KEYTURN_MEMBER_ROLE: memberRoleName(deployment),
    KEYTURN_EXTERNAL_ID: externalId,
    KEYTURN_MAIL_FROM: mail.from,
    KEYTURN_OPERATORS: mail.operators ?? mail.from,
    KEYTURN_OWNER_TAG: mail.ownerTag,
    KEYTURN_LINK_BASE: linkBase,
    KEYTURN_LINK_KEY_SECRET: linkKeyName,
    KEYTURN_SECRET_PREFIX: secretPrefix,
    KEYTURN_ROTATION_MACHINE: `${machineArn(deployment, rotationMachineName)}:${aliasName}`,
    KEYTURN_POLICY: JSON.stringify(policy),
    KEYTURN_STORAGE: storage.where,
    ...(grants.organization === undefined ? {} : { KEYTURN_SCOPE: JSON.stringify(accounts) }),
    ...(grants.mails || grants.linkKey ? { KEYTURN_BRAND: JSON.stringify(brand) } : {}),
    ...(grants.mails
      ? { KEYTURN_MAIL_CONFIGURATION_SET: configurationSetName, ...readersEnvironment(deployment) }
      : {}),
    ...(grants.reports === undefined ? {} : sweepEnvironment(deployment)),
    ...(grants.secrets?.includes('secretsmanager:CreateSecret') ? secretsEnvironment(deployment) : {}),
  };
}

/** Who may read a user's secret; mails say so. */
const readersEnvironment = ({ storage }: Deployment): Record<string, string> => ({
  KEYTURN_SECRET_READERS: JSON.stringify(storage.readers),
  KEYTURN_SECRET_EXCLUSIVE: JSON.stringify(storage.exclusive),
});

function secretsEnvironment(deployment: Deployment): Record<string, string> {
  const { where, replicaRegions } = deployment.storage;
  return {
    // A key of ours is in the central account's regions; the members' secrets are under AWS's own.
    ...(where === 'central' ? { KEYTURN_SECRET_KMS_KEY: secretsKeyAlias } : {}),
    ...readersEnvironment(deployment),
    KEYTURN_PROVISION_ROLE: roleName(deployment, 'ProvisionNewKey'),
    KEYTURN_REPLICA_REGIONS: JSON.stringify(replicaRegions),
  };
}

function sweepEnvironment(deployment: Deployment): Record<string, string> {
  const { waves, survey, calendar, exemptGroup } = deployment.sweep;
  return {
    KEYTURN_REPORT_BUCKET: reportBucketName(deployment),
    KEYTURN_WAVES: JSON.stringify(waves),
    KEYTURN_SURVEY: JSON.stringify(survey),
    ...(calendar === undefined ? {} : { KEYTURN_CALENDAR: JSON.stringify(calendar) }),
    ...(exemptGroup === undefined ? {} : { KEYTURN_EXEMPT_GROUP: JSON.stringify(exemptGroup) }),
  };
}
