import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { beforeEach, describe, expect, it } from 'vitest';
import { prove } from '../../tasks/aws/proof.ts';
import { given } from './given.ts';
import { newKeyId, rotation, secretAccessKey } from './ids.ts';
import { awsError, mockAws } from './mocked-aws.ts';
import { setUp } from './setting-up.ts';

const aws = mockAws();
let world = setUp();
beforeEach(() => {
  world = setUp();
});
const tryOut = () => prove(world.dependencies, rotation, { accessKeyId: newKeyId, secretAccessKey });
const refused = awsError('InvalidClientTokenId', 403);

describe('the proof that a new key signs', () => {
  it.each([
    ['without a path', 'arn:aws:iam::111122223333:user/deploy-bot'],
    ['with one', 'arn:aws:iam::111122223333:user/ci/deploy/deploy-bot'],
  ])('is its user’s own identity, %s', async (_, Arn) => {
    aws.sts.on(GetCallerIdentityCommand).resolves({ Account: '111122223333', Arn });
    await expect(tryOut()).resolves.toBeUndefined();
    expect(world.slept).toEqual([]);
  });

  it.each(['InvalidClientTokenId', 'SignatureDoesNotMatch', 'AuthFailure'])(
    'is tried again, with growing pauses, while AWS says %s',
    async (code) => {
      given(aws);
      aws.sts
        .on(GetCallerIdentityCommand)
        .rejectsOnce(awsError(code, 403))
        .rejectsOnce(awsError(code, 403))
        .resolves({ Account: '111122223333', Arn: 'arn:aws:iam::111122223333:user/deploy-bot' });
      await tryOut();
      expect(world.slept).toEqual([2000, 4000]);
    },
  );

  it('is given up after about a minute, several times what a new key takes', async () => {
    aws.sts.on(GetCallerIdentityCommand).rejects(refused);
    await expect(tryOut()).rejects.toMatchObject({
      name: 'NewKeyDoesNotSign',
      message: expect.stringContaining(newKeyId),
    });
    const waited = world.slept.reduce((sum, pause) => sum + pause, 0);
    expect(waited).toBeGreaterThanOrEqual(45_000);
    expect(waited).toBeLessThanOrEqual(60_000);
    expect(world.slept).toEqual(world.slept.toSorted((a, b) => a - b));
  });

  it.each([
    ['another user', { Account: '111122223333', Arn: 'arn:aws:iam::111122223333:user/not-deploy-bot' }],
    [
      'the same name in another account',
      { Account: '444455556666', Arn: 'arn:aws:iam::444455556666:user/deploy-bot' },
    ],
    ['nobody', {}],
  ])('fails at once where the key signs as %s', async (_, identity) => {
    aws.sts.on(GetCallerIdentityCommand).resolves(identity);
    await expect(tryOut()).rejects.toMatchObject({ name: 'NewKeyDoesNotSign' });
    expect(world.slept).toEqual([]);
  });

  it.each(['AccessDenied', 'Throttling'])('doesn’t take %s for a refusal of the key', async (code) => {
    aws.sts.on(GetCallerIdentityCommand).rejects(awsError(code));
    await expect(tryOut()).rejects.toMatchObject({ name: code });
  });
});
