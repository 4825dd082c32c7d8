import { describe, expect, it } from 'vitest';
import { readSubject } from '../../cli/subject.ts';

describe('a subject', () => {
  it.each([
    ['deploy-bot', { kind: 'user', userName: 'deploy-bot' }],
    ['222222222222/deploy-bot', { kind: 'user', account: '222222222222', userName: 'deploy-bot' }],
    [
      'Shop / EU/john.doe@example.com',
      { kind: 'user', account: 'Shop / EU', userName: 'john.doe@example.com' },
    ],
    ['AKIAIOSFODNN7EXAMPLE', { kind: 'key', keyId: 'AKIAIOSFODNN7EXAMPLE' }],
    ['222222222222-deploy-bot-3', { kind: 'rotation', name: '222222222222-deploy-bot-3' }],
    [
      'arn:aws:iam::222222222222:user/ci/deploy-bot',
      { kind: 'user', account: '222222222222', userName: 'deploy-bot' },
    ],
    [
      'arn:aws:states:eu-west-1:111111111111:execution:keyturn-rotate-user-key:222222222222-deploy-bot-3',
      { kind: 'rotation', name: '222222222222-deploy-bot-3' },
    ],
  ])('%s is understood', (text, subject) => {
    expect(readSubject(text)).toEqual(subject);
  });

  it.each([
    ['ASIAIOSFODNN7EXAMPLE', /^ASIAIOSFODNN7EXAMPLE belongs to temporary credentials .+CloudTrail.+\.$/],
    ['AIDAIOSFODNN7EXAMPLE', /not of an access key/],
    ['arn:aws:iam::222222222222:root', /is the root user.+delete them under Security credentials\.$/],
    ['root', /is the root user/],
    ['arn:aws:iam::222222222222:role/x', /is neither a user nor a rotation: give a user, account\/user/],
    ['deploy bot', /"deploy bot" can’t be a user: give a user/],
    ['', /can’t be a user/],
  ])('%j is refused in one sentence that says what to give instead', (text, says) => {
    expect(() => readSubject(text)).toThrow(says);
  });
});
