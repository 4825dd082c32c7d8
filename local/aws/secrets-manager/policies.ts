import type {
  DeleteResourcePolicyRequest,
  DeleteResourcePolicyResponse,
  GetResourcePolicyRequest,
  GetResourcePolicyResponse,
  PutResourcePolicyRequest,
  PutResourcePolicyResponse,
} from '@aws-sdk/client-secrets-manager';
import { type AccessPolicy, readPolicy } from '../access/policy.ts';
import type { Model } from '../iam/account.ts';
import { AwsError } from '../types.ts';
import { operation } from '../wire/operation.ts';
import { type SecretsManager, secretOf, usableSecret } from './common.ts';

/** Secrets Manager's operations on a secret's resource policy. */
export function resourcePolicyOperations(manager: SecretsManager) {
  return {
    PutResourcePolicy: operation<PutResourcePolicyRequest, PutResourcePolicyResponse>()(
      ['SecretId', 'ResourcePolicy'],
      ['BlockPublicPolicy'],
      ({ SecretId, ResourcePolicy: text, BlockPublicPolicy = false }, caller) => {
        const secret = usableSecret(manager, caller, SecretId);
        const read = readResourcePolicy(manager.model, text);
        if (BlockPublicPolicy && read.isPublic) {
          throw new AwsError(
            'PublicPolicyException',
            'The BlockPublicPolicy parameter is set to true, and the resource policy did not prevent broad access to the secret.',
          );
        }
        secret.policy = { text, read };
        return { ARN: secret.arn, Name: secret.name };
      },
    ),
    GetResourcePolicy: operation<GetResourcePolicyRequest, GetResourcePolicyResponse>()(
      ['SecretId'],
      [],
      ({ SecretId }, caller) => {
        const { arn, name, policy } = secretOf(manager, caller, SecretId);
        return { ARN: arn, Name: name, ResourcePolicy: policy?.text };
      },
    ),
    DeleteResourcePolicy: operation<DeleteResourcePolicyRequest, DeleteResourcePolicyResponse>()(
      ['SecretId'],
      [],
      ({ SecretId }, caller) => {
        const secret = usableSecret(manager, caller, SecretId);
        secret.policy = undefined;
        return { ARN: secret.arn, Name: secret.name };
      },
    ),
  };
}

/** Reads a policy. As AWS does, it refuses a principal that doesn't exist; roles aren't modelled, so every role does. */
function readResourcePolicy(model: Model, text: string): AccessPolicy {
  let read: AccessPolicy;
  try {
    read = readPolicy(text, 'resource');
  } catch (error) {
    // The same error under Secrets Manager's own name.
    if (error instanceof AwsError) throw new AwsError('MalformedPolicyDocumentException', error.message);
    throw error;
  }
  if (read.principals.every((principal) => exists(model, principal))) return read;
  throw new AwsError(
    'MalformedPolicyDocumentException',
    'This resource policy contains an unsupported principal.',
  );
}

function exists(model: Model, principal: string): boolean {
  if (principal === '*') return true;
  const account = model.accounts.get(/\d{12}/.exec(principal)?.[0] ?? '');
  if (account === undefined || !principal.includes(':user/')) return account !== undefined;
  return [...account.users.values()].some(({ arn }) => arn === principal);
}
