import { describe, expect, it } from 'vitest';
import { daysLeft } from '../../../tasks/domain/asking/deadlines.ts';
import type { Evidence } from '../../../tasks/domain/asking/evidence.ts';
import { findQuestion, openToken } from '../../../tasks/domain/asking/find-question.ts';
import { fixed } from '../../../tasks/domain/asking/question.ts';
import { isMissed } from '../../../tasks/domain/asking/recipients.ts';
import { History, makePlan, makeQuestion } from '../../owner/fixtures.ts';

const ask = { stage: 'ask', round: 1 } as const;
const window = { stage: 'window', round: 1 } as const;
const decision = {
  decision: 'confirm',
  by: 'the link mailed to ada@example.com',
  at: '2026-11-23T08:00:00.000Z',
};
const second = makeQuestion({ reminder: 1, taskToken: 'second-token' });

describe('findQuestion', () => {
  it('finds an open question', () => {
    const found = findQuestion(new History().ask(makeQuestion()).events, 'RUNNING', ask);
    expect(found).toEqual({ state: 'open', question: makeQuestion(), askedAs: 2, decisions: [] });
  });

  it('finds a question before its mail is even out', () => {
    const { events } = new History().ask(makeQuestion());
    expect(findQuestion(events.slice(0, 2), 'RUNNING', ask).state).toBe('open');
  });

  it('counts the newest token if a reminder asked again', () => {
    const { events } = new History().ask(makeQuestion()).timeOut().ask(second);
    const open = { state: 'open', question: second, askedAs: 8, decisions: [] };
    expect(findQuestion(events, 'RUNNING', ask)).toEqual(open);
  });

  it('counts the newest token if the same state was tried again', () => {
    const { events } = new History().ask(makeQuestion()).add('TaskFailed').schedule(second);
    const open = { state: 'open', question: second, askedAs: 6, decisions: [] };
    expect(findQuestion(events, 'RUNNING', ask)).toEqual(open);
  });

  it('tells the answer, also after a reminder, in later states and after the end', () => {
    const history = new History().ask(makeQuestion()).timeOut().ask(second).answer(decision);
    history.add('TaskStateEntered').schedule({ rotation: 'something else' }).add('TaskSucceeded');
    const answered = { state: 'answered', decision, question: second, askedAs: 8, decisions: [decision] };
    expect(findQuestion(history.events, 'RUNNING', ask)).toEqual({
      ...answered,
      standing: { at: 'working' },
    });
    const ended = history.add('ExecutionSucceeded', {
      executionSucceededEventDetails: { output: '{"outcome":"completed"}' },
    });
    expect(findQuestion(ended.events, 'SUCCEEDED', ask)).toEqual({
      ...answered,
      standing: { at: 'ended', status: 'SUCCEEDED', on: new Date(0), outcome: 'completed' },
    });
  });

  it('finds what IAM said of the keys when it was mailed last', () => {
    const earlier: Evidence = { at: new Date('2026-11-22T08:00:00Z'), oldKey: { state: 'neverUsed' } };
    const { events } = new History()
      .schedule(makeQuestion(), earlier)
      .timeOut()
      .schedule(second, { ...earlier, newKey: { state: 'neverUsed' } });
    expect(findQuestion(events, 'RUNNING', ask)).toMatchObject({
      evidence: { ...earlier, newKey: { state: 'neverUsed' } },
    });
  });

  it('finds a question open after more time was asked for, and knows of it', () => {
    const more = { ...decision, decision: 'moreTime', days: 7, reason: 'on holiday' };
    const history = new History().ask(makeQuestion()).answer(more);
    expect(findQuestion(history.events, 'RUNNING', ask)).toMatchObject({ state: 'answered', decision: more });
    expect(findQuestion(history.ask(second).events, 'RUNNING', ask)).toMatchObject({
      state: 'open',
      question: second,
      decisions: [more],
    });
  });

  it('says that a question is asked again if its mail came back', () => {
    const { events } = new History().ask(makeQuestion()).fail('OwnerUnreachable');
    expect(findQuestion(events, 'RUNNING', ask)).toMatchObject({
      state: 'closed',
      because: expect.stringMatching(/sent again because a mail came back/),
    });
  });

  it('takes for fixed what an older version of the machine asked, which could not go on after more time', () => {
    const { asking: _, ...older } = makeQuestion();
    const { events } = new History().schedule(older);
    const question = { ...makeQuestion(), asking: fixed };
    expect(findQuestion(events, 'RUNNING', ask)).toMatchObject({ state: 'open', question });
    expect(daysLeft(fixed)).toBe(0);
    expect(isMissed(question, 'ada@example.com')).toBe(false);
  });

  it('takes no other task’s success for an answer', () => {
    const history = new History().ask(makeQuestion()).timeOut();
    history.add('TaskStateEntered').schedule({}).answer(decision);
    expect(findQuestion(history.events, 'RUNNING', ask).state).toBe('closed');
  });

  it('keeps stages and rounds apart', () => {
    const history = new History().ask(makeQuestion()).answer(decision);
    history
      .ask(makeQuestion({ stage: 'window' }))
      .answer({ ...decision, decision: 'rollBack', reason: 'broke' });
    const again = makeQuestion({ round: 2 });
    history.ask(again);
    expect(findQuestion(history.events, 'RUNNING', ask)).toMatchObject({ decision: { decision: 'confirm' } });
    expect(findQuestion(history.events, 'RUNNING', window)).toMatchObject({
      decision: { decision: 'rollBack', reason: 'broke' },
    });
    expect(findQuestion(history.events, 'RUNNING', { stage: 'ask', round: 2 })).toEqual({
      state: 'open',
      question: again,
      askedAs: expect.any(Number),
      decisions: [decision, { ...decision, decision: 'rollBack', reason: 'broke' }],
    });
    expect(findQuestion(history.events, 'RUNNING', { stage: 'window', round: 2 }).state).toBe('closed');
  });

  it.each([
    ['the last reminder', makeQuestion({ reminder: 4 }), ask, 'over', /last reminder was not answered/],
    [
      'a reminder to come',
      makeQuestion({ reminder: 1 }),
      ask,
      'notNow',
      /sent again, or was settled.*Try again in a minute/,
    ],
    [
      'the day of a window, for a look',
      makeQuestion({ stage: 'window' }),
      window,
      'notNow',
      /being checked.*Try again in a minute/,
    ],
    [
      'the window',
      makeQuestion({ stage: 'window', since: new Date(0), plan: makePlan({ windowSeconds: 0 }) }),
      window,
      'over',
      /rollback window has closed/,
    ],
  ])('closes when time ran out: %s', (_, question, of, why, because) => {
    const found = findQuestion(new History().ask(question).timeOut().events, 'RUNNING', of);
    const standing = { at: 'working' };
    expect(found).toEqual({
      ...{ state: 'closed', why, question, standing },
      because: expect.stringMatching(because),
    });
  });

  it.each([
    ['ABORTED', /stopped by an operator/],
    ['FAILED', /ended with an error/],
    ['TIMED_OUT', /ran out of time/],
    ['SUCCEEDED', /has ended/],
  ] as const)('closes with the execution: %s', (status, because) => {
    const { events } = new History().ask(makeQuestion());
    expect(findQuestion(events, status, ask)).toMatchObject({
      state: 'closed',
      because: expect.stringMatching(because),
    });
  });

  it('tells a rotation that made way for a leaked key from one that an operator stopped', () => {
    const history = new History().ask(makeQuestion());
    history.add('ExecutionAborted', { executionAbortedEventDetails: { error: 'SupersededByEmergency' } });
    expect(findQuestion(history.events, 'ABORTED', ask)).toMatchObject({
      state: 'closed',
      why: 'superseded',
    });
  });

  it.each([
    'TaskFailed',
    'TaskSubmitFailed',
    'TaskStartFailed',
    'TaskStateAborted',
    'PassStateEntered',
  ] as const)('closes with %s', (type) => {
    const { events } = new History().ask(makeQuestion()).add(type);
    expect(findQuestion(events, 'RUNNING', ask)).toMatchObject({ state: 'closed' });
  });

  it('finds a question closed if the wait was ended by something that is no decision', () => {
    const { events } = new History().ask(makeQuestion()).answer({ hello: 1 });
    expect(findQuestion(events, 'RUNNING', ask)).toMatchObject({
      state: 'closed',
      because: expect.stringMatching(/not through one of these links/),
    });
  });

  it('finds a question closed if it was never asked, whatever else the history holds', () => {
    const { events } = new History().add('TaskScheduled', {
      taskScheduledEventDetails: { resourceType: 'lambda', resource: 'invoke', region: 'x', parameters: '{' },
    });
    expect(findQuestion(events, 'RUNNING', ask)).toMatchObject({
      because: expect.stringMatching(/not been asked/),
    });
    expect(findQuestion([], 'SUCCEEDED', ask)).toMatchObject({ state: 'closed' });
  });

  it('reads plans of every act', () => {
    const question = makeQuestion({ plan: makePlan({ act: 'retire' }) });
    expect(findQuestion(new History().ask(question).events, 'RUNNING', ask)).toEqual({
      state: 'open',
      question,
      askedAs: 2,
      decisions: [],
    });
  });
});

describe('the token that an execution waits for', () => {
  const open = { token: 'first-secret-task-token', stateName: 'Ask' };

  it.each<[string, History, unknown]>([
    ['is that of the question that was just asked', new History().ask(makeQuestion()), open],
    [
      'is the newest one after a reminder',
      new History().ask(makeQuestion()).timeOut().ask(second),
      {
        ...open,
        token: 'second-token',
      },
    ],
    [
      'is the newest one after a retry',
      new History().ask(makeQuestion()).add('TaskFailed').schedule(second),
      {
        ...open,
        token: 'second-token',
      },
    ],
    [
      'is found though the payload is no question',
      new History()
        .add('TaskStateEntered', { stateEnteredEventDetails: { name: 'Elsewhere' } })
        .schedule({ taskToken: 'another' }),
      { token: 'another', stateName: 'Elsewhere' },
    ],
    ['is none once it was answered', new History().ask(makeQuestion()).answer(decision), undefined],
    ['is none once it was timed out', new History().ask(makeQuestion()).timeOut(), undefined],
    ['is none while another task runs', new History().ask(makeQuestion()).schedule({ plan: {} }), undefined],
    [
      'is none in a wait',
      new History().ask(makeQuestion()).answer(decision).add('WaitStateEntered'),
      undefined,
    ],
    [
      'is none once the execution was stopped',
      new History().ask(makeQuestion()).add('ExecutionAborted'),
      undefined,
    ],
    ['is none before anything was asked', new History().add('ExecutionStarted'), undefined],
  ])('%s', (_, { events }, expected) => {
    expect(openToken(events)).toEqual(expected);
  });

  it('is known before its task has even started', () => {
    expect(openToken(new History().ask(makeQuestion()).events.slice(0, 2))).toEqual(open);
  });
});
