import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { centralVerbs, reportVerbs, type Verb } from '../tasks/domain/verbs.ts';
import { actionsAmong, allow } from './allow.ts';
import { guessObjects, questionObjects, reportBucketArn, sweepObjects } from './names.ts';
import type { Deployment } from './settings.ts';

/** The key that the bucket's objects are encrypted with. */
interface BucketKey {
  readonly dataKeyArn: string;
}

/** What a task may do in the report bucket: each kind of object has a prefix of its own. */
export const bucketStatements = (
  does: readonly Verb[],
  deployment: Deployment,
  granted: BucketKey,
): PolicyStatement[] => [
  ...reportStatements(does, deployment, granted),
  ...(does.includes('countGuess') ? countsGuesses(deployment, granted) : []),
  ...(does.includes('shareQuestions') ? sharesQuestions(deployment, granted) : []),
];

function reportStatements(
  does: readonly Verb[],
  deployment: Deployment,
  granted: BucketKey,
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
    ...objectsKey('ReportsKey', onKey, deployment, granted),
  ];
}

const countsGuesses = (deployment: Deployment, granted: BucketKey): PolicyStatement[] => [
  ...allow('Guesses', centralVerbs.countGuess, guessObjects(deployment)),
  ...objectsKey('GuessesKey', ['kms:GenerateDataKey'], deployment, granted),
];

const sharesQuestions = (deployment: Deployment, granted: BucketKey): PolicyStatement[] => [
  ...allow('Questions', centralVerbs.shareQuestions, questionObjects(deployment)),
  ...objectsKey('QuestionsKey', ['kms:Decrypt', 'kms:GenerateDataKey'], deployment, granted),
];

/** The key that the bucket's objects are encrypted with. */
const objectsKey = (
  sid: string,
  actions: readonly string[],
  { region }: Deployment,
  { dataKeyArn }: BucketKey,
): PolicyStatement[] =>
  allow(sid, actions, dataKeyArn, { StringEquals: { 'kms:ViaService': `s3.${region}.amazonaws.com` } });
