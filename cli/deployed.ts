import { DescribeStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { Deployment } from '../infra/settings.ts';
import { rotationMachineName } from '../tasks/manifest.ts';
import type { AccessTo } from './access.ts';
import { CannotRun } from './cannot-run.ts';
import { explain } from './explain.ts';

/** A deployment, and how to reach it. */
export interface Reached {
  readonly deployment: Pick<Deployment, 'account' | 'region'>;
  /** The file that the settings are in. */
  readonly from: string;
  readonly access: AccessTo;
}

/**
 * Who runs the command.
 * @returns the caller's ARN
 * @throws {CannotRun} if the credentials don't work, or are another account's
 */
export async function identify({ deployment, from, access }: Reached): Promise<string> {
  const { Account, Arn = '' } = await new STSClient(access(deployment.region))
    .send(new GetCallerIdentityCommand({}))
    .catch((error: unknown) => {
      throw new CannotRun(explain(error).sentence);
    });
  if (Account === deployment.account) return Arn;
  const example = from === 'cdk.json' ? ', the example’s; your own belong into keyturn.json' : '';
  throw new CannotRun(
    `The credentials are of account ${Account ?? 'unknown'}, but keyturn’s account in ${from} is ${deployment.account}${example}.`,
  );
}

/** @throws {CannotRun} if the rotation's state machine isn't there */
export async function findDeployment({ deployment, access }: Reached, partition: string): Promise<void> {
  const { account, region } = deployment;
  const stateMachineArn = machineArn({ account, region, partition }, rotationMachineName);
  const asked = new DescribeStateMachineCommand({ stateMachineArn });
  const isThere = await new SFNClient(access(region)).send(asked).then(
    () => true,
    (error: unknown) => {
      if (error instanceof Error && error.name === 'StateMachineDoesNotExist') return false;
      // A caller without permission to look learns nothing about what exists.
      if (explain(error).kind === 'denied') return true;
      throw error;
    },
  );
  if (isThere) return;
  throw new CannotRun(
    `No keyturn is deployed in account ${account}, region ${region}: there is no state machine ${rotationMachineName}.`,
  );
}

/** The ARN of one of keyturn's state machines, without its alias. */
export const machineArn = (
  where: { readonly account: string; readonly region: string; readonly partition: string },
  name: string,
): string => `arn:${where.partition}:states:${where.region}:${where.account}:stateMachine:${name}`;
