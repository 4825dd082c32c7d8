import { RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { except } from './exceptions.ts';
import { linkKeyName } from './names.ts';

/** The secret that owners' links are signed with. Replaced, its previous version still opens the links mailed before. */
export class LinkKey extends Construct {
  readonly secret: Secret;

  constructor(scope: Construct, id: string, key: IKey) {
    super(scope, id);
    this.secret = new Secret(this, 'Secret', {
      secretName: linkKeyName,
      description: 'keyturn: signs the links in owners’ mails',
      encryptionKey: key,
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
      // Without it no link that was mailed works any more.
      removalPolicy: RemovalPolicy.RETAIN,
    });
    except(
      this.secret,
      'SMG4',
      'Replaced by hand (runbook): the previous version opens links, and two replacements within their life would break them.',
    );
  }
}
