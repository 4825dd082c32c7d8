import { Aws } from 'aws-cdk-lib';
import { kebabCase } from '../tasks/manifest.ts';
import type { Deployment } from './settings.ts';

export { rotationMachineName, sweepMachineName } from '../tasks/manifest.ts';

/** What names begin with, except roles': those are the deployment's to say. */
export const prefix = 'keyturn';

export const memberRoleName = ({ rolePrefix }: Pick<Deployment, 'rolePrefix'>): string =>
  `${rolePrefix}-member`;
/** The managed policy that lets a user read its own secret; administrators attach it. */
export const ownKeyPolicyName = ({ rolePrefix }: Pick<Deployment, 'rolePrefix'>): string =>
  `${rolePrefix}-read-own-key`;
export const linkKeyName = `${prefix}/link-key`;
export const secretPrefix = `${prefix}/`;
export const dataKeyAlias = `alias/${prefix}`;
/** The same name in every region that holds secrets, so that a copy can be told its key by name. */
export const secretsKeyAlias = `alias/${prefix}-secrets`;
export const configurationSetName = prefix;
/** Executions are started by it: they keep the version that they began with. */
export const aliasName = 'live';

export const functionName = (task: string): string => `${prefix}-${kebabCase(task)}`;

/** The role of a task or a state machine. */
export const roleName = ({ rolePrefix }: Pick<Deployment, 'rolePrefix'>, of: string): string =>
  `${rolePrefix}-${kebabCase(of)}`;

const inAccount = (
  { account, region }: Pick<Deployment, 'account' | 'region'>,
  service: string,
  resource: string,
) => `arn:${Aws.PARTITION}:${service}:${region}:${account}:${resource}`;

/** The users' secrets, all of them: the account and the user stand where the wildcards are. Not the link key. */
export const userSecrets = (where: Pick<Deployment, 'account' | 'region'>): string =>
  inAccount(where, 'secretsmanager', `secret:${secretPrefix}????????????/*`);

export const machineArn = (where: Pick<Deployment, 'account' | 'region'>, name: string): string =>
  inAccount(where, 'states', `stateMachine:${name}`);

export const executionsOf = (where: Pick<Deployment, 'account' | 'region'>, name: string): string =>
  inAccount(where, 'states', `execution:${name}:*`);

export const identityArn = (where: Pick<Deployment, 'account' | 'region'>, identity: string): string =>
  inAccount(where, 'ses', `identity/${identity}`);

export const configurationSetArn = (where: Pick<Deployment, 'account' | 'region'>): string =>
  inAccount(where, 'ses', `configuration-set/${configurationSetName}`);

export const roleArn = (accountId: string, name: string): string =>
  `arn:${Aws.PARTITION}:iam::${accountId}:role/${name}`;

export const reportBucketName = ({ account, region }: Pick<Deployment, 'account' | 'region'>): string =>
  `${prefix}-reports-${account}-${region}`;

/** By its name, which is known before the bucket is made. */
export const reportBucketArn = (where: Pick<Deployment, 'account' | 'region'>): string =>
  `arn:${Aws.PARTITION}:s3:::${reportBucketName(where)}`;

/** What sweeps write, below one prefix of the bucket. */
export const sweepObjects = (where: Pick<Deployment, 'account' | 'region'>): string =>
  `${reportBucketArn(where)}/sweeps/*`;
