import { Aws } from 'aws-cdk-lib';
import { CfnManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { exceptResource } from './exceptions.ts';
import { ownKeyPolicyName, secretPrefix } from './names.ts';
import type { Deployment } from './settings.ts';

/**
 * What lets an IAM user of this account read its own secret in central storage, and no other: it names the user
 * by a policy variable. The account's administrators attach it, to users or to a group of them; keyturn attaches nothing to
 * anyone. A user with a comma in its name needs a policy of its own, because its secret has another name.
 */
export class OwnKeyPolicy extends Construct {
  constructor(scope: Construct, id: string, deployment: Deployment) {
    super(scope, id);
    const { account, region, storage } = deployment;
    const regions = [region, ...storage.replicaRegions];
    const user = `${secretPrefix}\${aws:PrincipalAccount}/\${aws:username}-??????`;
    const secrets = regions.map(
      (name) => `arn:${Aws.PARTITION}:secretsmanager:${name}:${account}:secret:${user}`,
    );
    const keys = regions.map((name) => `arn:${Aws.PARTITION}:kms:${name}:${account}:key/*`);
    const policy = new CfnManagedPolicy(this, 'Policy', {
      managedPolicyName: ownKeyPolicyName(deployment),
      description:
        'keyturn: lets an IAM user read its own access key in keyturn’s account. Attach it as you see fit.',
      policyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Sid: 'OwnSecret',
            Effect: 'Allow',
            Action: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
            Resource: secrets,
          },
          {
            Sid: 'ItsKey',
            Effect: 'Allow',
            Action: ['kms:Decrypt'],
            Resource: keys,
            Condition: {
              StringEquals: {
                'kms:ViaService': regions.map((name) => `secretsmanager.${name}.amazonaws.com`),
              },
            },
          },
        ],
      },
    });
    for (const secret of secrets)
      exceptResource(policy, secret, 'The caller’s own secret; AWS adds six characters.');
    for (const key of keys)
      exceptResource(
        policy,
        key,
        'Only through Secrets Manager, and the key’s own policy says for which secrets.',
      );
  }
}
