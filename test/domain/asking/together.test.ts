import { describe, expect, it } from 'vitest';
import { undisturbed } from '../../../tasks/domain/asking/question.ts';
import {
  collectedIn,
  collectionOf,
  isInTime,
  mostTogether,
  noteSchema,
  slotsFor,
} from '../../../tasks/domain/asking/together.ts';
import { requestSchema } from '../../../tasks/domain/rotation.ts';
import { later, minute } from '../../../tasks/domain/time.ts';
import { makeWork } from '../../tasks/work.ts';
import { ago, now } from '../uses.ts';

const place = 'asking/0123/4567/1/';
const question = {
  ...makeWork(),
  ...({
    stage: 'ask',
    round: 1,
    reminder: 0,
    taskToken: 'AQC-token',
    since: now,
    asking: undisturbed,
  } as const),
  together: { askAt: now, place },
};

describe('a question that was collected', () => {
  it('is asked with the others in its very first mail', () => {
    expect(collectedIn(question)).toBe(place);
  });

  it.each([
    ['a reminder', { reminder: 1 }],
    ['another round', { round: 2 }],
    [
      'more time',
      {
        asking: { ...undisturbed, interruption: { kind: 'moreTime', days: 1, by: '', reason: '' } as const },
      },
    ],
    ['a redrive, which moves its dates', { since: later(now, minute) }],
    ['a collection that could not be written', { together: { askAt: now } }],
    ['no collection, as in a rotation started by hand', { together: undefined }],
  ])('is asked alone in case of %s', (_, changes) => {
    expect(collectedIn({ ...question, ...changes })).toBeUndefined();
  });

  it('is noted without its token', () => {
    const note = noteSchema.parse({ ...question, evidence: { at: now, oldKey: { state: 'neverUsed' } } });
    expect(JSON.stringify(note)).not.toContain('AQC-token');
  });
});

it('the place of a collection depends on who is asked, not on the order of the addresses', () => {
  const [a, b] = ['ada@example.com', 'ben@example.com'];
  expect(collectionOf('0123', [a, b], 1)).toBe(collectionOf('0123', [b, a], 1));
  expect(collectionOf('0123', [a, b], 1)).not.toBe(collectionOf('0123', [a], 1));
  expect(collectionOf('0123', [a], 2)).toMatch(/^asking\/0123\/[0-9a-f]{32}\/2\/$/);
});

it('each rotation tries every slot once', () => {
  expect(slotsFor('arn:one').toSorted((a, b) => a - b)).toEqual(
    Array.from({ length: mostTogether }, (_, n) => n),
  );
});

it('a note within the last minute before the mail comes too late', () => {
  expect([
    isInTime(now, ago(1)),
    isInTime(later(now, minute), now),
    isInTime(later(now, minute - 1), now),
  ]).toEqual([true, true, false]);
});

it.each(['../sweeps/', 'ABC', '', 7])('an input’s askedWith of %j is ignored', (askedWith) => {
  const request = requestSchema.parse({ accountId: '111122223333', userName: 'deploy-bot', askedWith });
  expect(request.askedWith).toBeUndefined();
});
