import { describe, expect, it } from 'vitest';
import type { Question } from '../../../tasks/domain/asking/question.ts';
import { undisturbed } from '../../../tasks/domain/asking/question.ts';
import { isMissed, whomToAsk, whomToOffer, whomToTell } from '../../../tasks/domain/asking/recipients.ts';
import { makePlan, makeQuestion } from '../../owner/fixtures.ts';

const [ada, bob, account, ops] = [
  'ada@example.com',
  'bob@example.com',
  'payments@example.com',
  'ops@example.com',
];
const without = (...unreachable: string[]): Question =>
  makeQuestion({ asking: { ...undisturbed, unreachable } });

describe('who is mailed', () => {
  it.each([
    ['all owners', without(), [ada, bob], [ada, bob], [ada, bob]],
    ['the others if one’s mail came back', without(ada), [bob, account, ops], [bob, account, ops], [bob]],
    ['the account and the operators', without(ada, bob), [account, ops], [account, ops], [account, ops]],
    ['the operators, whatever comes back', without(ada, bob, account, ops), [ops], [ops], [ops]],
  ])('%s', (_, question, asked, offered, told) => {
    expect(whomToAsk(question, ops)).toEqual(asked);
    expect(whomToOffer(question, ops)).toEqual(offered);
    expect(whomToTell(question.plan, question.asking, ops)).toEqual(told);
  });

  it('is the account too with the last reminder, and everybody of a leaked key', () => {
    expect(whomToAsk(makeQuestion({ reminder: 4 }), ops)).toEqual([ada, bob, account]);
    const leaked = makeQuestion({ stage: 'window', plan: makePlan({ confirmation: 'leakedKey' }) });
    expect(whomToOffer(leaked, ops)).toEqual([ada, bob, account, ops]);
  });
});

describe('a mail that came back leaves somebody to be stood in for', () => {
  it.each([
    ['an owner', without(), ada, true],
    ['another owner', without(ada), bob, true],
    ['an owner of whom it is known', without(ada), ada, false],
    ['the account, which was asked in an owner’s place', without(ada), account, true],
    ['the account, which only had the last reminder', without(), account, false],
    ['the operators', without(ada), ops, false],
    ['somebody who was never asked', without(), 'eve@example.com', false],
  ])('%s', (_, question, address, missed) => {
    expect(isMissed(question, address)).toBe(missed);
  });
});
