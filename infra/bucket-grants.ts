import { Aws } from 'aws-cdk-lib';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { leaseKey } from '../tasks/domain/lease.ts';
import { centralVerbs, reportVerbs, type Verb } from '../tasks/domain/verbs.ts';
import type { FunctionRow } from '../tasks/manifest.ts';
import {
  guessObjects,
  leaseBucketName,
  questionObjects,
  recordObjects,
  reportBucketArn,
  sweepObjects,
} from './names.ts';
import type { Deployment } from './settings.ts';
import { actionsAmong, allow } from './statements.ts';

interface BucketKey {
  readonly dataKeyArn: string;
}

/** What a task may do in the report bucket, in each prefix by itself. */
export function bucketStatementsOf(
  { does }: Pick<FunctionRow, 'does'>,
  deployment: Deployment,
  granted: BucketKey,
): PolicyStatement[] {
  const may = (verb: Verb): boolean => does.includes(verb);
  return [
    ...reportStatements(does, deployment, granted),
    ...(may('readRecord') ? readsRecords(deployment, granted) : []),
    ...(may('writeRecord')
      ? writesBelow('Records', recordActions(deployment), recordObjects, deployment, granted)
      : []),
    ...(may('countGuess')
      ? writesBelow('Guesses', centralVerbs.countGuess, guessObjects, deployment, granted)
      : []),
    ...leaseStatements(does, deployment),
    ...(may('shareQuestions') ? sharesQuestions(deployment, granted) : []),
  ];
}

function reportStatements(
  does: readonly Verb[],
  deployment: Deployment,
  { dataKeyArn }: BucketKey,
): PolicyStatement[] {
  const onKey = [
    ...(does.includes('readReport') ? ['kms:Decrypt'] : []),
    ...(does.includes('writeReport') ? ['kms:GenerateDataKey'] : []),
  ];
  return [
    ...allow(
      'Reports',
      actionsAmong(reportVerbs, does, 'readReport', 'writeReport'),
      sweepObjects(deployment),
    ),
    ...allow('MissingReports', actionsAmong(reportVerbs, does, 'findReport'), reportBucketArn(deployment)),
    ...allow('ReportsKey', onKey, dataKeyArn, throughS3(deployment)),
  ];
}

const throughS3 = ({ region }: Deployment) => ({
  StringEquals: { 'kms:ViaService': `s3.${region}.amazonaws.com` },
});

/** Writes objects under a prefix of their own in the report bucket. */
const writesBelow = (
  sid: string,
  actions: readonly string[],
  objects: (where: Deployment) => string,
  deployment: Deployment,
  { dataKeyArn }: BucketKey,
): PolicyStatement[] => [
  ...allow(sid, actions, objects(deployment)),
  ...allow(`${sid}Key`, ['kms:GenerateDataKey'], dataKeyArn, throughS3(deployment)),
];

const readsRecords = (deployment: Deployment, { dataKeyArn }: BucketKey): PolicyStatement[] => [
  ...allow('ReadRecords', centralVerbs.readRecord, recordObjects(deployment)),
  ...allow('ReadRecordsKey', ['kms:Decrypt'], dataKeyArn, throughS3(deployment)),
];

/** The lease that two regions share, in a bucket of its own without a key of ours: the other region reads it too. */
function leaseStatements(does: readonly Verb[], { account, standby }: Deployment): PolicyStatement[] {
  if (standby === undefined) return [];
  const { readLease, findLease, writeLease } = centralVerbs;
  const bucket = `arn:${Aws.PARTITION}:s3:::${leaseBucketName(account, standby.region)}`;
  return [
    ...allow(
      'Lease',
      actionsAmong({ readLease, writeLease }, does, 'readLease', 'writeLease'),
      `${bucket}/${leaseKey}`,
    ),
    ...allow('FindLease', actionsAmong({ findLease }, does, 'findLease'), bucket),
  ];
}

const sharesQuestions = (deployment: Deployment, { dataKeyArn }: BucketKey): PolicyStatement[] => [
  ...allow('Questions', centralVerbs.shareQuestions, questionObjects(deployment)),
  ...allow('QuestionsKey', ['kms:Decrypt', 'kms:GenerateDataKey'], dataKeyArn, throughS3(deployment)),
];

/** A locked object is written with its retention, which is an action of its own. */
const recordActions = ({ records }: Deployment): readonly string[] =>
  records.lock === 'none' ? centralVerbs.writeRecord : [...centralVerbs.writeRecord, 's3:PutObjectRetention'];
