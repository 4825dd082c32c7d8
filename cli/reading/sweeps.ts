import { GetObjectCommand, NoSuchKey, S3Client } from '@aws-sdk/client-s3';
import { DescribeExecutionCommand, paginateListExecutions, SFNClient } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { fromJson } from '../../tasks/domain/json.ts';
import type { Access } from '../access.ts';

/** A sweep that completed, and where its report is. */
export interface ReportedSweep {
  readonly executionArn: string;
  readonly startedAt: Date;
  readonly endedAt: Date;
  readonly bucket: string;
  /** Ends in a slash. */
  readonly prefix: string;
}

const outputSchema = z.object({ report: z.string() });
const requestSchema = z.record(z.string(), z.unknown());
/** The fields of a sweep's input that narrow it. */
const narrowing = ['accounts', 'organizationalUnits', 'users'];

/** How many sweeps are searched for those of the whole scope. */
const mostLookedThrough = 20;

/**
 * The sweeps that completed and whose input didn't narrow them, the newest first. Step Functions keeps its record of a
 * sweep for 90 days.
 */
export async function* wholeSweeps(aws: Access, stateMachineArn: string): AsyncGenerator<ReportedSweep> {
  for await (const { input, ...sweep } of completedSweeps(aws, stateMachineArn))
    if (!isNarrowed(input)) yield sweep;
}

/** The bucket that reports and records are in, as the latest sweep that completed names it. */
export async function reportBucket(aws: Access, stateMachineArn: string): Promise<string | undefined> {
  for await (const { bucket } of completedSweeps(aws, stateMachineArn)) return bucket;
  return undefined;
}

async function* completedSweeps(
  aws: Access,
  stateMachineArn: string,
): AsyncGenerator<ReportedSweep & { readonly input: string | undefined }> {
  const client = new SFNClient(aws);
  const request = { stateMachineArn, statusFilter: 'SUCCEEDED' } as const;
  let left = mostLookedThrough;
  for await (const { executions = [] } of paginateListExecutions({ client, pageSize: left }, request)) {
    for (const { executionArn } of executions) {
      if (left-- <= 0) return;
      const { input, output, startDate, stopDate } = await client.send(
        new DescribeExecutionCommand({ executionArn }),
      );
      const place = placeOf(output);
      if (startDate === undefined || stopDate === undefined || place === undefined) continue;
      yield { executionArn: executionArn ?? '', startedAt: startDate, endedAt: stopDate, ...place, input };
    }
  }
}

function isNarrowed(input: string | undefined): boolean {
  const request = requestSchema.safeParse(fromJson(input)).data ?? {};
  return narrowing.some((name) => request[name] !== undefined);
}

function placeOf(output: string | undefined): Pick<ReportedSweep, 'bucket' | 'prefix'> | undefined {
  const { report = '' } = outputSchema.safeParse(fromJson(output)).data ?? {};
  const { bucket, prefix } =
    /^s3:\/\/(?<bucket>[^/]+)\/(?<prefix>.+\/)index\.html$/.exec(report)?.groups ?? {};
  return bucket === undefined || prefix === undefined ? undefined : { bucket, prefix };
}

/**
 * One object of a sweep's report; undefined if there is none of that name.
 * @param owner the account that must own the bucket
 */
export async function readReported(
  aws: Access,
  owner: string,
  { bucket, prefix }: Pick<ReportedSweep, 'bucket' | 'prefix'>,
  name: string,
): Promise<string | undefined> {
  const object = { Bucket: bucket, Key: `${prefix}${name}`, ExpectedBucketOwner: owner };
  try {
    const { Body } = await new S3Client(aws).send(new GetObjectCommand(object));
    return await Body?.transformToString();
  } catch (error) {
    if (error instanceof NoSuchKey) return undefined;
    throw error;
  }
}
