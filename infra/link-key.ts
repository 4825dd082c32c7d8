import { CfnDeletionPolicy, RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnSecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { except } from './exceptions.ts';
import { linkKeyName } from './names.ts';

/**
 * The secret that owners' links are signed with. After a replacement, its previous version still opens the links
 * mailed before.
 */
export class LinkKey extends Construct {
  readonly secret: Secret;

  constructor(scope: Construct, id: string, key: IKey) {
    super(scope, id);
    this.secret = new Secret(this, 'Secret', {
      secretName: linkKeyName,
      description: 'keyturn: signs the links in owners’ mails',
      encryptionKey: key,
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
      removalPolicy: RemovalPolicy.DESTROY,
    });
    // If a deployment has to replace it, links that were mailed must keep working; without keyturn they lead nowhere.
    const resource = this.secret.node.defaultChild;
    if (resource instanceof CfnSecret) resource.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
    except(
      this.secret,
      'SMG4',
      'Replaced by hand (runbook): the previous version opens links, and two replacements within their life would break them.',
    );
  }
}
