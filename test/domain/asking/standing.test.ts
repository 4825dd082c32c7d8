import { describe, expect, it } from 'vitest';
import { findQuestion } from '../../../tasks/domain/asking/find-question.ts';
import { openDrainOf, standingOf } from '../../../tasks/domain/asking/standing.ts';
import { History, makeQuestion } from '../../owner/fixtures.ts';

const { rotation, plan, newKeyId } = makeQuestion();
const confirmed = { decision: 'confirm', by: 'Ada', at: '2026-11-22T10:00:00.000Z' };
const takenBack = { decision: 'takeBack', by: 'Ada', at: '2026-11-24T10:00:00.000Z' };
const wait = (round = 1) => ({
  ...{ rotation, plan, newKeyId, round, stage: 'drain', asking: makeQuestion().asking },
  ...{ taskToken: `token-of-drain-${round}`, since: '2026-11-22T10:00:00.000Z' },
});
const ask = { stage: 'ask', round: 1 } as const;
const draining = () => new History().ask(makeQuestion()).answer(confirmed).schedule(wait());

describe('where a rotation stands', () => {
  it.each([
    ['it asks', new History().ask(makeQuestion()), 'asking'],
    ['its window is open', new History().ask(makeQuestion({ stage: 'window' })), 'window'],
    ['a key drains', draining(), 'draining'],
    ['a draining key is being checked', draining().timeOut(), 'working'],
    ['a task runs that nobody can answer', new History().schedule({ rotation }), 'working'],
    ['nothing has happened yet', new History(), 'working'],
  ])('is read from its history: %s', (_, { events }, at) => {
    expect(standingOf(events, 'RUNNING')).toMatchObject({ at });
  });

  it.each([
    ['SUCCEEDED', { executionSucceededEventDetails: { output: '{"outcome":"rolledBack"}' } }, 'rolledBack'],
    ['SUCCEEDED', { executionSucceededEventDetails: { output: 'no JSON' } }, undefined],
    ['FAILED', {}, undefined],
    ['ABORTED', {}, undefined],
  ] as const)('is its end, with the outcome if it succeeded: %s', (status, details, outcome) => {
    const { events } = draining().add('ExecutionSucceeded', details);
    expect(standingOf(events, status)).toEqual({ at: 'ended', status, on: new Date(0), outcome });
  });
});

describe('the wait by which an answer is taken back', () => {
  it('is the open one of the same round', () => {
    const found = { standing: standingOf(draining().events, 'RUNNING') };
    expect(openDrainOf(found, ask)?.wait.taskToken).toBe('token-of-drain-1');
    expect(openDrainOf(found, { stage: 'ask', round: 2 })).toBeUndefined();
    expect(openDrainOf(found, { stage: 'window', round: 1 })).toBeUndefined();
  });

  it('is remembered by what was said in it, for its round only', () => {
    const { events } = draining()
      .answer(takenBack)
      .ask(makeQuestion({ round: 2 }));
    expect(findQuestion(events, 'RUNNING', ask)).toMatchObject({
      ...{ state: 'answered', decision: confirmed, takenBack },
      standing: { at: 'asking' },
    });
    expect(findQuestion(events, 'RUNNING', { stage: 'ask', round: 2 })).toMatchObject({ state: 'open' });
  });

  it('is followed by the next one, every day, and each has its own token', () => {
    const { events } = draining()
      .timeOut()
      .schedule({ ...wait(), taskToken: 'the-next-token' });
    expect(findQuestion(events, 'RUNNING', ask)).toMatchObject({
      standing: { at: 'draining', wait: { taskToken: 'the-next-token' } },
    });
    expect(findQuestion(events, 'RUNNING', ask)).not.toHaveProperty('takenBack');
  });
});
