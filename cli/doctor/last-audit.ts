import * as z from 'zod';
import type { Deployment } from '../../infra/settings.ts';
import { objects } from '../../tasks/domain/sweeps/sweep.ts';
import { sweepMachineName } from '../../tasks/manifest.ts';
import type { AccessTo } from '../access.ts';
import { machineArn } from '../deployed.ts';
import { readReported, wholeSweeps } from '../reading/sweeps.ts';

/** What the checks need of a sweep's report, whichever version wrote it. */
const reportSchema = z.object({
  overview: z.object({
    totals: z.object({
      accounts: z.number(),
      surveyed: z.number(),
      failedAccounts: z.number(),
      exemptionsExpired: z.number().default(0),
    }),
    failed: z.array(z.object({ accountId: z.string(), name: z.string().default(''), because: z.string() })),
    problems: z.array(z.string()).default([]),
  }),
  warnings: z.array(z.string()).default([]),
});

export interface Audit extends z.output<typeof reportSchema> {
  readonly endedAt: Date;
}

interface Where {
  readonly deployment: Pick<Deployment, 'account' | 'region'>;
  readonly partition: string;
  readonly access: AccessTo;
}

/** The report of the last sweep that completed and whose input didn't narrow it. */
export async function readLastAudit({ deployment, partition, access }: Where): Promise<Audit | undefined> {
  const aws = access(deployment.region);
  const stateMachineArn = machineArn({ ...deployment, partition }, sweepMachineName);
  for await (const sweep of wholeSweeps(aws, stateMachineArn)) {
    const text = await readReported(aws, deployment.account, sweep, objects.report);
    return { ...reportSchema.parse(JSON.parse(text ?? '')), endedAt: sweep.endedAt };
  }
  return undefined;
}
