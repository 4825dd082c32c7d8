import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { Evidence } from '../../tasks/domain/asking/evidence.ts';
import { type Question, undisturbed } from '../../tasks/domain/asking/question.ts';
import type { Plan } from '../../tasks/domain/rotation.ts';
import { newKeyId, rotation } from '../tasks/ids.ts';
import { makePlan as anyPlan } from '../tasks/work.ts';

/** Of a key that an application reads from its secret, and that two people answer for. */
export const makePlan = (changes: Partial<Plan> = {}): Plan =>
  anyPlan({
    oldKeyCreatedAt: '2026-08-10T09:30:00.000Z',
    oldKeyCurrent: true,
    oldKeyActiveSince: '2026-08-10T09:30:00.000Z',
    owner: ['ada@example.com', 'bob@example.com'],
    ...changes,
  });

export const makeQuestion = (changes: Partial<Question> = {}): Question => ({
  rotation,
  plan: makePlan(),
  newKeyId,
  stage: 'ask',
  round: 1,
  reminder: 0,
  taskToken: 'first-secret-task-token',
  since: new Date('2026-11-22T08:00:00Z'),
  asking: undisturbed,
  ...changes,
});

/** A history written as a list of what happened. */
export class History {
  readonly events: HistoryEvent[] = [];

  add(type: NonNullable<HistoryEvent['type']>, details: Partial<HistoryEvent> = {}): this {
    const id = this.events.length + 1;
    this.events.push({ id, previousEventId: id - 1, type, timestamp: new Date(0), ...details });
    return this;
  }

  /** Enters the waiting state and mails the question. */
  ask(question: Question): this {
    return this.add('TaskStateEntered', { stateEnteredEventDetails: { name: 'Ask' } }).schedule(question);
  }

  /** @param evidence what the task that asks found out of both keys, where it is new enough to say so */
  schedule(question: unknown, evidence?: Evidence): this {
    const parameters = JSON.stringify({ FunctionName: 'ask-owner', Payload: question });
    const lambda = { resourceType: 'lambda', resource: 'invoke.waitForTaskToken', region: 'eu-west-1' };
    return this.add('TaskScheduled', { taskScheduledEventDetails: { ...lambda, parameters } })
      .add('TaskStarted')
      .add('TaskSubmitted', {
        taskSubmittedEventDetails: { ...lambda, output: JSON.stringify({ Payload: { evidence } }) },
      });
  }

  fail(error: string): this {
    const details = { resourceType: 'lambda', resource: 'invoke.waitForTaskToken', error };
    return this.add('TaskFailed', { taskFailedEventDetails: details }).add('TaskStateExited');
  }

  timeOut(): this {
    return this.add('TaskTimedOut').add('TaskStateExited');
  }

  answer(output: unknown): this {
    const details = { resourceType: 'lambda', resource: 'invoke', output: JSON.stringify(output) };
    return this.add('TaskSucceeded', { taskSucceededEventDetails: details }).add('TaskStateExited');
  }
}
