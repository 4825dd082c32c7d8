import { defined } from '../../tasks/domain/defined.ts';
import type { Account, Model } from './iam/account.ts';
import type { InMemoryAwsOptions } from './options.ts';

/** What the services share. Without options it is AWS at its usual pace. */
export const modelOf = (options: InMemoryAwsOptions, accounts: Map<string, Account>): Model => ({
  now: () => options.clock.now(),
  random: options.random,
  region: options.region,
  partition: options.partition ?? 'aws',
  centralAccountId: options.centralAccountId,
  ...defined({ statesKmsKeyId: options.statesKmsKeyId }),
  accounts,
  propagationSeconds: options.propagationSeconds ?? 8,
  statusLagSeconds: options.statusLagSeconds ?? 0,
  lastUsedLagMinutes: options.lastUsedLagMinutes ?? 15,
  credentialReportSeconds: options.credentialReportSeconds ?? 5,
});
