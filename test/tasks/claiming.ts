import { ExecutionAlreadyExists } from '@aws-sdk/client-sfn';
import { rotationTag } from '../../tasks/domain/tags.ts';
import { claimUser } from '../../tasks/rotate-user-key/claim-user.ts';
import { now } from '../domain/uses.ts';
import { accountId, executionOf, stateMachineArn, userName } from './ids.ts';
import { setUp } from './setting-up.ts';

export const { dependencies } = setUp();
export const attempt = (number: number): string => executionOf(`111122223333-deploy-bot-${number}`);
export const request = { accountId, userName };
export const claim = (executionArn: string, of: unknown = request, world = dependencies, enteredAt = now) =>
  claimUser.invoke({ request: of, executionArn, stateMachineArn, enteredAt }, world);
export const taggedAs = (arn: string) => ({ [rotationTag]: arn });
export const taken = new ExecutionAlreadyExists({ message: 'Execution Already Exists', $metadata: {} });
