import { describe, expect, it } from 'vitest';
import {
  mailEventSchema,
  readMailEvent,
  whyOperatorsMissIt,
} from '../../../tasks/domain/asking/mail-event.ts';
import { type MailOrigin, readOrigin, writeOrigin } from '../../../tasks/domain/asking/mail-origin.ts';
import { executionArn } from '../../tasks/ids.ts';

const origin: MailOrigin = { executionArn, mail: 'newKeyReady', question: { stage: 'ask', round: 1 } };
const arnOf = (name: string): string => executionArn.replace(/[^:]+$/, name);

describe('what a mail is about', () => {
  it.each<[string, MailOrigin]>([
    ['a question', origin],
    ['a mail that only tells', { executionArn, mail: 'deleted' }],
    ['a user with a name of other characters', { ...origin, executionArn: arnOf('1-a+b=c.d@e_f-1') }],
    [
      'the longest names that AWS allows',
      {
        ...origin,
        executionArn: `arn:aws-us-gov:states:us-gov-west-1:111122223333:execution:${'m'.repeat(80)}:${'n'.repeat(80)}`,
      },
    ],
  ])('comes back from its tags: %s', (_, about) => {
    const tags = writeOrigin(about);
    expect(readOrigin(tags)).toEqual(about);
    for (const [name, value] of Object.entries(tags)) {
      expect(name).toMatch(/^[\w-]{1,256}$/);
      expect(value).toMatch(/^[\w-]{1,256}$/);
    }
  });

  it('holds no address', () => {
    expect(Object.values(writeOrigin(origin)).join()).not.toContain('@');
  });

  it('is only written for an execution', () => {
    expect(() => writeOrigin({ ...origin, executionArn: 'deploy-bot' })).toThrow(RangeError);
  });

  it.each([
    {},
    { other: 'x' },
    { 'keyturn-machine': 'YXJu' },
    { ...writeOrigin(origin), 'keyturn-stage': 'drain' },
  ])('is nothing of ours in other tags (%#)', (tags) => {
    expect(readOrigin(tags)).toBeUndefined();
  });
});

const event = (detail: object, tags: Record<string, string> = writeOrigin(origin)) =>
  mailEventSchema.parse({
    detail: {
      mail: {
        messageId: '0102-1',
        destination: ['ada@example.com'],
        tags: Object.fromEntries(Object.entries(tags).map(([name, value]) => [name, [value]])),
      },
      ...detail,
    },
  });
const bounce = (bounceType: string, bounceSubType = 'General') => ({
  eventType: 'Bounce',
  bounce: { bounceType, bounceSubType },
});

describe('an event about a mail', () => {
  it.each([
    ['a permanent bounce', bounce('Permanent', 'Suppressed'), 'a permanent bounce (Suppressed)'],
    ['a complaint', { eventType: 'Complaint', complaint: { complaintFeedbackType: 'abuse' } }, 'spam'],
    ['a complaint of no kind', { eventType: 'Complaint', complaint: {} }, 'spam'],
  ])('means that it is lost: %s', (_, detail, because) => {
    expect(readMailEvent(event(detail))).toEqual({
      act: 'lost',
      address: 'ada@example.com',
      because: expect.stringContaining(because),
      origin,
    });
  });

  it.each([
    ['a full mailbox', bounce('Transient', 'MailboxFull')],
    ['an out-of-office answer', bounce('Transient', 'General')],
    ['a bounce that SES can’t tell', bounce('Undetermined')],
    ['a delay', { eventType: 'DeliveryDelay' }],
    [
      'somebody who says that it is no spam',
      { eventType: 'Complaint', complaint: { complaintFeedbackType: 'not-spam' } },
    ],
    ['an event that doesn’t exist yet', { eventType: 'Snoozed', bounce: { bounceType: 'Permanent' } }],
  ])('means nothing: %s', (_, detail) => {
    expect(readMailEvent(event(detail))).toMatchObject({ act: 'nothing' });
  });

  it('means nothing if the mail isn’t about a rotation', () => {
    expect(readMailEvent(event(bounce('Permanent'), {}))).toMatchObject({ act: 'nothing' });
  });
});

describe('a mail that the operators don’t have', () => {
  it.each([
    ['a permanent bounce', bounce('Permanent', 'OnAccountSuppressionList')],
    ['a bounce that SES can’t tell', bounce('Undetermined', 'Undetermined')],
    ['a full mailbox', bounce('Transient', 'MailboxFull')],
    ['a complaint', { eventType: 'Complaint', complaint: { complaintFeedbackType: 'abuse' } }],
  ])('is known by %s, whatever the mail is about', (_, detail) => {
    for (const tags of [writeOrigin(origin), {}]) {
      expect(whyOperatorsMissIt(event(detail, tags), 'Ada@example.com')).toMatch(/bounce|complaint/);
    }
  });

  it.each([
    ['an out-of-office answer', bounce('Transient', 'General'), 'ada@example.com'],
    ['a delay', { eventType: 'DeliveryDelay' }, 'ada@example.com'],
    ['the bounce of somebody else’s mail', bounce('Permanent'), 'ops@example.com'],
  ])('is not known by %s', (_, detail, operators) => {
    expect(whyOperatorsMissIt(event(detail), operators)).toBeUndefined();
  });
});
