import { alarms, alarmsSubscribed } from './alarms.ts';
import { exemptions, lastAudit, optInRegion } from './audit.ts';
import { canary } from './canary.ts';
import type { Check } from './finding.ts';
import { concurrency, functions } from './functions.ts';
import { keyPolicies, linkKey, replicaRegions } from './keys.ts';
import { leakStacks } from './leaks.ts';
import { lease } from './lease.ts';
import { configurationSet, operatorsAddress, sandbox, sender } from './mail.ts';
import { memberRoles } from './member-roles.ts';
import { healthDelegation, organization, stackSetsAccess } from './organization.ts';
import { heartbeat, schedule } from './schedule.ts';
import { securityHub } from './security-hub.ts';
import { vpcEndpoints } from './vpc.ts';
import { writingRole } from './writing-role.ts';

/** Everything that doctor checks, in the order of the table. */
export const checks: readonly Check[] = [
  ...[organization, stackSetsAccess, memberRoles, optInRegion, writingRole],
  ...[functions, concurrency, schedule, heartbeat, lastAudit, exemptions],
  ...[sandbox, sender, configurationSet, operatorsAddress],
  ...[alarms, alarmsSubscribed, healthDelegation, leakStacks],
  ...[linkKey, keyPolicies, replicaRegions, canary, lease, securityHub, vpcEndpoints],
];
