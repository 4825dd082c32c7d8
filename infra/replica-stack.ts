import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { SecretsKey } from './encryption.ts';
import type { Deployment } from './settings.ts';

/** What a region that only holds copies of the users' secrets needs: a key to encrypt them with. */
export class ReplicaStack extends Stack {
  constructor(scope: Construct, id: string, deployment: Deployment, region: string, props: StackProps) {
    super(scope, id, { description: 'keyturn: the key of the secrets’ copies in this region', ...props });
    new SecretsKey(this, 'SecretsKey', deployment, region);
  }
}
