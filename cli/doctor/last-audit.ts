import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DescribeExecutionCommand, paginateListExecutions, SFNClient } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import type { Deployment } from '../../infra/settings.ts';
import { objects } from '../../tasks/domain/sweeps/sweep.ts';
import { sweepMachineName } from '../../tasks/manifest.ts';
import type { Access, AccessTo } from '../access.ts';

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

const outputSchema = z.object({ report: z.string() });
const requestSchema = z.record(z.string(), z.unknown());
/** The fields of a sweep's input that narrow it. */
const narrowing = ['accounts', 'organizationalUnits', 'users'];

interface Where {
  readonly deployment: Pick<Deployment, 'account' | 'region'>;
  readonly partition: string;
  readonly access: AccessTo;
}

/** How many sweeps are searched for one of the whole scope. */
const mostLookedThrough = 20;

/**
 * The report of the last sweep that completed and whose input didn't narrow it. Step Functions keeps its record of a
 * sweep for 90 days.
 */
export async function readLastAudit({
  deployment: { account, region },
  partition,
  access,
}: Where): Promise<Audit | undefined> {
  const client = new SFNClient(access(region));
  const stateMachineArn = `arn:${partition}:states:${region}:${account}:stateMachine:${sweepMachineName}`;
  const request = { stateMachineArn, statusFilter: 'SUCCEEDED' } as const;
  let left = mostLookedThrough;
  for await (const { executions = [] } of paginateListExecutions({ client, pageSize: left }, request)) {
    for (const { executionArn } of executions) {
      if (left-- <= 0) return undefined;
      const { input, output, stopDate } = await client.send(new DescribeExecutionCommand({ executionArn }));
      if (stopDate === undefined || isNarrowed(input)) continue;
      const { report } = outputSchema.parse(JSON.parse(output ?? '{}'));
      return { ...(await readReport(report, account, access(region))), endedAt: stopDate };
    }
  }
  return undefined;
}

function isNarrowed(input = '{}'): boolean {
  const request = requestSchema.parse(JSON.parse(input));
  return narrowing.some((name) => request[name] !== undefined);
}

async function readReport(pageUrl: string, owner: string, access: Access) {
  const { bucket, prefix } =
    /^s3:\/\/(?<bucket>[^/]+)\/(?<prefix>.+\/)index\.html$/.exec(pageUrl)?.groups ?? {};
  if (bucket === undefined || prefix === undefined) throw new Error(`${pageUrl} isn’t a sweep’s report`);
  const object = { Bucket: bucket, Key: `${prefix}${objects.report}`, ExpectedBucketOwner: owner };
  const { Body } = await new S3Client(access).send(new GetObjectCommand(object));
  return reportSchema.parse(JSON.parse((await Body?.transformToString()) ?? ''));
}
