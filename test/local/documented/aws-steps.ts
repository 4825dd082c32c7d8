import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import type { DocumentedShell } from './shell.ts';
import type { DocumentedStage } from './stage.ts';
import type { DocumentedStep } from './step.ts';

/** Commands of services, or of their operations, that the local system doesn't have. */
export const onlyParsed: readonly RegExp[] = [
  /^aws logs filter-log-events/,
  /^aws securityhub enable-security-hub/,
  /^aws sqs receive-message --region us-east-1/,
  /^aws sqs receive-message --queue-url/,
  /^aws sesv2 get-suppressed-destination/,
  /^aws sesv2 delete-suppressed-destination/,
  /^aws sesv2 list-suppressed-destinations/,
  /^aws sesv2 get-email-identity/,
  /^aws iam get-role/,
  /^aws iam create-access-key --user-name keyturn-canary/,
  /^aws kms describe-key/,
  /^member cloudtrail lookup-events .+AttributeKey=EventName/,
  /^member iam list-ssh-public-keys/,
  /^member iam list-service-specific-credentials/,
  /^secrets update-secret --secret-id/,
  /^secrets remove-regions-from-replication --secret-id/,
];

const versionOf = (key: string): string => createHash('sha256').update(`keyturn/${key}`).digest('hex');
const arn = /^arn:aws:states:eu-west-1:111111111111:execution:/;

/** The runbook's commands of the AWS CLI, in an order in which each finds something to do. */
export const shellSteps = (stage: DocumentedStage, shell?: DocumentedShell): DocumentedStep[] => [
  ...lookSteps(stage),
  ...startSteps(stage, shell),
  ...keySteps(stage, shell),
  ...sweepSteps(stage, shell),
];

function lookSteps(stage: DocumentedStage): DocumentedStep[] {
  const bothKeys = () => new RegExp(`${stage.keyId(0)}[^]*${stage.keyId(1)}`);
  return [
    {
      command: /^ACCOUNT=/,
      before: () => stage.nextUser(),
      fill: () => ({ 'deploy-bot': stage.user }),
    },
    { command: /^ROLE=/ },
    { command: /^MACHINE=.+:live$/ },
    { command: /^SWEEPS=.+:live$/ },
    { command: /^aws configure set/ },
    { command: /^member\(\)/ },
    { command: /^start\(\)/ },
    {
      command: /^start "\{\\"accountId\\": \\"\$ACCOUNT\\", \\"userName\\": \\"\$IAM_USER\\"\}"$/,
      says: () => arn,
    },
    { command: /^EXECUTION=/ },
    { command: /^aws stepfunctions describe-execution .+status: status/, says: () => /"status": "RUNNING"/ },
    {
      command: /^aws stepfunctions get-execution-history/,
      says: () => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S*\tAskOwner\s*$/m,
    },
    { command: /^member iam list-access-keys/, says: bothKeys },
    {
      command: /^member iam list-user-tags .+ --output table/,
      says: () =>
        new RegExp(`keyturn:rotation.+execution:rotate-user-key:${stage.accountId}-${stage.user}-1`),
    },
    {
      command: /^member iam get-access-key-last-used/,
      fill: () => ({ 'AKIA...': stage.keyId(0) }),
      says: () => new RegExp(`"UserName": "${stage.user}"`),
    },
    { command: /^secrets\(\)/ },
    { command: /^version_of\(\)/ },
    {
      command: /^secrets describe-secret/,
      says: () => new RegExp(`${stage.accountId}:secret:keyturn/${stage.accountId}/${stage.user}`),
      after: (out) => {
        expect(out).toContain(versionOf(stage.keyId(1)));
        expect(out).toContain(versionOf(`name-only/${stage.keyId(0)}`));
      },
    },
    {
      command: /^version_of AKIA/,
      fill: () => ({ 'AKIA...': stage.keyId(1) }),
      says: () => new RegExp(`^${versionOf(stage.keyId(1))}\n`),
    },
    {
      command: /^version_of name-only/,
      fill: () => ({ 'AKIA...': stage.keyId(0) }),
      says: () => new RegExp(`^${versionOf(`name-only/${stage.keyId(0)}`)}\n`),
    },
    { command: /^secrets get-resource-policy/, says: () => new RegExp(`user/${stage.user}`) },
    { command: /^aws organizations describe-account/, says: () => new RegExp(`"Id": "${stage.accountId}"`) },
    {
      command: /^member iam get-user/,
      says: () => new RegExp(`iam::${stage.accountId}:user/${stage.user}"`),
    },
    { command: /^aws sesv2 get-account/, says: () => /true/ },
    {
      command: /^aws secretsmanager put-secret-value --secret-id keyturn\/link-key/,
      says: () => /VersionId/,
    },
  ];
}

/** Turns to another user, also in the shell. */
const turnTo = async (stage: DocumentedStage, shell: DocumentedShell | undefined): Promise<void> => {
  await shell?.run(`IAM_USER=${stage.nextUser()}`);
};

function startSteps(stage: DocumentedStage, shell: DocumentedShell | undefined): DocumentedStep[] {
  const aKey = () => ({ 'AKIA...': stage.keyId(0) });
  return [
    { command: /^aws stepfunctions stop-execution --execution-arn "\$EXECUTION"/, says: () => /stopDate/ },
    {
      command: /^start .+override.+the owner left/,
      before: () => stage.days(1 / 24),
      says: () => arn,
      after: async () => {
        await stage.owner.install();
        await stage.days(9);
        expect(stage.statuses).toEqual(['Inactive', 'Active']);
      },
    },
    {
      command: /^aws stepfunctions list-executions .+ RUNNING/,
      says: () => /stopDate/,
      after: async () => {
        const kept = await shell?.run('cat stopped.txt');
        expect(kept?.out).toContain(`:${stage.accountId}-${stage.user}-2`);
      },
    },
    {
      command: /^start .+restore/,
      before: () => stage.days(1 / 24),
      says: () => arn,
      after: async () => {
        await stage.days(1 / 24);
        expect(stage.statuses).toEqual(['Active', 'Active']);
      },
    },
    {
      command: /^start .+retire/,
      before: () => turnTo(stage, shell),
      fill: aKey,
      says: () => arn,
      after: () => expect(stage.owner.mails.at(-1)?.subject).toMatch(/can be deleted/),
    },
    {
      command: /^start .+emergency/,
      before: () => turnTo(stage, shell),
      fill: aKey,
      says: () => arn,
      after: async () => {
        await stage.days(1 / 24);
        expect(stage.statuses).toEqual(['Inactive', 'Active']);
      },
    },
    { command: /^aws stepfunctions list-executions .+ FAILED --max-results 10/, says: () => /executions/ },
  ];
}

function keySteps(stage: DocumentedStage, shell: DocumentedShell | undefined): DocumentedStep[] {
  const aKey = () => ({ 'AKIA...': stage.keyId(0) });
  const tagIs = (name: string, value?: string) => () => expect(stage.tag(name)).toBe(value);
  return [
    {
      command: /^member iam update-access-key .+AKIA_OLD --status Active/,
      before: async () => {
        await turnTo(stage, shell);
        await stage.rotateFully();
        await stage.start();
        await stage.owner.install();
      },
      fill: () => ({ AKIA_OLD: stage.keyId(0) }),
      after: () => expect(stage.statuses).toEqual(['Active', 'Active']),
    },
    {
      command: /^secrets update-secret-version-stage/,
      fill: () => ({ AKIA_OLD: stage.keyId(0), AKIA_NEW: stage.keyId(1) }),
      after: async () => {
        const secret = await shell?.run(
          'secrets describe-secret --secret-id "keyturn/$ACCOUNT/$IAM_USER" --query VersionIdsToStages',
        );
        expect(secret?.out).toMatch(new RegExp(`"${versionOf(stage.keyId(0))}": \\[[^\\]]*"AWSCURRENT"`));
      },
    },
    { command: /^secrets delete-secret/, before: () => stage.days(2), says: () => /DeletionDate/ },
    { command: /^secrets restore-secret/, says: () => /"ARN"/ },
    {
      command: /^member iam tag-user .+keyturn:exempt/,
      before: () => turnTo(stage, shell),
      after: tagIs('keyturn:exempt', '2027-03-31 waits for the vendor'),
    },
    { command: /^member iam untag-user .+keyturn:exempt/, after: tagIs('keyturn:exempt') },
    { command: /^member iam tag-user .+quiet-days/, after: tagIs('keyturn:quiet-days', '14') },
    { command: /^member iam tag-user .+Key=owner/, after: tagIs('owner', 'anna.lind@example.com') },
    {
      command: /^member iam untag-user .+AKIA/,
      before: () => stage.owner.user.tags.set(stage.keyId(0), 'the key of a former application'),
      fill: aKey,
      after: () => expect(stage.tag(stage.keyId(0))).toBeUndefined(),
    },
    {
      command: /^member iam untag-user .+keyturn:rotation/,
      before: () => stage.owner.user.tags.set('keyturn:rotation', 'attempt-a-million'),
      after: tagIs('keyturn:rotation'),
    },
    {
      command: /^member cloudtrail lookup-events .+AttributeKey=AccessKeyId/,
      before: () => stage.days(1),
      fill: aKey,
      says: () => /^\d{4}-\d\d-\d\dT\S+\t[\d.]+\t/m,
    },
    {
      command: /^member iam update-access-key .+ --status Inactive/,
      before: () => turnTo(stage, shell),
      fill: aKey,
      after: () => expect(stage.statuses).toEqual(['Inactive']),
    },
    {
      command: /^member iam delete-access-key/,
      fill: aKey,
      after: () => expect(stage.statuses).toEqual([]),
    },
    { command: /^member iam generate-credential-report/, says: () => /COMPLETE|STARTED|INPROGRESS/ },
  ];
}

function sweepSteps(stage: DocumentedStage, shell: DocumentedShell | undefined): DocumentedStep[] {
  let report = '';
  let mapRun = '';
  return [
    { command: /^sweep\(\)/ },
    { command: /^SWEEP=/ },
    {
      command: /^aws stepfunctions describe-execution .+ --query output/,
      before: () => stage.days(1 / 24),
      says: () => /"report":"s3:/,
      after: (out) => {
        report = /s3:\/\/[^"]+\//.exec(out)?.[0] ?? '';
      },
    },
    {
      command: /^aws s3 sync/,
      fill: () => ({ 's3://keyturn-reports-.../sweeps/.../': report }),
      says: () => /report\/index\.html/,
    },
    { command: /^jq / },
    {
      command: /^aws stepfunctions list-map-runs/,
      says: () => /mapRunArn/,
      after: (out) => {
        mapRun = /"mapRunArn": "([^"]+)"/.exec(out)?.[1] ?? '';
      },
    },
    {
      command: /^aws stepfunctions list-executions --map-run-arn/,
      fill: () => ({ '…': mapRun }),
      says: () => /executions/,
    },
    {
      command: /^aws stepfunctions redrive-execution/,
      // Here a sweep is over before a second command could stop it.
      before: async () => {
        const { engine, sweepMachineArn } = stage.server.world;
        const { arn } = engine.startExecution({ stateMachineArn: sweepMachineArn, input: '{"audit": true}' });
        engine.stopExecution(arn);
        await shell?.run(`SWEEP=${arn}`);
      },
      says: () => /redriveDate/,
    },
    { command: /^sweep '\{\}'$/, says: () => /:execution:sweep-organization:/ },
    {
      command: /^aws stepfunctions list-executions .+SWEEPS/,
      says: () => /\t(?:RUNNING|SUCCEEDED)\t\d{4}-\d\d-\d\dT/,
    },
  ];
}
