import { describe, expect, it } from 'vitest';
import type { UserKey } from '../../../local/aws/iam/account.ts';
import type { Casting } from '../../../local/demo/cast.ts';
import { renderClosing } from '../../../local/demo/closing.ts';
import { exitCodeOf } from '../../../local/demo/command-line.ts';
import { wrap } from '../../../local/demo/layout.ts';
import { Rows } from '../../../local/demo/rows.ts';
import type { DemoReport } from '../../../local/demo/run.ts';
import { endedKeys, outcomeOf, totalsOf } from '../../../local/demo/summary.ts';
import { Screen, type ScreenOutput } from '../../../local/demo/terminal.ts';
import { mailStep, subjectOf } from '../../../local/story/mails.ts';
import { readable } from '../../../local/story/show.ts';
import type { Line } from '../../../local/story/step.ts';
import { stepOf } from '../../../local/story/steps.ts';

const pipe = { write: () => true };

describe('a line of the timeline', () => {
  const timestamp = new Date('2026-03-09T08:00:00.000Z');
  const exited = (name: string, assigned: Record<string, unknown>) => ({
    type: 'TaskStateExited' as const,
    timestamp,
    id: 1,
    stateExitedEventDetails: {
      name,
      assignedVariables: Object.fromEntries(
        Object.entries(assigned).map(([variable, value]) => [variable, JSON.stringify(value)]),
      ),
    },
  });

  it('has the task’s reason, with readable times and key IDs', () => {
    const because = 'last used 2026-03-08T21:30:00.000Z for s3 in eu-west-1, 0.4 days ago';
    const until = '2026-03-15T21:30:00.000Z';
    expect(stepOf(exited('CheckOldKey', { checked: { act: 'wait', because, until } }), {})).toEqual({
      stage: 'Drain',
      why: 'last used 8 Mar 21:30 for s3 in eu-west-1, 0.4 days ago; next look 15 Mar 21:30',
      tone: 'step',
    });
    expect(readable('AKIAIOSFODNN7EXAMPLE is inactive')).toBe('AKIAIOSFODNN7EXA… is inactive');
  });

  it("quotes an owner's reason", () => {
    const decision = { decision: 'rollBack', by: 'the link', reason: 'release freeze' };
    expect(stepOf(exited('AskOwner', { decision }), {})?.why).toBe('rolled back: "release freeze"');
  });

  it('says nothing if a wait timed out, or if an execution only delegates', () => {
    expect(stepOf(exited('AskOwner', {}), {})).toBeUndefined();
    expect(stepOf(exited('ClaimUser', { claim: { act: 'handOn', to: 'arn' } }), {})).toBeUndefined();
    expect(stepOf({ type: 'TaskStarted', timestamp, id: 1 }, {})).toBeUndefined();
  });

  it('names what failed and why', () => {
    const failed = { type: 'ExecutionFailed' as const, timestamp, id: 1 };
    const step = stepOf(
      { ...failed, executionFailedEventDetails: { error: 'UnknownUser', cause: 'Assess: gone' } },
      {},
    );
    expect(step).toEqual({ stage: 'Failed', why: 'UnknownUser: Assess: gone', tone: 'alarm' });
  });

  it.each([
    'deploy-bot: new access key [Payments (222222222222)]',
    'deploy-bot: new access key [222222222222]',
    'new access key: deploy-bot in Payments (222222222222)',
    'new access key: deploy-bot in 222222222222',
  ])('identifies a mail by its subject: %s', (subject) => {
    const mail = { subject, to: ['anna@example.com'] };
    expect(subjectOf(mail)).toMatchObject({ accountId: '222222222222', userName: 'deploy-bot' });
    expect(mailStep(mail).why).toBe('to anna@example.com: new access key');
  });

  it('breaks between words, never within one', () => {
    expect(wrap('one two three', 8)).toEqual(['one two', 'three']);
    expect(wrap('unbreakable word', 4)).toEqual(['unbreakable', 'word']);
  });
});

describe('a row', () => {
  const persona = { story: 'never answers', needs: 'oldKey', deeds: () => [] } as const;
  const part: Casting = {
    ...{ accountId: '222222222222', accountName: 'Payments', userName: 'ci-runner', persona },
    startsAfterMilliseconds: 0,
  };
  const line = (stage: string, why: string, tone: Line['tone'] = 'step'): Line => ({
    ...{ stage, why, tone, who: 'Payments/ci-runner', at: new Date(0) },
  });

  it.each([
    [[], '──────────────                   never answers'],
    [
      [
        line('Ask the owner', 'is AKIA… installed? Answer by 17 Mar 09:22'),
        line('Mail', 'to anna.lind', 'mail'),
      ],
      '━━━━━━────────  Ask the owner    Answer by 17 Mar 09:22',
    ],
    [
      [line('Reminder 2 of 4', 'no answer for 6 days; silence until 17 Mar 09:22 withdraws the new key')],
      '━━━━━━────────  Reminder 2 of 4  silence until 17 Mar 09:22 withdraws the new key',
    ],
    [
      [line('Drain', 'last used 4 Mar 12:11 for s3 in eu-west-1, 0.8 days ago; next look 5 Mar 12:11')],
      '━━━━━━━━──────  Drain            last used 4 Mar 12:11 for s3 in eu-west-1',
    ],
    [
      [line('Rollback window', 'AKIA… can be made active again for 10 days, until 20 Mar 11:13')],
      '━━━━━━━━━━━━──  Rollback window  until 20 Mar 11:13',
    ],
    [
      [
        line('Drain', 'last used 2 Mar 09:22 for sts, 0.2 days ago; drained for 30 days'),
        line('Escalated', 'a person has been asked', 'attention'),
      ],
      '━━━━━━━━──────  Escalated        a person has been asked',
    ],
  ])('says where its rotation is after %j', (lines, row) => {
    const rows = new Rows([part], new Screen(pipe, {}).look);
    for (const one of lines) rows.hear(one);
    expect(rows.render()[1]).toBe(`  Payments/ci-runner  ${row}`);
  });
});

describe('colours and live rows', () => {
  const terminal = { ...pipe, isTTY: true, columns: 90 };
  it.each<readonly [string, ScreenOutput, Readonly<Record<string, string>>, boolean, boolean]>([
    ['a terminal', terminal, {}, true, true],
    ['a pipe', pipe, {}, false, false],
    ['a pipe with CI set', pipe, { CI: 'true' }, false, false],
    ['a pipe with FORCE_COLOR', pipe, { FORCE_COLOR: '1' }, true, false],
    ['a terminal with FORCE_COLOR=0', terminal, { FORCE_COLOR: '0' }, false, true],
    ['a terminal with NO_COLOR', terminal, { NO_COLOR: '1' }, false, true],
    ['both variables', terminal, { NO_COLOR: '1', FORCE_COLOR: '1' }, false, true],
    ['a terminal without escape codes', terminal, { TERM: 'dumb' }, false, false],
  ])('with %s', (_, output, env, isColored, isLive) => {
    const screen = new Screen(output, env);
    expect(screen.look.colors.isColorSupported).toBe(isColored);
    expect(screen.isLive).toBe(isLive);
    expect(screen.look.width).toBe('columns' in output ? 90 : Number.POSITIVE_INFINITY);
  });
});

describe('the end', () => {
  it('names each broken promise and each rotation that still runs', () => {
    const rotation: DemoReport['rotations'][number] = {
      ...{ accountId: '222222222222', accountName: 'Payments', userName: 'ci-runner' },
      outcome: 'running',
      ...{ startedAt: '2026-03-02T08:00:00.000Z', days: undefined, mails: 0 },
      keys: [{ keyId: 'AKIAIOSFODNN7EXAMPLE', fate: 'inactive', reactivations: 2 }],
    };
    const violation = {
      promise: 'P1',
      at: '2026-03-09T08:00:00.000Z',
      user: '222222222222/ci-runner',
      what: 'in use',
    } as const;
    const report: DemoReport = {
      ...{ seed: 1, organization: { accounts: 1, users: 1 }, virtualDays: 90 },
      ...{ rotations: [rotation], totals: totalsOf([rotation]) },
      promise: { checked: 'P1', calls: 12, violations: [violation] },
      scanner: { opened: 1, submitted: 1, decided: 1 },
    };
    const text = renderClosing(report, new Screen(pipe, {}).look).join('\n');
    expect(text).toContain(
      'P1 checked after each of 12 AWS calls: 1 violation\n  P1  2026-03-09T08:00:00.000Z',
    );
    expect(text).not.toContain('Nobody lost access');
    expect(text).toContain('Rotations   1: 1 still running\n');
    expect(text).toContain('AKIAIOSFODNN7EXA… reactivated 2 times, inactive');
    expect(text).toContain('decided 1 time');
    expect(exitCodeOf(report)).toBe(1);
  });
});

describe('the summary', () => {
  it.each([
    ['SUCCEEDED', '{"outcome":"completed"}', 'completed'],
    ['SUCCEEDED', '{"outcome":"handedOn"}', undefined],
    ['SUCCEEDED', '{"outcome":"somethingNew"}', 'failed'],
    ['FAILED', undefined, 'failed'],
    ['TIMED_OUT', undefined, 'failed'],
    ['ABORTED', undefined, 'failed'],
    ['RUNNING', undefined, 'running'],
  ] as const)('counts %s with %s as %s', (status, output, outcome) => {
    expect(outcomeOf({ status, output })).toBe(outcome);
  });

  it('says of each key what became of it, the new ones last', () => {
    const change = (
      keyId: string,
      operation: 'CreateAccessKey' | 'UpdateAccessKey' | 'DeleteAccessKey',
      status?: string,
    ) => ({ keyId, operation, status });
    const changes = [
      change('new', 'CreateAccessKey'),
      ...[change('old', 'UpdateAccessKey', 'Inactive'), change('old', 'UpdateAccessKey', 'Active')],
      ...[change('lost', 'CreateAccessKey'), change('lost', 'DeleteAccessKey')],
      ...[change('gone', 'UpdateAccessKey', 'Inactive'), change('gone', 'DeleteAccessKey')],
    ];
    const key = (id: string) => ({ id, createdAt: new Date(0), status: 'Active' }) as UserKey;
    const keys = endedKeys(changes, [key('old'), key('new'), key('other')]);
    expect(keys.map(({ keyId, fate, reactivations }) => `${keyId} ${fate} ${reactivations}`)).toEqual([
      ...['old reactivated 1', 'gone deleted 0', 'other unchanged 0', 'new new 0', 'lost withdrawn 0'],
    ]);
  });
});
