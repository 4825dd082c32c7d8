import { beforeAll, describe, expect, it } from 'vitest';
import { renderClosing } from '../../../local/demo/closing.ts';
import { demo, exitCodeOf, readCommandLine } from '../../../local/demo/command-line.ts';
import { wrap } from '../../../local/demo/layout.ts';
import type { DemoReport } from '../../../local/demo/run.ts';
import { outcomeOf, summarize } from '../../../local/demo/summary.ts';
import { Screen } from '../../../local/demo/terminal.ts';
import { mailStep, subjectOf } from '../../../local/story/mails.ts';
import { readable } from '../../../local/story/show.ts';
import { stepOf } from '../../../local/story/steps.ts';

interface Played {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function play(
  argv: readonly string[],
  terminal: { isTTY?: boolean; columns?: number } = {},
): Promise<Played> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await demo(argv, {
    stdout: { write: (text) => out.push(text), ...terminal },
    stderr: { write: (text) => err.push(text) },
  });
  return { code, out: out.join(''), err: err.join('') };
}

const linesOf = ({ out }: Played): string[] => out.trimEnd().split('\n');

describe('a run of the demo', () => {
  let run: Played;
  /** On a terminal. */
  let other: Played;
  beforeAll(async () => {
    run = await play(['--seed', '7']);
    other = await play(['--seed', '8'], { isTTY: true, columns: 80 });
  });

  it('ends well, with the promise kept and nothing on stderr', () => {
    expect(run.code).toBe(0);
    expect(run.err).toBe('');
    expect(linesOf(run).at(-1)).toMatch(
      /^P1 to P7 and P11 checked after each of \d{3,} AWS calls: no violation$/,
    );
    expect(run.out).toMatch(/Scanner +opened \d{2,} links, submitted \d{2,} forms empty, decided nothing/);
  });

  it('is repeatable, byte for byte', async () => {
    expect((await play(['--seed', '7'])).out).toBe(run.out);
  });

  it('differs with another seed', () => {
    const subjects = (played: Played): string[] => linesOf(played).filter((line) => line.includes('/'));
    expect(subjects(other)).not.toEqual(subjects(run));
  });

  it('goes through every stage of the design', () => {
    const stages = [
      'Start',
      'Assess',
      'Provision',
      'Ask the owner',
      'More time',
      'Reminder 4 of 4',
      'Drain',
      'Deactivate',
      'Rollback window',
      'Reactivate',
      'Delete',
      'Withdraw',
      'Escalate',
      'Mail scanner',
      'Completed',
      'Rolled back',
      'Needs a person',
    ];
    for (const stage of stages) expect(run.out).toContain(`\n         ${stage}`);
  });

  it('shows no complete key ID, and fits into 100 columns without a single escape code', () => {
    expect(run.out).not.toMatch(/AKIA[A-Z0-9]{13}/);
    expect(Math.max(...linesOf(run).map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(run.out).not.toContain('\u001b');
    expect(run.out).not.toContain('\r');
  });

  it('shows its progress on a terminal only, fits into 80 columns there, and clears up', () => {
    const { out } = other;
    expect(out).toContain('virtual day 60 of 60');
    const left = out.split('\n').map((line) => line.split('\r').at(-1) ?? '');
    expect(left.join('\n')).not.toContain('virtual day 60 of 60');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are what is taken out.
    const plain = left.map((line) => line.replaceAll(/\u001b\[\d+m/g, ''));
    expect(Math.max(...plain.map((line) => line.length))).toBeLessThanOrEqual(80);
  });
});

describe('--json', () => {
  it('prints one object of the documented form on the last line', async () => {
    const seed = 9;
    const run = await play(['--json', `--seed=${seed}`]);
    expect(run.code).toBe(0);
    const last = linesOf(run).at(-1) ?? '';
    expect(JSON.parse(last)).toEqual({
      rotations: { completed: 2, rolledBack: 1, escalated: 3, failed: 0 },
      // The new keys of the two that are withdrawn go inactive too, before they are deleted.
      keys: { created: 5, deactivated: 5, reactivated: 1, deleted: 4 },
      mails: expect.any(Number),
      violations: [],
      virtualDays: 60,
      seed,
    });
    expect(last).toMatch(
      /^\{"rotations":\{"completed":2,.*"mails":\d+,"violations":\[\],"virtualDays":60,"seed":\d\}$/,
    );
  });
});

describe('an organization of a size', () => {
  it('is swept, with each sweep and its progress shown, and the promise kept', async () => {
    const run = await play(['--accounts', '2', '--users', '5'], { isTTY: true, columns: 100 });
    expect(run.code).toBe(0);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are what is taken out.
    const plain = run.out.replaceAll(/\u001b\[\d+m/g, '');
    expect(plain).toMatch(
      /Day {2}0 {2}Mon 2 Mar 2026 {2}swept 2 accounts, 10 users, \d+ keys: \d+ due, 0 in rotation, [1-9]\d* started/,
    );
    expect(plain).toContain('virtual day 60 of 60');
    expect(linesOf({ ...run, out: plain }).at(-1)).toMatch(/no violation$/);
    const piped = await play(['--accounts', '2', '--users', '5', '--json']);
    expect(piped.out).not.toContain('\r');
    expect(JSON.parse(linesOf(piped).at(-1) ?? '')).toMatchObject({
      violations: [],
      virtualDays: 60,
      seed: 1,
    });
    expect((await play(['--accounts', '2', '--users', '5', '--json'])).out).toBe(piped.out);
  });
});

describe('the command line', () => {
  it.each([
    [[], { kind: 'run', seed: 1, json: false }],
    [['--json', '--seed', '40'], { kind: 'run', seed: 40, json: true }],
    [
      ['--accounts', '200', '--users=50'],
      { kind: 'runLarge', seed: 1, json: false, accounts: 200, users: 50 },
    ],
    [['--users', '5'], { kind: 'runLarge', seed: 1, json: false, accounts: 4, users: 5 }],
    [['--seed=0'], { kind: 'run', seed: 0, json: false }],
    [['--help'], { kind: 'help' }],
  ])('takes %j', (argv, wish) => {
    expect(readCommandLine(argv)).toEqual(wish);
  });

  it.each([
    [['--sed', '1'], "unknown option '--sed'"],
    [['-x'], "unknown option '-x'"],
    [['--seed'], "option '--seed <n>' argument missing"],
    [['--seed', 'x'], "argument 'x' is invalid. It must be a whole number"],
    [['--seed', '-1'], "argument '-1' is invalid"],
    [['--seed', '1.5'], "argument '1.5' is invalid"],
    [['--seed', '--json'], "argument '--json' is invalid"],
    [['--json=yes'], "unknown option '--json=yes'"],
    [['--users', '5001'], 'a whole number from 1 to 5000'],
    [['--accounts', '1000', '--users', '101'], 'at most 100000 users in all'],
    [['7'], 'too many arguments'],
  ])('refuses %j in one clear line, with exit code 2', async (argv, message) => {
    const { code, out, err } = await play(argv);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toContain(message);
    expect(err.split('\n')).toHaveLength(2);
  });

  it('explains itself', async () => {
    const { code, out, err } = await play(['--help']);
    expect(code).toBe(0);
    expect(out).toContain('--seed <n>');
    expect(err).toBe('');
  });
});

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

describe('the end', () => {
  it('names each broken promise and each rotation that still runs', () => {
    const report: DemoReport = {
      summary: {
        rotations: { completed: 0, rolledBack: 0, escalated: 0, failed: 1 },
        keys: { created: 0, deactivated: 1, reactivated: 0, deleted: 0 },
        mails: 0,
        violations: [
          { promise: 'P1', at: '2026-03-09T08:00:00.000Z', user: '222222222222/ci-runner', what: 'in use' },
        ],
        virtualDays: 90,
        seed: 1,
      },
      rotations: [
        {
          accountId: '222222222222',
          userName: 'ci-runner',
          outcome: 'failed',
          days: undefined,
          mails: 0,
          keys: ['AKIAIOSFODNN7EXA… inactive'],
        },
      ],
      calls: 12,
      scanner: { opened: 1, submitted: 1, decided: 1 },
      stillRunning: 1,
    };
    const { look } = new Screen({ write: () => true });
    const text = renderClosing(report, new Map([['222222222222', 'Payments']]), look).join('\n');
    expect(text).toContain('after each of 12 AWS calls: 1 violation\n  P1  2026-03-09T08:00:00.000Z');
    expect(text).toContain('1 rotation still running at the end, counted as failed');
    expect(text).toContain('decided 1 time');
    expect(exitCodeOf(report.summary)).toBe(1);
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
    ['RUNNING', undefined, 'failed'],
  ] as const)('counts %s with %s as %s', (status, output, outcome) => {
    expect(outcomeOf({ status, output })).toBe(outcome);
  });

  it('counts successful calls, and counts a question to a person as an escalation', () => {
    const keyId = 'AKIAIOSFODNN7EXAMPLE';
    const summary = summarize({
      outcomes: ['escalated', 'needsPerson', 'completed', 'failed'],
      changes: [
        { operation: 'CreateAccessKey', keyId, status: undefined },
        { operation: 'UpdateAccessKey', keyId, status: 'Inactive' },
        { operation: 'UpdateAccessKey', keyId, status: 'Active' },
        { operation: 'DeleteAccessKey', keyId, status: undefined },
        { operation: 'DeleteAccessKey', keyId, status: undefined },
      ],
      mails: 3,
      violations: [],
      virtualDays: 60,
      seed: 1,
    });
    expect(summary.rotations).toEqual({ completed: 1, rolledBack: 0, escalated: 2, failed: 1 });
    expect(summary.keys).toEqual({ created: 1, deactivated: 1, reactivated: 1, deleted: 2 });
  });
});
