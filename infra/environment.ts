import type { Grants } from '../tasks/manifest.ts';
import {
  aliasName,
  configurationSetName,
  linkKeyName,
  machineArn,
  memberRoleName,
  reportBucketName,
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
    ...(grants.mails ? { KEYTURN_MAIL_CONFIGURATION_SET: configurationSetName } : {}),
    ...(grants.reports === undefined ? {} : sweepEnvironment(deployment)),
    ...(grants.secrets?.includes('secretsmanager:CreateSecret') ? secretsEnvironment(deployment) : {}),
  };
}

function secretsEnvironment({ storage }: Deployment): Record<string, string> {
  // A key of ours is in the central account's regions; the members' secrets never leave their account.
  if (storage.where === 'member') return {};
  return {
    KEYTURN_SECRET_KMS_KEY: secretsKeyAlias,
    KEYTURN_SECRET_READERS: JSON.stringify(storage.readers),
    KEYTURN_REPLICA_REGIONS: JSON.stringify(storage.replicaRegions),
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
