import { describe, expect, it } from 'vitest';
import { arnsOfUser, neededVerbs, storageOf } from '../../tasks/domain/secret-access.ts';

const rotation = {
  accountId: '222222222222',
  userName: 'deploy-bot',
  executionArn:
    'arn:aws-us-gov:states:us-gov-west-1:111111111111:execution:rotate-user-key:222222222222-deploy-bot-1',
};
const secretIn = (account: string): string =>
  `arn:aws:secretsmanager:eu-west-1:${account}:secret:keyturn/222222222222/deploy-bot-Ab3dE6`;

describe('where a rotation has put its secret', () => {
  it.each([
    ['nowhere yet', undefined, '222222222222', undefined],
    ['in the central account', secretIn('111111111111'), '222222222222', 'central'],
    ['in the user’s account', secretIn('222222222222'), '222222222222', 'member'],
    ['in the one account that is both', secretIn('111111111111'), '111111111111', undefined],
  ])('is %s', (_, secretArn, accountId, storage) => {
    expect(storageOf({ ...rotation, accountId }, secretArn)).toBe(storage);
  });
});

describe('the verbs on a secret that a deployment calls for, of those that a task may come to', () => {
  const all = ['readSecret', 'tagUser', 'admitReaders', 'replicateSecret'] as const;

  it.each([
    [[], ['readSecret', 'admitReaders']],
    [['us-east-1'], ['readSecret', 'admitReaders', 'replicateSecret']],
  ])('with replicas in %j', (replicaRegions, needed) => {
    expect(neededVerbs({ replicaRegions }, all)).toEqual(needed);
  });
});

it('a user is known by its ARN without a path and with any, in the partition of the execution', () => {
  expect(arnsOfUser(rotation)).toEqual([
    'arn:aws-us-gov:iam::222222222222:user/deploy-bot',
    'arn:aws-us-gov:iam::222222222222:user/*/deploy-bot',
  ]);
});
