import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  paginateListSecrets,
  RestoreSecretCommand,
  TagResourceCommand,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { asMember, CENTRAL, makeWorld } from './fixture.ts';

const SecretId = 'keyturn/app';
const [ONE, TWO, THREE] = ['1', '2', '3'].map((digit) => digit.repeat(32));

/** A secret of two versions: TWO is current, ONE is previous. */
async function withTwoVersions() {
  const world = makeWorld();
  const { secrets } = world.clients;
  await secrets.send(
    new CreateSecretCommand({ Name: SecretId, SecretString: 'one', ClientRequestToken: ONE }),
  );
  await secrets.send(new PutSecretValueCommand({ SecretId, SecretString: 'two', ClientRequestToken: TWO }));
  const stages = async () => (await secrets.send(new DescribeSecretCommand({ SecretId }))).VersionIdsToStages;
  return { world, secrets, stages };
}

describe('versions and their stages', () => {
  it('are moved together: AWSPREVIOUS follows AWSCURRENT', async () => {
    const { secrets, stages } = await withTwoVersions();
    expect(await stages()).toEqual({ [`${ONE}`]: ['AWSPREVIOUS'], [`${TWO}`]: ['AWSCURRENT'] });
    await secrets.send(
      new PutSecretValueCommand({ SecretId, SecretString: 'three', ClientRequestToken: THREE }),
    );
    expect(await stages()).toEqual({ [`${TWO}`]: ['AWSPREVIOUS'], [`${THREE}`]: ['AWSCURRENT'] });
    const { Versions } = await secrets.send(
      new ListSecretVersionIdsCommand({ SecretId, IncludeDeprecated: true }),
    );
    expect(Versions?.map(({ VersionId }) => VersionId)).toEqual([ONE, TWO, THREE]);
  });

  it('can be rolled back by one move', async () => {
    const { secrets, stages } = await withTwoVersions();
    const move = { SecretId, VersionStage: 'AWSCURRENT', MoveToVersionId: ONE, RemoveFromVersionId: TWO };
    await secrets.send(new UpdateSecretVersionStageCommand(move));
    expect(await stages()).toEqual({ [`${ONE}`]: ['AWSCURRENT'], [`${TWO}`]: ['AWSPREVIOUS'] });
    expect((await secrets.send(new GetSecretValueCommand({ SecretId }))).SecretString).toBe('one');
    await expect(secrets.send(new UpdateSecretVersionStageCommand(move))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
  });

  it('keep AWSCURRENT where it is if a version is only pending', async () => {
    const { secrets, stages } = await withTwoVersions();
    const pending = {
      SecretId,
      SecretString: 'three',
      ClientRequestToken: THREE,
      VersionStages: ['AWSPENDING'],
    };
    await secrets.send(new PutSecretValueCommand(pending));
    expect(await stages()).toMatchObject({ [`${TWO}`]: ['AWSCURRENT'], [`${THREE}`]: ['AWSPENDING'] });
    const remove = { SecretId, VersionStage: 'AWSPENDING', RemoveFromVersionId: THREE };
    await secrets.send(new UpdateSecretVersionStageCommand(remove));
    expect(await stages()).toEqual({ [`${ONE}`]: ['AWSPREVIOUS'], [`${TWO}`]: ['AWSCURRENT'] });
  });

  it('make the first version current, with any stage that it was given', async () => {
    const { secrets } = makeWorld().clients;
    await secrets.send(new CreateSecretCommand({ Name: SecretId }));
    await expect(secrets.send(new GetSecretValueCommand({ SecretId }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    const { VersionStages } = await secrets.send(
      new PutSecretValueCommand({ SecretId, SecretString: 'one', VersionStages: ['AWSPENDING'] }),
    );
    expect(VersionStages).toEqual(['AWSPENDING', 'AWSCURRENT']);
  });

  it.each([
    ['to take AWSCURRENT away', { RemoveFromVersionId: TWO }, /only move staging label/],
    ['to move it without saying from where', { MoveToVersionId: ONE }, /RemoveFromVersionId can't be empty/],
    [
      'to move it from the wrong version',
      { MoveToVersionId: TWO, RemoveFromVersionId: ONE },
      /must be set to/,
    ],
    ['to move it to no version', { MoveToVersionId: THREE, RemoveFromVersionId: TWO }, /can't find/],
    ['nothing', {}, /must specify/],
  ])('refuses %s', async (_, input, message) => {
    const { secrets, stages } = await withTwoVersions();
    const before = await stages();
    const command = new UpdateSecretVersionStageCommand({ SecretId, VersionStage: 'AWSCURRENT', ...input });
    await expect(secrets.send(command)).rejects.toThrow(message);
    expect(await stages()).toEqual(before);
  });

  it('find a version by its ID, its stage, or both if they agree', async () => {
    const { secrets } = await withTwoVersions();
    const read = async (which: object) =>
      (await secrets.send(new GetSecretValueCommand({ SecretId, ...which }))).SecretString;
    expect(await read({ VersionId: ONE })).toBe('one');
    expect(await read({ VersionStage: 'AWSPREVIOUS' })).toBe('one');
    expect(await read({ VersionId: TWO, VersionStage: 'AWSCURRENT' })).toBe('two');
    await expect(read({ VersionId: ONE, VersionStage: 'AWSCURRENT' })).rejects.toThrow(/not associated/);
    await expect(read({ VersionId: THREE })).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});

describe('a repeated request', () => {
  it('puts the same value under the same token once, and another value never', async () => {
    const { secrets, world } = await withTwoVersions();
    const put = (SecretString: string) =>
      secrets.send(new PutSecretValueCommand({ SecretId, SecretString, ClientRequestToken: ONE }));
    expect((await put('one')).VersionStages).toEqual(['AWSPREVIOUS']);
    await expect(put('else')).rejects.toMatchObject({ name: 'ResourceExistsException' });
    expect(world.aws.secrets.get(CENTRAL)?.get(SecretId)?.versions.size).toBe(2);
  });

  it('creates a secret once, and is accepted again', async () => {
    const { secrets } = await withTwoVersions();
    const create = (SecretString: string) =>
      secrets.send(new CreateSecretCommand({ Name: SecretId, SecretString, ClientRequestToken: ONE }));
    expect((await create('one')).VersionId).toBe(ONE);
    await expect(create('else')).rejects.toMatchObject({ name: 'ResourceExistsException' });
  });
});

describe('a secret', () => {
  it('is found by name and by ARN, in its own account only', async () => {
    const { secrets, world } = await withTwoVersions();
    const { ARN = '', Name } = await secrets.send(new DescribeSecretCommand({ SecretId }));
    expect(ARN).toMatch(
      new RegExp(`^arn:aws:secretsmanager:eu-west-1:${CENTRAL}:secret:keyturn/app-[A-Za-z0-9]{6}$`),
    );
    expect((await secrets.send(new DescribeSecretCommand({ SecretId: ARN }))).Name).toBe(Name);
    const { secrets: others } = await asMember(world);
    await expect(others.send(new DescribeSecretCommand({ SecretId }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    await expect(others.send(new DescribeSecretCommand({ SecretId: ARN }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('no resource-based policy allows'),
    });
  });

  it('is not usable while it waits for deletion, can be restored, and is gone in the end', async () => {
    const { secrets, world } = await withTwoVersions();
    const read = () => secrets.send(new GetSecretValueCommand({ SecretId }));
    await secrets.send(new DeleteSecretCommand({ SecretId, RecoveryWindowInDays: 7 }));
    await expect(read()).rejects.toMatchObject({ name: 'InvalidRequestException' });
    await secrets.send(new RestoreSecretCommand({ SecretId }));
    expect((await read()).SecretString).toBe('two');
    await secrets.send(new DeleteSecretCommand({ SecretId, RecoveryWindowInDays: 7 }));
    expect((await secrets.send(new ListSecretsCommand({}))).SecretList).toEqual([]);
    world.pass(7 * 86_400);
    await expect(read()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('has tags', async () => {
    const { secrets } = await withTwoVersions();
    await secrets.send(new TagResourceCommand({ SecretId, Tags: [{ Key: 'user', Value: 'app' }] }));
    const { Tags } = await secrets.send(new DescribeSecretCommand({ SecretId }));
    expect(Tags).toEqual([{ Key: 'user', Value: 'app' }]);
  });

  it('is listed page by page', async () => {
    const { secrets } = makeWorld().clients;
    for (let index = 0; index < 5; index++)
      await secrets.send(new CreateSecretCommand({ Name: `s${index}` }));
    const pages: (string | undefined)[][] = [];
    for await (const { SecretList = [] } of paginateListSecrets({ client: secrets, pageSize: 2 }, {})) {
      pages.push(SecretList.map(({ Name }) => Name));
    }
    expect(pages).toEqual([['s0', 's1'], ['s2', 's3'], ['s4']]);
  });

  it('of bytes is refused, not silently ignored', async () => {
    const { secrets } = makeWorld().clients;
    const create = secrets.send(new CreateSecretCommand({ Name: 'b', SecretBinary: new Uint8Array([1]) }));
    await expect(create).rejects.toThrow(/without SecretBinary/);
  });
});

describe('the lags of Secrets Manager', () => {
  it('DescribeSecret misses for some seconds that a label was moved, and that a secret was made', async () => {
    const world = makeWorld({ secretLagSeconds: 10 });
    const { secrets } = world.clients;
    const make = { Name: SecretId, SecretString: 'one', ClientRequestToken: ONE };
    await secrets.send(new CreateSecretCommand(make));
    const seen = async (): Promise<Set<string>> => {
      const answers = new Set<string>();
      for (let time = 0; time < 20; time += 1) {
        const asked = secrets.send(new DescribeSecretCommand({ SecretId }));
        const stages = await asked.then(
          ({ VersionIdsToStages = {} }) => Object.keys(VersionIdsToStages).join(),
          ({ name }: Error) => name,
        );
        answers.add(stages);
      }
      return answers;
    };
    expect(await seen()).toEqual(new Set(['ResourceNotFoundException', ONE]));
    world.pass(11);
    expect(await seen()).toEqual(new Set([ONE]));
    await secrets.send(new PutSecretValueCommand({ SecretId, SecretString: 'two', ClientRequestToken: TWO }));
    expect(await seen()).toEqual(new Set([ONE, `${ONE},${TWO}`]));
    world.pass(11);
    expect(await seen()).toEqual(new Set([`${ONE},${TWO}`]));
  });

  it('a version without a label disappears from the description immediately, and by its ID after a while', async () => {
    const world = makeWorld({ unlabelledHours: 24 });
    const { secrets } = world.clients;
    await secrets.send(
      new CreateSecretCommand({ Name: SecretId, SecretString: 'one', ClientRequestToken: ONE }),
    );
    for (const ClientRequestToken of [TWO, THREE])
      await secrets.send(new PutSecretValueCommand({ SecretId, SecretString: 'x', ClientRequestToken }));
    const { VersionIdsToStages } = await secrets.send(new DescribeSecretCommand({ SecretId }));
    expect(Object.keys(VersionIdsToStages ?? {})).toEqual([TWO, THREE]);
    const read = () => secrets.send(new GetSecretValueCommand({ SecretId, VersionId: ONE }));
    world.pass(23 * 3600);
    expect((await read()).SecretString).toBe('one');
    world.pass(3600);
    await expect(read()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('one marked for deletion can be described, and neither read nor changed', async () => {
    const { secrets } = await withTwoVersions();
    await secrets.send(new DeleteSecretCommand({ SecretId, RecoveryWindowInDays: 7 }));
    const described = await secrets.send(new DescribeSecretCommand({ SecretId }));
    expect(described.DeletedDate).toBeInstanceOf(Date);
    expect(Object.keys(described.VersionIdsToStages ?? {})).toEqual([ONE, TWO]);
    const move = { SecretId, VersionStage: 'AWSCURRENT', MoveToVersionId: ONE, RemoveFromVersionId: TWO };
    for (const refused of [
      secrets.send(new GetSecretValueCommand({ SecretId })),
      secrets.send(new PutSecretValueCommand({ SecretId, SecretString: 'x' })),
      secrets.send(new UpdateSecretVersionStageCommand(move)),
    ])
      await expect(refused).rejects.toMatchObject({ name: 'InvalidRequestException' });
  });
});
