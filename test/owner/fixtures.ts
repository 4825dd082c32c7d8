import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { Evidence } from '../../tasks/domain/asking/evidence.ts';
import { type Question, undisturbed } from '../../tasks/domain/asking/question.ts';
import { defaultPolicy } from '../../tasks/domain/policy.ts';
import type { Plan } from '../../tasks/domain/rotation.ts';

export const oldKeyId = 'AKIAOLDOLDOLDOLDQJHX';
export const newKeyId = 'AKIANEWNEWNEWNEWZWVK';
export const executionArn =
  'arn:aws:states:eu-west-1:999988887777:execution:rotate-user-key:111122223333-deploy-bot-1';

export const makePlan = (changes: Partial<Plan> = {}): Plan => ({
  act: 'rotate',
  because: 'the key is 104 days old',
  oldKeyId,
  oldKeyActive: true,
  oldKeyCreatedAt: '2026-08-10T09:30:00.000Z',
  oldKeyCurrent: true,
  oldKeyActiveSince: '2026-08-10T09:30:00.000Z',
  newKeyNeeded: true,
  keysSeen: [oldKeyId],
  confirmation: 'owner',
  owner: ['ada@example.com', 'bob@example.com'],
  accountName: 'Payments',
  accountEmail: 'payments@example.com',
  policy: defaultPolicy,
  reminderSeconds: 3 * 86_400,
  windowSeconds: 10 * 86_400,
  rounds: 3,
  ...changes,
});

export const makeQuestion = (changes: Partial<Question> = {}): Question => ({
  rotation: { accountId: '111122223333', userName: 'deploy-bot', executionArn },
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
