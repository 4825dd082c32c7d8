import { canaryName, leaseBucketName, memberRoleName, secretPrefix } from '../../../infra/names.ts';
import type { Deployment } from '../../../infra/settings.ts';
import { leaseKey } from '../../../tasks/domain/lease.ts';
import type { Uninstalled } from './shape.ts';

/** What is kept when the stacks are deleted, and why. docs/uninstall.md says what it costs. */
export function staysOf(deployment: Deployment, removesTags: boolean): Uninstalled['stays'] {
  const { storage, organization, mail, records } = deployment;
  const isCentral = storage.where === 'central';
  const regions = [deployment.region, ...storage.replicaRegions].join(', ');
  return [
    {
      what: `the users’ secrets, ${secretPrefix}…, in ${isCentral ? 'the central account' : 'each user’s account'}`,
      why: 'they hold working keys, and applications read them',
    },
    ...(isCentral
      ? [{ what: `the KMS key of the secrets, in ${regions}`, why: 'without it nobody can read them' }]
      : []),
    {
      what: 'the report bucket with its records, the log groups, and their KMS key',
      why: `they are the evidence of what was done${records.lock === 'none' ? '' : '; locked records can’t be deleted before their time'}`,
    },
    removesTags
      ? {
          what: 'the owners’ tags and the keys’ descriptions',
          why: 'people and other programs read them too',
        }
      : { what: 'the tags keyturn:… on users', why: 'they do no harm; --remove-tags removes them' },
    ...(organization === undefined
      ? [
          {
            what: `the stack ${memberRoleName(deployment)} in every other account of the list`,
            why: 'it was deployed by hand, and each has to be deleted with that account’s credentials',
          },
        ]
      : [
          {
            what: 'trusted access for StackSets, and the delegated administrators',
            why: 'other programs may use them: the management account decides',
          },
        ]),
    ...(mail.createIdentity
      ? []
      : [{ what: 'the sender’s SES identity', why: 'it was there before keyturn' }]),
    { what: 'the CDK’s bootstrap stack, CDKToolkit', why: 'other CDK applications use it' },
  ];
}

/** The commands that delete the rest, once nothing runs. */
export function deletionsOf(deployment: Deployment): string[] {
  const { canary, organization, account, region, standby } = deployment;
  const isElsewhere = organization !== undefined && organization.managementAccount !== account;
  return [
    ...(canary ? [`delete the access keys of the user ${canaryName(deployment)}: CloudFormation can’t`] : []),
    ...(deployment.storage.where === 'central'
      ? ['note the output SecretsKeyArn of each stack: a reinstallation needs it']
      : []),
    ...(standby === undefined
      ? []
      : ['do all of this in the clone of the other region too: see docs/standby.md']),
    ...(standby?.region === region
      ? [`aws s3 rm --region ${region} s3://${leaseBucketName(account, region)}/${leaseKey}`]
      : []),
    ...(isElsewhere
      ? [`npx cdk destroy 'management/*' --profile <a profile of account ${organization.managementAccount}>`]
      : []),
    'npx cdk destroy --all',
    ...(organization === undefined
      ? [
          `in every other account of the list: aws cloudformation delete-stack --region ${deployment.region} --stack-name ${memberRoleName(deployment)}`,
        ]
      : []),
  ];
}
