import { IAMClient } from '@aws-sdk/client-iam';
import { OrganizationsClient } from '@aws-sdk/client-organizations';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SESv2Client } from '@aws-sdk/client-sesv2';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { ConfiguredRetryStrategy } from '@smithy/core/retry';
import { type Account, makeAccount, makeKey, makeUser } from '../../../local/aws/iam/account.ts';
import { InMemoryAws } from '../../../local/aws/in-memory-aws.ts';
import type { InMemoryAwsOptions } from '../../../local/aws/options.ts';

export const CENTRAL = '111111111111';
export const MEMBER = '222222222222';
export const START = new Date('2026-03-01T12:00:00Z');
export const DUMMY = { accessKeyId: 'x', secretAccessKey: 'x' };

/** Numbers in [0, 1) that are the same each time. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** An AWS of two accounts; the member has a user `app` with one key, 100 days old. Time moves by `pass`. */
export function makeWorld(options: Partial<InMemoryAwsOptions> & { seed?: number } = {}) {
  let now = START.getTime();
  const random = seeded(options.seed ?? 7);
  const createdAt = new Date(now - 100 * 86_400_000);
  const key = makeKey(random, { createdAt, createdBy: 'arn:aws:iam::222222222222:user/somebody' });
  const app = makeUser(random, { accountId: MEMBER, name: 'app', createdAt, keys: [key] });
  const member = makeAccount({ id: MEMBER, name: 'payments', alias: 'acme-payments', users: [app] });
  const central = makeAccount({ id: CENTRAL, name: 'security' });
  const accounts: Account[] = [central, member, ...(options.accounts ?? [])];
  const clock = { now: () => new Date(now) };
  const aws = new InMemoryAws({
    region: 'eu-west-1',
    centralAccountId: CENTRAL,
    clock,
    random,
    ...options,
    accounts,
  });
  const pass = (seconds: number): void => {
    now += seconds * 1000;
  };
  return { aws, key, app, member, central, pass, clients: clientsOf(aws), as: clientsFor(aws) };
}

export type ModelWorld = ReturnType<typeof makeWorld>;
type Credentials = { accessKeyId: string; secretAccessKey: string; sessionToken?: string };

function clientsFor(aws: InMemoryAws) {
  return (credentials: Credentials, maxAttempts = 1) => clientsOf(aws, credentials, maxAttempts);
}

function clientsOf(aws: InMemoryAws, credentials: Credentials = DUMMY, maxAttempts = 1) {
  const config = {
    region: 'eu-west-1',
    credentials,
    requestHandler: aws.requestHandler,
    retryStrategy: new ConfiguredRetryStrategy(maxAttempts, 0),
  };
  return {
    iam: new IAMClient(config),
    sts: new STSClient(config),
    secrets: new SecretsManagerClient(config),
    organizations: new OrganizationsClient(config),
    ses: new SESv2Client(config),
  };
}

/** Clients in a task's session of a role in the member account, scoped down if a policy is given. */
export async function asMember(world: ModelWorld, policy?: object, account = MEMBER) {
  const { sts } = world.as(world.aws.credentialsFor('task'));
  const { Credentials: given } = await sts.send(
    new AssumeRoleCommand({
      RoleArn: `arn:aws:iam::${account}:role/Rotator`,
      RoleSessionName: 'rotation',
      ...(policy === undefined ? {} : { Policy: JSON.stringify(policy) }),
    }),
  );
  return world.as({
    accessKeyId: given?.AccessKeyId ?? '',
    secretAccessKey: given?.SecretAccessKey ?? '',
    sessionToken: given?.SessionToken ?? '',
  });
}
