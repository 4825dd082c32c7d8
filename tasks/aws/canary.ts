import { IAMClient, paginateListAccessKeys } from '@aws-sdk/client-iam';
import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import type { Dependencies } from '../dependencies.ts';
import type { Canary } from '../domain/canary.ts';
import { type Rotation, secretNameOf } from '../domain/rotation.ts';
import { shapeOf } from '../domain/secret-shape.ts';
import { type KeyPair, readValue } from '../domain/secret-value.ts';
import { oneClient } from './one-client.ts';

const iam = /* @__PURE__ */ oneClient((defaults) => new IAMClient(defaults));
const secrets = /* @__PURE__ */ oneClient((defaults) => new SecretsManagerClient(defaults));

/** When the canary's keys were created, active or not. */
export async function keysOfCanary(
  { userName: UserName }: Canary,
  { aws }: Pick<Dependencies, 'aws'>,
): Promise<Date[]> {
  const created: Date[] = [];
  for await (const page of paginateListAccessKeys({ client: iam(aws) }, { UserName })) {
    for (const { CreateDate } of page.AccessKeyMetadata ?? []) if (CreateDate) created.push(CreateDate);
  }
  return created;
}

/**
 * The pair in the canary's secret, read as any application reads its own: whatever is current.
 * @returns undefined before the first rotation: there is no secret, so nothing lets the role read it; or it only names
 * the first key
 */
export async function pairOfCanary(
  user: Rotation,
  { aws, settings }: Pick<Dependencies, 'aws' | 'settings'>,
): Promise<KeyPair | undefined> {
  const SecretId = secretNameOf(settings.secretPrefix, user);
  try {
    const { SecretString } = await secrets(aws).send(new GetSecretValueCommand({ SecretId }));
    return readValue(shapeOf(settings.secretShape), SecretString);
  } catch (error) {
    const isMissing = error instanceof ResourceNotFoundException;
    if (isMissing || (error instanceof Error && error.name === 'AccessDeniedException')) return undefined;
    throw error;
  }
}
