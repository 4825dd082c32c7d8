import { Aws, Fn } from 'aws-cdk-lib';
import { eventBusName } from '../tasks/domain/events/bus.ts';
import { recordPrefix } from '../tasks/domain/record/record.ts';
import { kebabCase } from '../tasks/manifest.ts';
import type { Deployment } from './settings.ts';

export { eventBusName } from '../tasks/domain/events/bus.ts';
export { aliasName } from '../tasks/domain/execution-name.ts';
export { rotationMachineName, sweepMachineName } from '../tasks/manifest.ts';

/** The prefix of names, except roles': the deployment chooses theirs. */
export const prefix = 'keyturn';

export const memberRoleName = ({ rolePrefix }: Pick<Deployment, 'rolePrefix'>): string =>
  `${rolePrefix}-member`;
/** The managed policy that lets a user read its own secret; administrators attach it. */
export const ownKeyPolicyName = ({ rolePrefix }: Pick<Deployment, 'rolePrefix'>): string =>
  `${rolePrefix}-read-own-key`;
export const linkKeyName = `${prefix}/link-key`;
export const secretPrefix = `${prefix}/`;
export const dataKeyAlias = `alias/${prefix}`;
/**
 * The same name in every region that holds secrets, so that a copy's key can be addressed by name. It has the
 * deployment's own prefix, so that a second deployment can work in a region that holds the first one's copies.
 */
export const secretsKeyAliasOf = ({ rolePrefix }: Pick<Deployment, 'rolePrefix'>): string =>
  `alias/${rolePrefix}-secrets`;
export const configurationSetName = prefix;

/**
 * Eight characters of the stack's own ID. What outlives its stack has them in its name, so that keyturn can be
 * installed again beside it.
 */
export const installation = Fn.select(0, Fn.split('-', Fn.select(2, Fn.split('/', Aws.STACK_ID))));

/** The log group of a function or a state machine. */
export const logGroupName = (of: string): string => `${of}-${installation}`;

export const functionName = (task: string): string => `${prefix}-${kebabCase(task)}`;

/** The role of a task or a state machine. */
export const roleName = ({ rolePrefix }: Pick<Deployment, 'rolePrefix'>, of: string): string =>
  `${rolePrefix}-${kebabCase(of)}`;

/** The user that is rotated all the time. */
export const canaryName = ({ rolePrefix }: Pick<Deployment, 'rolePrefix'>): string => `${rolePrefix}-canary`;

export const canaryScheduleName = `${prefix}-canary`;

export const canaryArn = (deployment: Pick<Deployment, 'account' | 'rolePrefix'>): string =>
  `arn:${Aws.PARTITION}:iam::${deployment.account}:user/${canaryName(deployment)}`;

const inAccount = (
  { account, region }: Pick<Deployment, 'account' | 'region'>,
  service: string,
  resource: string,
  partition: string = Aws.PARTITION,
) => `arn:${partition}:${service}:${region}:${account}:${resource}`;

/** The users' secrets, all of them: the wildcards match the account and the user. Not the link key. */
export const userSecrets = (where: Pick<Deployment, 'account' | 'region'>): string =>
  inAccount(where, 'secretsmanager', `secret:${secretPrefix}????????????/*`);

export const machineArn = (
  where: Pick<Deployment, 'account' | 'region'>,
  name: string,
  partition?: string,
): string => inAccount(where, 'states', `stateMachine:${name}`, partition);

export const executionsOf = (where: Pick<Deployment, 'account' | 'region'>, name: string): string =>
  inAccount(where, 'states', `execution:${name}:*`);

export const identities = (where: Pick<Deployment, 'account' | 'region'>): string =>
  inAccount(where, 'ses', 'identity/*');

export const configurationSetArn = (where: Pick<Deployment, 'account' | 'region'>): string =>
  inAccount(where, 'ses', `configuration-set/${configurationSetName}`);

export const eventBusArn = (where: Pick<Deployment, 'account' | 'region'>): string =>
  inAccount(where, 'events', `event-bus/${eventBusName}`);

/** What Security Hub calls the findings that an account reports by itself. */
export const ownProductArn = (where: Pick<Deployment, 'account' | 'region'>): string =>
  inAccount(where, 'securityhub', `product/${where.account}/default`);

export const useFunctionArn = (where: Pick<Deployment, 'account' | 'region'>): string =>
  inAccount(where, 'lambda', `function:${functionName('CheckUse')}`);

export const roleArn = (accountId: string, name: string, partition: string = Aws.PARTITION): string =>
  `arn:${partition}:iam::${accountId}:role/${name}`;

export const reportBucketName = ({ account, region }: Pick<Deployment, 'account' | 'region'>): string =>
  `${prefix}-reports-${account}-${region}-${installation}`;

/** By its name, which is known before the bucket is made. */
export const reportBucketArn = (where: Pick<Deployment, 'account' | 'region'>): string =>
  `arn:${Aws.PARTITION}:s3:::${reportBucketName(where)}`;

/** Where the lease is kept. Both regions name it before it is there, so no part of it is random. */
export const leaseBucketName = (account: string, region: string): string =>
  `${prefix}-lease-${account}-${region}`;

/** Where wrong answers are counted, in the same bucket. */
export const guessPrefix = 'guesses/';
export const guessObjects = (where: Pick<Deployment, 'account' | 'region'>): string =>
  `${reportBucketArn(where)}/${guessPrefix}*`;

/** Where rotations of one owner find each other's questions, in the same bucket. */
export const questionPrefix = 'asking/';
export const questionObjects = (where: Pick<Deployment, 'account' | 'region'>): string =>
  `${reportBucketArn(where)}/${questionPrefix}*`;

/** What sweeps write, below one prefix of the bucket. */
export const sweepPrefix = 'sweeps/';
export const sweepObjects = (where: Pick<Deployment, 'account' | 'region'>): string =>
  `${reportBucketArn(where)}/${sweepPrefix}*`;

/** The records of ended rotations. */
export const recordObjects = (where: Pick<Deployment, 'account' | 'region'>): string =>
  `${reportBucketArn(where)}/${recordPrefix}*`;

/** The alternate contacts of an organization's accounts, as Account Management names them. */
export const memberContacts = ({
  id,
  managementAccount,
}: {
  readonly id: string;
  readonly managementAccount: string;
}): string => `arn:${Aws.PARTITION}:account::${managementAccount}:account/${id}/*`;
