import {
  accountIn,
  attemptOf,
  executionName,
  nameOf,
  regionIn,
  starterOf,
} from '../domain/execution-name.ts';
import type { Rotation } from '../domain/rotation.ts';
import { type KeyOfUser, keyArgument } from './by-hand.ts';
import type { Block } from './document.ts';
import { shellQuoted } from './words.ts';

type Command = Extract<Block, { kind: 'command' }>;

/** Where to run a command about executions, and as whom. */
export const inCentralAccount = ({ executionArn }: Pick<Rotation, 'executionArn'>): string =>
  asAccount(executionArn);

/** The same, from the ARN of anything in keyturn's own account. */
export const asAccount = (arn: string): string => `with credentials of account ${accountIn(arn)}`;

/**
 * Starts the user's next rotation, under the name that guarantees there is only one.
 * @param request what the input has besides the user
 */
export function startRotation(rotation: Rotation, request: object = {}): Command {
  const { executionArn, accountId, userName } = rotation;
  const attempt = attemptOf(rotation, nameOf(executionArn));
  const name = attempt === undefined ? [] : [`--name ${shellQuoted(executionName(rotation, attempt + 1))}`];
  return startExecution(executionArn, [
    ...name,
    `--input ${shellQuoted(JSON.stringify({ accountId, userName, ...request }))}`,
  ]);
}

/** Starts another execution of the same machine, as the deployment does. */
export const startExecution = (executionArn: string, more: readonly string[] = []): Command =>
  startBy(starterOf(executionArn), more);

/** Starts an execution. @param machine the ARN of the alias that executions are started by */
export const startBy = (machine: string, more: readonly string[]): Command => ({
  kind: 'command',
  words: [
    'aws stepfunctions start-execution',
    `--region ${shellQuoted(regionIn(machine))}`,
    `--state-machine-arn ${shellQuoted(machine)}`,
    ...more,
  ],
});

/** Starts the emergency of a leaked key. */
export const startEmergency = (
  machine: string,
  request: { readonly accountId: string; readonly userName: string; readonly keyId: string },
): Command =>
  startBy(machine, [`--input ${shellQuoted(JSON.stringify({ ...request, action: 'emergency' }))}`]);

/** Stops an execution. Its keys stay as they are. */
export const stopExecution = (executionArn: string): Command => ({
  kind: 'command',
  words: [
    'aws stepfunctions stop-execution',
    `--region ${shellQuoted(regionIn(executionArn))}`,
    `--execution-arn ${shellQuoted(executionArn)}`,
    '--error StoppedByOperator',
  ],
});

/** Gives the user a tag. */
export const tagUser = (userName: string, key: string, value: string): Command => ({
  kind: 'command',
  words: [
    'aws iam tag-user',
    `--user-name ${shellQuoted(userName)}`,
    `--tags ${shellQuoted(JSON.stringify([{ Key: key, Value: value }]))}`,
  ],
});

/** Where IAM and STS record their calls, in the partition of AWS's commercial regions. */
const globalRegion = 'us-east-1';

/**
 * Shows the latest calls with a key, with address and program.
 * @param region where it was used; CloudTrail answers for one region at a time
 */
export const lookUpCalls = (key: KeyOfUser, region: string | undefined): Command =>
  lookUp(keyArgument(key, 'Active'), region);

/** The same for a key whose user may be unknown. */
export const lookUpKey = (keyId: string): Command => lookUp(shellQuoted(keyId), undefined);

const lookUp = (keyId: string, region: string | undefined): Command => ({
  kind: 'command',
  words: [
    'aws cloudtrail lookup-events',
    `--region ${shellQuoted(region === undefined || region === 'N/A' ? globalRegion : region)}`,
    `--lookup-attributes AttributeKey=AccessKeyId,AttributeValue=${keyId}`,
    `--query ${shellQuoted('Events[].CloudTrailEvent')} --output text`,
  ],
});
