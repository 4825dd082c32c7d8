import { Match } from 'aws-cdk-lib/assertions';
import { expect, it } from 'vitest';
import { parseDeployment } from '../../infra/settings.ts';
import { fileOf } from './central-templates.ts';
import { example, synthesize } from './synthesized.ts';

const both = { storage: { where: 'central', replicaRegions: ['eu-central-1'] } };
const standby = { region: 'eu-central-1' };
const bucket = 'keyturn-lease-111111111111-eu-central-1';
const first = synthesize({ ...both, standby }).get('keyturn');
const second = synthesize({
  ...{ region: 'eu-central-1', rolePrefix: 'standby', standby },
  storage: { where: 'central' },
}).get('keyturn');

it('the lease’s bucket is in the region on standby, and made by its deployment', () => {
  second?.hasResource('AWS::S3::Bucket', {
    Properties: Match.objectLike({
      BucketName: bucket,
      PublicAccessBlockConfiguration: Match.objectLike({ BlockPublicPolicy: true }),
    }),
    DeletionPolicy: 'Delete',
  });
  first?.resourcePropertiesCountIs('AWS::S3::Bucket', { BucketName: bucket }, 0);
});

it('both deployments may read the one lease, and only the task that takes it may write it', () => {
  for (const template of [first, second]) {
    const text = JSON.stringify(template?.findResources('AWS::IAM::Policy'));
    expect(text).toContain(`:s3:::${bucket}/lease.json`);
    const writers = Object.entries(template?.findResources('AWS::IAM::Policy') ?? {}).filter(([, policy]) => {
      const statements: { Action: string | string[]; Resource: unknown }[] =
        policy.Properties.PolicyDocument.Statement;
      return statements.some(
        ({ Action, Resource }) =>
          [Action].flat().includes('s3:PutObject') && JSON.stringify(Resource).includes(bucket),
      );
    });
    expect(writers.map(([id]) => id)).toEqual([expect.stringMatching(/^TakeLease/)]);
  }
});

it('tasks are told where the lease is, and without a second region of none', () => {
  expect(fileOf({ ...both, standby }).lease).toEqual({
    ...{ account: '111111111111', region: 'eu-central-1', bucket },
  });
  expect(fileOf(both).lease).toBeUndefined();
});

it.each([
  [{ standby }, /^ {2}standby: needs storage.where to be "central": copies of secrets in member accounts/m],
  [
    { storage: { where: 'central' }, standby },
    /^ {2}standby.region: is eu-central-1, which storage.replicaRegions must name too/m,
  ],
  [
    { storage: { where: 'central' }, standby: { region: 'eu-nowhere-1' } },
    /^ {2}standby.region: must be an AWS region, such as eu-west-1 \(it is "eu-nowhere-1"\)$/m,
  ],
])('the settings %j are refused: nothing could take over', (changes, refusal) => {
  expect(() => parseDeployment({ ...example, ...changes })).toThrow(refusal);
});
