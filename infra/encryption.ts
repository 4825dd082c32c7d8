import { Aws, RemovalPolicy } from 'aws-cdk-lib';
import {
  type AddToResourcePolicyResult,
  PolicyStatement,
  ServicePrincipal,
  StarPrincipal,
} from 'aws-cdk-lib/aws-iam';
import { Alias, Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { dataKeyAlias, secretPrefix, secretsKeyAlias } from './names.ts';
import type { Deployment } from './settings.ts';

/** The key of what keyturn keeps for itself: executions, logs, queues, the operators' topic, the link key. */
export class DataKey extends Construct {
  readonly key: Key;

  constructor(scope: Construct, id: string, { account, region }: Pick<Deployment, 'account' | 'region'>) {
    super(scope, id);
    this.key = new Key(this, 'Key', {
      description: 'keyturn: executions, logs, queues and topic',
      enableKeyRotation: true,
      // A history that can't be decrypted any more proves nothing.
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.key.addAlias(dataKeyAlias);
    this.#admit('logs', `logs.${region}.amazonaws.com`, {
      ArnLike: {
        'kms:EncryptionContext:aws:logs:arn': `arn:${Aws.PARTITION}:logs:${region}:${account}:log-group:*`,
      },
    });
    // Alarms and rules publish to the topic, and to queues, in this account only.
    for (const service of ['cloudwatch', 'events', 'sns']) {
      this.#admit(service, `${service}.amazonaws.com`, { StringEquals: { 'aws:SourceAccount': account } });
    }
  }

  #admit(
    sid: string,
    service: string,
    conditions: Record<string, Record<string, string>>,
  ): AddToResourcePolicyResult {
    return this.key.addToResourcePolicy(
      new PolicyStatement({
        sid: `Used${sid}`,
        principals: [new ServicePrincipal(service)],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        resources: ['*'],
        conditions,
      }),
    );
  }
}

/**
 * The key of the users' secrets. Its policy lets the organization's accounts decrypt through Secrets Manager what
 * the secret's own policy lets them read: a secret under the account's default key can't be read from another account.
 */
export class SecretsKey extends Construct {
  readonly key: Key;

  constructor(
    scope: Construct,
    id: string,
    { organization, region }: Pick<Deployment, 'organization' | 'region'>,
  ) {
    super(scope, id);
    this.key = new Key(this, 'Key', {
      description: 'keyturn: the secrets that hold users’ access keys',
      enableKeyRotation: true,
      // Who deletes the stack must not make every key's secret unreadable.
      removalPolicy: RemovalPolicy.RETAIN,
    });
    new Alias(this, 'Alias', { aliasName: secretsKeyAlias, targetKey: this.key });
    this.key.addToResourcePolicy(
      new PolicyStatement({
        sid: 'ReadersOfTheirSecret',
        principals: [new StarPrincipal()],
        actions: ['kms:Decrypt'],
        resources: ['*'],
        conditions: {
          StringEquals: {
            'aws:PrincipalOrgID': organization.id,
            'kms:ViaService': `secretsmanager.${region}.amazonaws.com`,
          },
          ArnLike: {
            'kms:EncryptionContext:SecretARN': `arn:${Aws.PARTITION}:secretsmanager:${region}:*:secret:${secretPrefix}????????????/*`,
          },
        },
      }),
    );
  }
}
