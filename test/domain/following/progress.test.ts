import { readFileSync } from 'node:fs';
import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { badges } from '../../../tasks/domain/following/outcomes.ts';
import { isOverdue, progressOf } from '../../../tasks/domain/following/progress.ts';
import { stageOf } from '../../../tasks/domain/following/stages.ts';
import { anchorOf } from '../../../tasks/domain/runbook.ts';
import { day, isoDay, later } from '../../../tasks/domain/time.ts';
import { Life } from '../../workflows/life.ts';
import { follow, pathOf } from './following.ts';

const headings = readFileSync('docs/runbook.md', 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('#'))
  .map((line) => line.replace(/^#+ /, ''));

const machine: { States: Record<string, { Type: string; Output?: { outcome?: string } }> } = JSON.parse(
  readFileSync('statemachines/rotate-user-key.asl.json', 'utf8'),
);

describe('the progress of a rotation', () => {
  it('follows a rotation from the question to the end, by its history alone', async () => {
    const life = await Life.begin();
    const began = life.world.clock.now();
    await life.start();
    const asked = await follow(life);
    const [oldKeyId, newKeyId] = life.user.keys.map(({ id }) => id);
    expect(asked.progress).toMatchObject({
      ...{ badge: 'waiting', stage: 'ask', round: 1, reminder: 0, reminders: 4, oldKeyId, newKeyId },
      ...{
        owner: ['anna.lind@example.com'],
        accountId: '222222222222',
        userName: 'deploy-bot',
        act: 'rotate',
      },
      deadline: { at: later(asked.progress.since ?? began, 15 * day), of: 'answer' },
      nextAt: later(asked.progress.since ?? began, 3 * day),
      lastMail: { kind: 'newKeyReady', to: ['anna.lind@example.com'] },
      next: { whose: 'owner', section: 'Approve instead of an owner' },
    });

    await life.days(3.1);
    const reminded = (await follow(life)).progress;
    expect(reminded).toMatchObject({ badge: 'waiting', reminder: 1, lastMail: { kind: 'reminder' } });
    expect(reminded.deadline).toEqual(asked.progress.deadline);
    expect(reminded.problem).toBeUndefined();
    expect(reminded.retrying).toBeUndefined();

    await life.confirm();
    const draining = (await follow(life)).progress;
    expect(draining).toMatchObject({ badge: 'waiting', stage: 'drain', deadline: { of: 'drain' } });
    expect(draining.deadline?.at).toEqual(later(draining.since ?? began, 30 * day));
    expect(draining.answers).toMatchObject([
      { by: 'the link mailed to anna.lind@example.com', decision: 'confirm', on: 'ask' },
    ]);

    await life.days(9);
    const inactive = (await follow(life)).progress;
    expect(inactive).toMatchObject({
      badge: 'waiting',
      stage: 'inactive',
      lastMail: { kind: 'oldKeyInactive' },
    });
    expect(isoDay(inactive.deadline?.at ?? began)).toBe(isoDay(later(inactive.since ?? began, 10 * day)));
    expect(isOverdue(inactive, life.world.clock.now())).toBe(false);
    expect(isOverdue(inactive, later(life.world.clock.now(), 30 * day))).toBe(true);

    await life.days(12);
    const { progress: done } = await follow(life);
    expect(done).toMatchObject({ badge: 'completed', stage: 'done', lastMail: { kind: 'deleted' } });
    expect(done.deadline).toBeUndefined();
    expect(pathOf(done)).toEqual(['assess', 'create', 'ask', 'drain', 'inactive', 'delete', 'done']);
    expect(done.path.map(({ keyId }) => keyId)).toEqual([
      ...[undefined, newKeyId, undefined, oldKeyId, oldKeyId, oldKeyId, undefined],
    ]);
    for (const [index, { until }] of done.path.slice(0, -1).entries())
      expect(until).toEqual(done.path[index + 1]?.since);
  });

  it('shows the rounds of a rollback in the window, and what its owner said', async () => {
    const life = await Life.inWindow();
    await life.rollBack('the nightly job fails');
    const { progress } = await follow(life);
    expect(pathOf(progress)).toEqual(['assess', 'create', 'ask', 'drain', 'inactive', 'ask 2']);
    expect(progress).toMatchObject({ badge: 'waiting', round: 2, rounds: 3, reminder: 0 });
    expect(progress.answers.at(-1)).toMatchObject({ decision: 'rollBack', on: 'window' });
  });

  it('shows a withdrawal after silence as a key that is on its way out, and then as a person’s question', async () => {
    const life = await Life.begin();
    await life.start();
    await life.days(17);
    const draining = (await follow(life)).progress;
    expect(draining).toMatchObject({ badge: 'waiting', stage: 'drain', leaving: 'newKey' });
    await life.days(40);
    const { progress } = await follow(life);
    expect(pathOf(progress)).toEqual([
      ...['assess', 'create', 'ask', 'drain new', 'inactive new', 'delete new'],
    ]);
    expect(progress).toMatchObject({
      badge: 'needsAPerson',
      problem: { error: 'silence', says: 'Nobody answered the mail or any reminder.' },
      next: { whose: 'operator', section: 'The owner did not answer' },
    });
  });

  it('shows a leak that is still active as a person’s, with the error as one sentence', async () => {
    const life = await Life.begin();
    life.world.aws.guardrail('iam:UpdateAccessKey');
    await life.start({ action: 'emergency', keyId: life.oldKey.id });
    await life.days(0.1);
    const { progress } = await follow(life);
    expect(progress).toMatchObject({
      badge: 'needsAPerson',
      act: 'emergency',
      lastMail: { kind: 'leakStillActive' },
      next: { whose: 'operator', section: 'Leaked key still active' },
    });
    expect(progress.problem?.says).toMatch(/^The leaked key is still active\. .+[.]$/);
  });

  it('shows an error once, as its sentence and its section, and what a stop leaves', async () => {
    const life = await Life.begin({ tags: { 'keyturn:exempt': 'for ever' } });
    await life.start();
    const { progress: failed } = await follow(life);
    expect(failed).toMatchObject({
      badge: 'failed',
      problem: { error: 'UnreadableTag', section: 'UnreadableTag', failedAt: 'Assess' },
      next: { whose: 'operator', section: 'UnreadableTag' },
    });
    expect(failed.problem?.says).not.toContain('{');

    life.user.tags.delete('keyturn:exempt');
    const name = await life.start();
    await life.operator.send(
      new StopExecutionCommand({
        executionArn: life.rotation.arn,
        error: 'StoppedByOperator',
        cause: 'Jane: no',
      }),
    );
    expect(name).not.toBe('');
    const { progress: stopped, execution, events } = await follow(life);
    expect(stopped).toMatchObject({
      badge: 'stopped',
      stage: 'ask',
      problem: { says: 'An operator stopped it (StoppedByOperator: Jane: no).', section: 'Stop a rotation' },
    });
    const fromItsEnd = progressOf(execution, events.slice(-8));
    expect(fromItsEnd).toMatchObject({ badge: 'stopped', stage: 'ask', oldKeyId: stopped.oldKeyId });
  });

  it('never contains a task token', async () => {
    const life = await Life.confirmed();
    const { progress, events } = await follow(life);
    const tokens = [...JSON.stringify(events).matchAll(/taskToken\\*":\s*\\*"([^"\\]+)/g)].map(
      ([, token]) => token,
    );
    expect(tokens.length).toBeGreaterThan(0);
    for (const token of tokens) expect(JSON.stringify(progress)).not.toContain(token);
    expect(JSON.stringify(progress)).not.toContain('taskToken');
  });

  it('knows every end of the state machine, and the stage of every task that changes one', () => {
    const states = Object.entries(machine.States);
    const outcomes = states.flatMap(([, { Type, Output }]) => (Type === 'Succeed' ? [Output?.outcome] : []));
    expect(outcomes.sort()).toEqual(Object.keys(badges).sort());
    const without = states
      .filter(([name, { Type }]) => /Task|Wait/.test(Type) && stageOf(name) === undefined)
      .map(([name]) => name);
    expect(without.filter((name) => !/^(Tell|Escalate|Point|Promote)/.test(name)).sort()).toEqual([
      ...['AskAboutLeak', 'AskOperators', 'MakeSafe', 'WaitToAskAgain', 'WaitToMakeActive'],
    ]);
  });

  it('names sections that the runbook has', async () => {
    const { nextStepOf } = await import('../../../tasks/domain/following/next-step.ts');
    const { sections } = await import('../../../tasks/domain/runbook.ts');
    const anchors = headings.map(anchorOf);
    const named = [
      ...Object.values(sections),
      ...(['completed', 'rolledBack', 'nothing', 'handedOn'] as const).map(
        (badge) =>
          nextStepOf({ badge, stage: 'done', plan: undefined, leaving: undefined, problem: undefined })
            .section,
      ),
    ];
    expect(named.filter((section) => !anchors.includes(anchorOf(section)))).toEqual([]);
  });
});
