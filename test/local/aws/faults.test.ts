import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  GetUserCommand,
  ListAccessKeysCommand,
} from '@aws-sdk/client-iam';
import { ListAccountsCommand } from '@aws-sdk/client-organizations';
import { CreateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { GetAccountCommand } from '@aws-sdk/client-sesv2';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import type { Call, CallResult, Fault } from '../../../local/aws/types.ts';
import { asMember, CENTRAL, DUMMY, type ModelWorld, makeWorld } from './fixture.ts';

/** Injects a fault into one call of an operation. @returns what a listener hears of all its calls */
function failOnce(world: ModelWorld, operation: string, fault: Fault): { call: Call; answer: CallResult }[] {
  const heard: { call: Call; answer: CallResult }[] = [];
  let failed = false;
  world.aws.inject((call) => {
    if (failed || call.operation !== operation) return undefined;
    failed = true;
    return fault;
  });
  world.aws.onCall((call, answer) => heard.push({ call, answer }));
  return heard;
}

describe('a refused call', () => {
  it.each([
    ['throttle', 'Throttling', 'ThrottlingException', 'TooManyRequestsException', 'TooManyRequestsException'],
    [
      'unavailable',
      'ServiceFailureException',
      'InternalServiceError',
      'ServiceException',
      'ServiceUnavailableException',
    ],
    ['denied', 'AccessDenied', 'AccessDeniedException', 'AccessDeniedException', 'AccessDeniedException'],
  ] as const)(
    'by %s has the name that each client knows',
    async (fault, iam, secrets, organizations, ses) => {
      const { aws, clients } = makeWorld();
      aws.inject(() => fault);
      const names = await Promise.all([
        nameOf(clients.iam.send(new GetUserCommand({ UserName: 'app' }))),
        nameOf(clients.secrets.send(new CreateSecretCommand({ Name: 'a', SecretString: 'b' }))),
        nameOf(clients.organizations.send(new ListAccountsCommand({}))),
        nameOf(clients.ses.send(new GetAccountCommand({}))),
      ]);
      expect(names).toEqual([iam, secrets, organizations, ses]);
      expect(aws.secrets.size).toBe(0);
    },
  );

  const nameOf = (sent: Promise<unknown>): Promise<string> =>
    sent.then(
      () => 'none',
      (error: Error) => error.name,
    );

  it.each(['throttle', 'unavailable', 'lostRequest', 'lostAnswer'] as const)(
    'by %s is retried by the SDK',
    async (fault) => {
      const world = makeWorld();
      const heard = failOnce(world, 'CreateSecret', fault);
      const { secrets } = world.as(DUMMY, 2);
      await secrets.send(new CreateSecretCommand({ Name: 'a', SecretString: 'b' }));
      expect(heard.map(({ call }) => call.number)).toEqual([1, 2]);
      expect(world.aws.secrets.get(CENTRAL)?.get('a')?.versions.size).toBe(1);
    },
  );
});

describe('a lost answer', () => {
  it('leaves a key whose secret nobody has', async () => {
    const world = makeWorld();
    const { iam } = await asMember(world);
    const heard = failOnce(world, 'CreateAccessKey', 'lostAnswer');
    await expect(iam.send(new CreateAccessKeyCommand({ UserName: 'app' }))).rejects.toMatchObject({
      code: 'ECONNRESET',
    });
    expect(world.app.keys.length).toBe(2);
    expect(heard).toMatchObject([
      { answer: { delivered: false, output: { AccessKey: { UserName: 'app' } } } },
    ]);
    const { AccessKeyMetadata } = await iam.send(new ListAccessKeysCommand({ UserName: 'app' }));
    expect(AccessKeyMetadata?.length).toBe(2);
  });

  it('of a lost request changes nothing', async () => {
    const world = makeWorld();
    const { iam } = await asMember(world);
    const heard = failOnce(world, 'CreateAccessKey', 'lostRequest');
    await expect(iam.send(new CreateAccessKeyCommand({ UserName: 'app' }))).rejects.toThrow('ECONNRESET');
    expect(world.app.keys.length).toBe(1);
    expect(heard).toMatchObject([{ answer: { delivered: false, error: { code: 'ECONNRESET' } } }]);
  });
});

describe('a crash', () => {
  it.each([
    ['crashBefore', 1],
    ['crashAfter', 2],
  ] as const)('by %s ends the caller, who never hears an answer', async (fault, keys) => {
    const world = makeWorld();
    const { iam } = await asMember(world);
    failOnce(world, 'CreateAccessKey', fault);
    let settled = false;
    const crashed = new Promise((resolve) => world.aws.onCrash(resolve));
    const settle = (): void => {
      settled = true;
    };
    iam.send(new CreateAccessKeyCommand({ UserName: 'app' })).then(settle, settle);
    expect(await crashed).toMatchObject({ kind: 'role', roleName: 'Rotator' });
    await world.clients.sts.send(new GetCallerIdentityCommand({}));
    expect(settled).toBe(false);
    expect(world.app.keys.length).toBe(keys);
  });
});

describe('a listener', () => {
  it('hears of a call when its change is visible, before the caller does', async () => {
    const world = makeWorld();
    const { iam } = await asMember(world);
    const order: string[] = [];
    world.aws.onCall(({ operation }, answer) => {
      order.push(
        `${operation} ${'error' in answer ? answer.error.code : 'done'}, ${world.app.keys.length} keys`,
      );
    });
    const create = () => iam.send(new CreateAccessKeyCommand({ UserName: 'app' }));
    await create();
    order.push('answered');
    await expect(create()).rejects.toThrow();
    expect(order).toEqual([
      'CreateAccessKey done, 2 keys',
      'answered',
      'CreateAccessKey LimitExceeded, 2 keys',
    ]);
  });
});

it('shows a listener the model as each of several simultaneous calls left it', async () => {
  const world = makeWorld();
  const { iam } = await asMember(world);
  const seen: string[] = [];
  world.aws.onCall(({ input }) => seen.push(`${input.UserName}: ${world.member.users.size}`));
  await Promise.all(['a', 'b', 'c'].map((UserName) => iam.send(new CreateUserCommand({ UserName }))));
  expect(seen).toEqual(['a: 2', 'b: 3', 'c: 4']);
});

describe('a service from outside', () => {
  it('replaces the one that was there, and may answer later', async () => {
    const { aws, clients } = makeWorld();
    aws.use('sts', { GetCallerIdentity: async (_, caller) => ({ Account: caller.accountId, Arn: 'mine' }) });
    expect(await clients.sts.send(new GetCallerIdentityCommand({}))).toMatchObject({
      Account: CENTRAL,
      Arn: 'mine',
    });
  });

  it('is refused by name if there is none', async () => {
    const { aws } = makeWorld();
    const authorization = `AWS4-HMAC-SHA256 Credential=x/20260301/eu-west-1/sqs/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}`;
    const answer = await aws.handle({ method: 'GET', path: '/', headers: { authorization } });
    expect(answer.statusCode).toBe(400);
    expect(JSON.parse(answer.body)).toMatchObject({
      message: expect.stringContaining('sqs is not modelled here'),
    });
    const unsigned = await aws.handle({ method: 'GET', path: '/', headers: {} });
    expect(unsigned.statusCode).toBe(403);
  });
});

it('is the same to the letter under the same seed', async () => {
  const run = async (): Promise<string> => {
    const world = makeWorld({ consistencySeconds: 5 });
    const { iam } = await asMember(world);
    const answers: unknown[] = [];
    answers.push(await iam.send(new CreateAccessKeyCommand({ UserName: 'app' })));
    for (let read = 0; read < 10; read++)
      answers.push(await iam.send(new ListAccessKeysCommand({ UserName: 'app' })));
    return JSON.stringify(answers);
  };
  expect(await run()).toBe(await run());
});
