import { describe, expect, it } from 'vitest';
import {
  type Emergency,
  keysOfEmergency,
  type LeakedKey,
  leakEventSchema,
  leakExecutionName,
  leakIn,
  respondTo,
} from '../../../tasks/domain/leaks/leak.ts';
import { closed, healthEvent } from '../../workflows/health-event.ts';
import { accountId } from '../../workflows/life.ts';

const keyId = 'AKIAOLDOLDOLDOLDQJHX';
const other = 'AKIANEWNEWNEWNEWZWVK';
const read = (event: unknown) => leakIn(leakEventSchema.parse(event));

describe('an event of AWS Health', () => {
  it.each([
    ['AWS_RISK_CREDENTIALS_EXPOSED', 'leaked'],
    ['AWS_RISK_CREDENTIALS_COMPROMISED', 'leaked'],
    ['AWS_RISK_IAM_QUARANTINE', 'leaked'],
    ['AWS_RISK_CREDENTIALS_EXPOSURE_SUSPECTED', 'suspected'],
    ['AWS_RISK_CREDENTIALS_COMPROMISE_SUSPECTED', 'suspected'],
    ['AWS_RISK_OF_NEXT_YEAR', 'suspected'],
    ['AWS_IAM_OPERATIONAL_ISSUE', 'noLeak'],
  ])('of code %s means: %s', (code, severity) => {
    expect(read(healthEvent({ entities: [keyId], code }))).toEqual({
      accountId,
      keyIds: [keyId],
      eventTypeCode: code,
      severity,
      report: expect.objectContaining({ by: `AWS Health, ${code}` }),
      isClosed: false,
    });
  });

  it('says if it is closed', () => {
    expect(read(healthEvent({ entities: [keyId], detail: closed })).isClosed).toBe(true);
  });

  it('names each key once, wherever in its entities and resources it is', () => {
    const entities = [`IAM_USER/deploy-bot/${keyId}`, other, 'arn:aws:iam::222222222222:user/deploy-bot'];
    expect(read(healthEvent({ entities })).keyIds).toEqual([keyId, other]);
  });

  it('is about the account that is affected, not the one that it came through', () => {
    expect(read(healthEvent({ account: '111111111111' })).accountId).toBe(accountId);
    const detail = { affectedAccount: undefined };
    expect(read(healthEvent({ detail })).accountId).toBe(accountId);
  });

  it.each([
    ['an entity without a value', { affectedEntities: [{}, { entityValue: keyId }] }],
    ['entities that are no list', { affectedEntities: null }],
    ['a status of another form', { statusCode: 7 }],
    ['an account of another form', { affectedAccount: '-' }],
  ])('is read though it has %s', (_, detail) => {
    expect(read(healthEvent({ entities: [keyId], detail })).keyIds).toEqual([keyId]);
  });
});

describe('what a leaked key calls for', () => {
  const active: LeakedKey = { state: 'active', userName: 'deploy-bot' };
  const inactive: LeakedKey = { state: 'inactive', userName: 'deploy-bot' };
  const nobodys: LeakedKey = { state: 'nobodys', because: 'IAM knows no such key' };
  const before = (state: Emergency['state']): Emergency => ({
    name: `leak-${keyId}`,
    state,
    keyIds: [keyId],
    startedAt: new Date(0),
  });

  it.each<[string, LeakedKey, Emergency['state'] | undefined, boolean, string]>([
    ['active, heard of for the first time', active, undefined, false, 'start'],
    ['active, first heard of as closed', active, undefined, true, 'start'],
    ['active while its emergency runs', active, 'running', false, 'none'],
    ['active after its emergency failed', active, 'failed', false, 'start'],
    ['active after its emergency failed, and closed', active, 'failed', true, 'start'],
    ['active though its emergency ended', active, 'ended', false, 'start'],
    ['said to be active after its emergency completed', active, 'completed', false, 'none'],
    ['active again by its owner', active, 'takenBack', false, 'askPerson'],
    ['active again by its owner, and closed', active, 'takenBack', true, 'none'],
    ['inactive, heard of for the first time', inactive, undefined, false, 'start'],
    ['inactive, first heard of as closed', inactive, undefined, true, 'none'],
    ['inactive after its emergency ended', inactive, 'ended', false, 'none'],
    ['inactive after its emergency failed', inactive, 'failed', false, 'start'],
    ['inactive after its emergency failed, and closed', inactive, 'failed', true, 'none'],
    ['nobody’s, heard of for the first time', nobodys, undefined, false, 'askPerson'],
    ['nobody’s, and closed', nobodys, undefined, true, 'none'],
    ['nobody’s after its emergency completed', nobodys, 'completed', false, 'none'],
    ['nobody’s after its emergency failed', nobodys, 'failed', false, 'askPerson'],
  ])('%s', (_, key, state, isClosed, act) => {
    const response = respondTo(key, state === undefined ? undefined : before(state), isClosed);
    expect(response.act).toBe(act);
    expect(response.because).not.toBe('');
  });
});

describe('an emergency’s name and input', () => {
  it('tell its keys and its attempt', () => {
    expect(leakExecutionName(keyId)).toBe(`leak-${keyId}`);
    expect(leakExecutionName(keyId, 2)).toBe(`leak-${keyId}-2`);
    expect(leakExecutionName('A'.repeat(128), 12)).toHaveLength(79);
    expect(keysOfEmergency(JSON.stringify({ keyId, alsoLeaked: [other] }))).toEqual([keyId, other]);
    expect(keysOfEmergency(JSON.stringify({ keyId }))).toEqual([keyId]);
    expect(keysOfEmergency('{}')).toEqual([]);
  });
});
