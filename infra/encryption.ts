import { Aws, CfnOutput, RemovalPolicy } from 'aws-cdk-lib';
import {
  type AddToResourcePolicyResult,
  PolicyStatement,
  ServicePrincipal,
  StarPrincipal,
} from 'aws-cdk-lib/aws-iam';
import { Alias, type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { dataKeyAlias, secretPrefix, secretsKeyAliasOf } from './names.ts';
import { callerBelongs } from './reach.ts';
import type { Deployment } from './settings.ts';

/** The actions in CloudWatch Logs' guide. */
const logging = ['kms:Encrypt*', 'kms:Decrypt*', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:Describe*'];
const publishing = ['kms:Decrypt', 'kms:GenerateDataKey*'];

/** The KMS key for keyturn's own data: executions, logs, queues, the operators' topic, the link key. */
export class DataKey extends Construct {
  readonly key: Key;

  constructor(scope: Construct, id: string, { account, region }: Pick<Deployment, 'account' | 'region'>) {
    super(scope, id);
    this.key = new Key(this, 'Key', {
      description: 'keyturn: executions, logs, queues and topic',
      enableKeyRotation: true,
      // A history that can't be decrypted any more proves nothing.
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    this.key.addAlias(dataKeyAlias);
    this.#admit('logs', `logs.${region}.amazonaws.com`, logging, {
      ArnLike: {
        'kms:EncryptionContext:aws:logs:arn': `arn:${Aws.PARTITION}:logs:${region}:${account}:log-group:*`,
      },
    });
    const ours = { StringEquals: { 'aws:SourceAccount': account } };
    for (const service of ['cloudwatch', 'sns']) {
      this.#admit(service, `${service}.amazonaws.com`, publishing, ours);
    }
    // Rules put undeliverable events into the queue. EventBridge doesn't always send aws:SourceAccount for that.
    this.#admit('events', 'events.amazonaws.com', publishing, {});
  }

  #admit(
    sid: string,
    service: string,
    actions: string[],
    conditions: Record<string, Record<string, string>>,
  ): AddToResourcePolicyResult {
    return this.key.addToResourcePolicy(
      new PolicyStatement({
        sid: `Used${sid}`,
        principals: [new ServicePrincipal(service)],
        actions,
        resources: ['*'],
        conditions,
      }),
    );
  }
}

/**
 * The key of the users' secrets. Its policy lets the deployment's accounts decrypt through Secrets Manager what
 * the secret's own policy lets them read: a secret under the account's default key can't be read from another account.
 */
export class SecretsKey extends Construct {
  readonly key: IKey;

  /** @param region where the key is; a deployment has one in each region that holds secrets */
  constructor(scope: Construct, id: string, deployment: SecretsKeyProps, region: string) {
    super(scope, id);
    const kept = deployment.storage.keptKeys[region];
    this.key = kept === undefined ? this.#make(deployment, region) : Key.fromKeyArn(this, 'Kept', kept);
    new Alias(this, 'Alias', { aliasName: secretsKeyAliasOf(deployment), targetKey: this.key });
    new CfnOutput(this, 'Arn', {
      description: 'The KMS key of the users’ secrets: storage.keptKeys takes it in another deployment',
      value: this.key.keyArn,
    }).overrideLogicalId('SecretsKeyArn');
  }

  #make(deployment: SecretsKeyProps, region: string): Key {
    const key = new Key(this, 'Key', {
      description: 'keyturn: the secrets that hold users’ access keys',
      enableKeyRotation: true,
      // Deleting the stack must not make every user's secret unreadable.
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    key.addToResourcePolicy(
      new PolicyStatement({
        sid: 'ReadersOfTheirSecret',
        principals: [new StarPrincipal()],
        actions: ['kms:Decrypt'],
        resources: ['*'],
        conditions: {
          StringEquals: {
            ...callerBelongs(deployment),
            'kms:ViaService': `secretsmanager.${region}.amazonaws.com`,
          },
          ArnLike: {
            'kms:EncryptionContext:SecretARN': `arn:${Aws.PARTITION}:secretsmanager:${region}:*:secret:${secretPrefix}????????????/*`,
          },
        },
      }),
    );
    return key;
  }
}

type SecretsKeyProps = Pick<Deployment, 'organization' | 'accounts' | 'rolePrefix' | 'storage'>;
