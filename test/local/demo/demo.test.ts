import { beforeAll, describe, expect, it } from 'vitest';
import { demo, readCommandLine } from '../../../local/demo/command-line.ts';
import { type Audience, type DemoReport, runDemo } from '../../../local/demo/run.ts';
import { type Screenful, screenOf } from './terminal.ts';

interface Played {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

interface Host {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** A watch that stands still except while somebody sleeps, with what had been written by then. */
class Watch {
  at = 0;
  readonly looks: { readonly at: number; readonly out: string }[] = [];
  constructor(private readonly out: () => string) {}
  readonly now = (): number => this.at;
  readonly sleep = async (pause: number): Promise<void> => {
    this.at += pause;
    if (this.at - (this.looks.at(-1)?.at ?? 0) > 1000) this.looks.push({ at: this.at, out: this.out() });
  };
}

/** A run as it was heard once, to be heard again: playing it is what takes long. */
class Recording {
  readonly #heard: ((audience: Audience) => void)[] = [];
  #report: DemoReport | undefined;

  readonly record: typeof runDemo = async (seed, audience) => {
    const tell = (heard: (to: Audience) => void): void => {
      this.#heard.push(heard);
      heard(audience);
    };
    this.#report = await runDemo(seed, {
      meet: (...parts) => tell((to) => to.meet(...parts)),
      hear: (line) => tell((to) => to.hear(line)),
      passDay: (...days) => tell((to) => to.passDay(...days)),
    });
    return this.#report;
  };

  readonly repeat: typeof runDemo = async (_, audience) => {
    for (const heard of this.#heard) heard(audience);
    if (this.#report === undefined) throw new Error('nothing has been recorded');
    return this.#report;
  };
}

async function play(
  argv: readonly string[],
  { env = {}, ...terminal }: Host = {},
  run: typeof runDemo = runDemo,
): Promise<Played & { watch: Watch }> {
  const out: string[] = [];
  const err: string[] = [];
  const watch = new Watch(() => out.join(''));
  const stdout = { write: (text: string) => out.push(text), ...terminal };
  const host = { stdout, stderr: { write: (text: string) => err.push(text) }, env };
  const code = await demo(argv, host, watch, async () => ({ runDemo: run }));
  return { code, out: out.join(''), err: err.join(''), watch };
}

const linesOf = ({ out }: Pick<Played, 'out'>): string[] => out.trimEnd().split('\n');
/** Without line breaks and columns. */
const wordsOf = (text: string): string => text.replaceAll(/\s+/g, ' ');
/** From the first day to the closing table. */
const logOf = (text: string): string => text.slice(text.indexOf('\nDay 0 '), text.search(/\nUser +Account/));

describe('a run of the demo', () => {
  let run: Played;
  let json: Played;
  let paced: Awaited<ReturnType<typeof play>>;
  let seen: Screenful;
  beforeAll(async () => {
    const recording = new Recording();
    run = await play(['--seed', '7'], {}, recording.record);
    json = await play(['--seed', '7', '--json'], {}, recording.repeat);
    paced = await play(['--seed', '7'], { isTTY: true, columns: 80, rows: 30 });
    seen = await screenOf(paced.out, { columns: 80, rows: 30 });
  }, 240_000);

  it('ends with the promise in words and with what to try next, and with nothing on stderr', () => {
    expect(run.code).toBe(0);
    expect(run.err).toBe('');
    const end = run.out.slice(run.out.indexOf('\nRotations'));
    expect(end).toMatch(/Scanner +opened \d{2,} links, submitted \d{2,} forms empty, decided nothing/);
    expect(end).toMatch(
      /\nNobody lost access\.\nNo key was deactivated while anything used it, except one that had/,
    );
    expect(end).toMatch(
      /\nP1 to P7 and P11 checked after each of \d{3,} AWS calls: no violation\.\n\nTry next\n {2}npm start/,
    );
  });

  it('goes through every stage of the design', () => {
    const stages = [
      ...['Start', 'Assess', 'Provision', 'Ask the owner', 'More time', 'Reminder 4 of 4', 'Drain'],
      ...['Deactivate', 'Rollback window', 'Reactivate', 'Delete', 'Withdraw', 'Escalate', 'Mail scanner'],
      ...['Mail came back', 'AWS Health', 'Completed', 'Rolled back', 'Needs a person'],
    ];
    for (const stage of stages) expect(run.out).toContain(`\n         ${stage}`);
    expect(run.out).toMatch(/Deactivate +AKIA\w+…: it has leaked/);
    expect(run.out).toContain('agrees');
  });

  it('is a log in a pipe: a step is a line, without key IDs in full, escape codes or progress', () => {
    expect(run.out).not.toMatch(/AKIA[A-Z0-9]{13}/);
    expect(run.out).not.toContain('\u001b');
    expect(run.out).not.toContain('\r');
    expect(run.out).not.toContain('virtual day 1 of');
    expect(run.out).toMatch(
      /\n {9}Provision +made AKIA\w+… beside AKIA\w+…: it signs, its secret is stored\n/,
    );
    const table = linesOf(run).filter((line) => / {2}AKIA\w+… \w+.*; AKIA/.test(line));
    expect(table).toHaveLength(9);
  });

  it('prints one JSON object and nothing else with --json, and its totals are those of the table', () => {
    expect(linesOf(json)).toHaveLength(1);
    const { rotations, totals, promise, ...rest } = JSON.parse(json.out);
    expect(rest).toEqual({
      ...{ seed: 7, virtualDays: 60, organization: { accounts: 4, users: 48 } },
      scanner: { opened: expect.any(Number), submitted: expect.any(Number), decided: 0 },
    });
    expect(rotations).toHaveLength(9);
    expect(rotations[0]).toEqual({
      ...{ accountId: expect.stringMatching(/^\d{12}$/), accountName: expect.any(String) },
      ...{ userName: expect.any(String), outcome: expect.any(String), startedAt: expect.any(String) },
      ...{ days: expect.any(Number), mails: expect.any(Number) },
      keys: expect.arrayContaining([
        { keyId: expect.stringMatching(/^AKIA/), fate: expect.any(String), reactivations: 0 },
      ]),
    });
    expect(totals.rotations).toEqual({ completed: 5, rolledBack: 1, escalated: 2, needsPerson: 1 });
    const rows = logOf(run.out).match(/\n {9}Mail {6}/g) ?? [];
    expect(totals.mails).toBe(rows.length);
    expect(run.out).toContain('\nRotations   9: 5 completed, 1 rolled back, 2 escalated, 1 needs a person\n');
    expect(run.out).toContain(`\nMails       ${totals.mails}\n`);
    const many = (fate: string): number =>
      (run.out.match(new RegExp(`AKIA\\w+… (reactivated once, )?${fate}`, 'g')) ?? []).length;
    for (const [fate, number] of Object.entries(totals.keys))
      expect([fate, many(fate)]).toEqual([fate, number]);
    expect(promise).toEqual({ checked: 'P1 to P7 and P11', calls: expect.any(Number), violations: [] });
  });

  it('takes about twenty seconds on a terminal, and leaves the same log there as in a pipe', () => {
    expect(paced.watch.at).toBeGreaterThan(15_000);
    expect(paced.watch.at).toBeLessThan(25_000);
    expect(wordsOf(logOf(seen.text))).toBe(wordsOf(logOf(run.out)));
    expect(seen.text).toContain('Try next');
  });

  it('shows each rotation as a row with its stages, and the log below', async () => {
    const { out = '' } = paced.watch.looks[8] ?? {};
    const { screen } = await screenOf(out, { columns: 80, rows: 30 });
    expect(screen[0]).toMatch(/^Day \d+ of 60 {2}\w{3} \d+ Mar 2026 {2}━+─+$/);
    const rows = screen.slice(2, 11);
    expect(rows.filter((row) => /^ {2}\w[\w ]+\/[\w-]+ +━*─* {2}/.test(row))).toHaveLength(9);
    expect(rows.join('\n')).toMatch(/━{12}── {2}Rollback window {2}until \d+ Mar/);
    expect(screen[11]).toBe('─'.repeat(80));
    expect(screen.slice(12).join('\n')).toMatch(/ {9}(Mail|Drain|Owner|Ask the owner) /);
  });

  it('changes nothing about the terminal that an interruption would leave behind', () => {
    expect(paced.out).not.toContain('\u001b[?25l');
    expect(paced.out).not.toContain('\u001b[?1049h');
    expect(seen.cursor).toBe(0);
  });
});

describe('an organization of a size', () => {
  it('is swept, with each sweep and its progress shown, and the promise kept', async () => {
    const size = ['--accounts', '2', '--users', '5'];
    const run = await play(size, { isTTY: true, columns: 100, env: { NO_COLOR: '1' } });
    expect(run.code).toBe(0);
    expect(run.out).toContain('Making 10 users …');
    expect(run.out).toContain('virtual day 0 of 60');
    const { text } = await screenOf(run.out, { columns: 100, rows: 24 });
    expect(text).toMatch(
      /Day {2}0 {2}Mon 2 Mar 2026 {2}swept 2 accounts, 10 users, \d+ keys: \d+ due, 0 in rotation, [1-9]\d* started/,
    );
    expect(text).not.toMatch(/virtual day \d/);
    expect(text).toContain('no violation.');
    const piped = await play([...size, '--json']);
    expect(JSON.parse(piped.out)).toMatchObject({
      ...{ seed: 1, virtualDays: 60, organization: { accounts: 2, users: 10 } },
      promise: { violations: [] },
      sweeps: [{ day: 0 }, { day: 14 }, { day: 28 }, { day: 42 }, { day: 56 }],
    });
    expect((await play([...size, '--json'])).out).toBe(piped.out);
  });
});

describe('the command line', () => {
  it.each([
    [[], { kind: 'run', seed: 1, json: false, fast: false }],
    [['--json', '--seed', '40'], { kind: 'run', seed: 40, json: true, fast: false }],
    [['--fast'], { kind: 'run', seed: 1, json: false, fast: true }],
    [
      ['--accounts', '200', '--users=50'],
      { kind: 'runLarge', seed: 1, json: false, accounts: 200, users: 50 },
    ],
    [['--users', '5'], { kind: 'runLarge', seed: 1, json: false, accounts: 4, users: 5 }],
    [['--seed=0'], { kind: 'run', seed: 0, json: false, fast: false }],
    [['--help'], { kind: 'help' }],
    [['-h'], { kind: 'help' }],
  ])('takes %j', (argv, wish) => {
    expect(readCommandLine(argv)).toEqual(wish);
  });

  const listed = 'npm run demo -- --help lists the options.';
  it.each([
    [['--sed', '1'], `Unknown option '--sed': ${listed}`],
    [['-x'], `Unknown option '-x': ${listed}`],
    [['--seed'], '--seed needs a value: npm run demo -- --help says which.'],
    [['--seed', 'x'], "--seed must be a whole number from 0 to 9007199254740991, not 'x'."],
    [['--seed', '-1'], "--seed must be a whole number from 0 to 9007199254740991, not '-1'."],
    [['--seed', '1.5'], "--seed must be a whole number from 0 to 9007199254740991, not '1.5'."],
    [['--seed', '--json'], "--seed must be a whole number from 0 to 9007199254740991, not '--json'."],
    [['--json=yes'], `Unknown option '--json=yes': ${listed}`],
    [['--users', '5001'], "--users must be a whole number from 1 to 5000, not '5001'."],
    [
      ['--accounts', '1000', '--users', '101'],
      '--accounts 1000 times --users 101 is 101000 users, and at most 100000 are possible.',
    ],
    [['7'], 'This takes options only: npm run demo -- --help lists them.'],
  ])('refuses %j in one sentence that says what is allowed, with exit code 2', async (argv, sentence) => {
    const { code, out, err } = await play(argv);
    expect({ code, out, err }).toEqual({ code: 2, out: '', err: `${sentence}\n` });
  });

  it('explains itself, with the bounds of each number', async () => {
    const { code, out, err } = await play(['-h']);
    expect(code).toBe(0);
    expect(out).toContain('--accounts <n>  accounts of the organization (1 to 1000)');
    expect(out).toContain('at most 100000 in all (1 to 5000)');
    expect(err).toBe('');
  });
});
