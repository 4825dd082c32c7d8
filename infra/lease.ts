import { RemovalPolicy } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { except } from './exceptions.ts';
import { leaseBucketName } from './names.ts';

/**
 * Where two regions find out which of them changes keys. It is in the region on standby: if the other one fails, this
 * one can still read it, and if this one fails, nobody changes anything until it is back. Under S3's own key, because
 * a key of ours in one region would be one more thing that both need.
 */
export class LeaseBucket extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { account, region }: { readonly account: string; readonly region: string },
  ) {
    super(scope, id);
    const bucket = new Bucket(this, 'Bucket', {
      bucketName: leaseBucketName(account, region),
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      // Its name is fixed: kept with its stack's deletion, it would be in the way of the next deployment.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    except(
      bucket,
      'S1',
      'One object without a secret; CloudTrail’s data events record who reads and writes it.',
    );
  }
}
