import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { defined } from '../tasks/domain/defined.ts';
import { recordPrefix } from '../tasks/domain/record/record.ts';
import { except } from './exceptions.ts';
import { guessPrefix, questionPrefix, reportBucketName, sweepPrefix } from './names.ts';
import type { Deployment } from './settings.ts';

/**
 * Where sweeps keep their lists and reports, for as long as logs are kept, and where the records of rotations are kept,
 * which may be much longer.
 */
export class Reports extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, deployment: Deployment, key: IKey) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Bucket', {
      bucketName: reportBucketName(deployment),
      encryption: BucketEncryption.KMS,
      encryptionKey: key,
      // One data key for many objects: a sweep writes two for each account.
      bucketKeyEnabled: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      versioned: true,
      // Only allows objects to be locked: each record is, as it is written.
      ...defined({ objectLockEnabled: deployment.records.lock === 'none' ? undefined : true }),
      lifecycleRules: [
        {
          noncurrentVersionExpiration: Duration.days(30),
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
        { prefix: sweepPrefix, expiration: Duration.days(deployment.logRetentionDays) },
        { prefix: recordPrefix, expiration: Duration.days(deployment.records.keepDays) },
        // Each guess counts for an hour only.
        {
          prefix: guessPrefix,
          expiration: Duration.days(1),
          noncurrentVersionExpiration: Duration.days(1),
        },
        // Questions are asked within minutes; if mails can't be sent, within a day.
        {
          prefix: questionPrefix,
          expiration: Duration.days(7),
          noncurrentVersionExpiration: Duration.days(1),
        },
        // Removes the marker that an object leaves when its last version has expired; S3 takes no days in the same rule.
        { expiredObjectDeleteMarker: true },
      ],
      // An auditor may ask for them after keyturn is gone.
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    except(
      this.bucket,
      'S1',
      'S3 delivers no access log into a bucket under a customer’s key; CloudTrail’s data events record who reads.',
    );
  }
}
