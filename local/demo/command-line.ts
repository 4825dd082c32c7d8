import { setTimeout } from 'node:timers/promises';
import type { Command } from 'commander';
import { BadCommandLine, localCommand, readOptions, type Size, sizeNumber } from '../options.ts';
import { count } from '../story/show.ts';
import { renderClosing } from './closing.ts';
import { PacedShow, type RealTime } from './paced.ts';
import { renderOpening, TimelineText } from './render.ts';
import { renderLargeClosing, renderLargeOpening, renderSwept } from './render-large.ts';
import type { Audience } from './run.ts';
import type { RunReport } from './summary.ts';
import { progressBar, Screen, type ScreenEnvironment, type ScreenOutput } from './terminal.ts';

type Wish =
  | { readonly kind: 'run'; readonly seed: number; readonly json: boolean; readonly fast: boolean }
  | ({ readonly kind: 'runLarge'; readonly json: boolean } & Size)
  | { readonly kind: 'help' };

/** The most users in total; more take longer than anyone would wait. */
const mostInAll = 100_000;

const command = (): Command =>
  localCommand('npm run demo --')
    .description(
      [
        'Nine users’ access keys, from the first check to the last deletion, in memory and on a virtual clock.',
        'With a size: an organization of that size, swept every other week for sixty days.',
      ].join('\n'),
    )
    .option('--seed <n>', 'another organization and other owners', sizeNumber.seed, 1)
    .option('--fast', 'without pauses, and with every line in the log, as in a pipe', false)
    .option('--accounts <n>', 'accounts of the organization', sizeNumber.accounts)
    .option('--users <n>', `users in each account, at most ${mostInAll} in all`, sizeNumber.users)
    .option('--json', 'writes the run as one JSON object, and nothing else', false)
    .addHelpText(
      'after',
      [
        '\nNO_COLOR=1 writes without colours, FORCE_COLOR=1 with colours, in a pipe too.',
        'Exits with 1 if the promise was broken anywhere, with 2 if an option isn’t understood.',
      ].join('\n'),
    );

interface Options extends Partial<Size> {
  readonly seed: number;
  readonly json: boolean;
  readonly fast: boolean;
}

/**
 * What the command line asks for.
 * @throws {BadCommandLine}
 */
export function readCommandLine(args: readonly string[]): Wish {
  const options = readOptions<Options>(command(), args);
  if (options === undefined) return { kind: 'help' };
  const { seed, json, fast, accounts, users } = options;
  if (accounts === undefined && users === undefined) return { kind: 'run', seed, json, fast };
  const size = { accounts: accounts ?? 4, users: users ?? 12 };
  const inAll = size.accounts * size.users;
  if (inAll > mostInAll)
    throw new BadCommandLine(
      `--accounts ${size.accounts} times --users ${size.users} is ${inAll} users, and at most ${mostInAll} are possible.`,
    );
  return { kind: 'runLarge', seed, json, ...size };
}

/** Where the demo runs. */
export interface DemoHost {
  readonly stdout: ScreenOutput;
  readonly stderr: ScreenOutput;
  readonly env: ScreenEnvironment;
}

/** Loads the run only once the screen has something to show, because that takes a while. */
const loadRun = (): Promise<Pick<typeof import('./run.ts'), 'runDemo'>> => import('./run.ts');

const wallClock: RealTime = { now: () => performance.now(), sleep: (pause) => setTimeout(pause) };

/** Runs the command. @returns its exit code: 1 if a promise was broken, 2 if it wasn't understood */
export async function demo(
  argv: readonly string[],
  { stdout, stderr, env }: DemoHost,
  time = wallClock,
  load = loadRun,
): Promise<number> {
  try {
    const wish = readCommandLine(argv);
    if (wish.kind === 'help') {
      command()
        .configureOutput({ writeOut: (text) => void stdout.write(text) })
        .outputHelp();
      return 0;
    }
    // Of a run that ends in JSON, only the progress is for a person.
    const screen = new Screen(wish.json ? stderr : stdout, env);
    const report = await (wish.kind === 'run'
      ? perform(wish, { screen, time, load })
      : performLarge(wish, screen, time));
    if (wish.json) stdout.write(`${JSON.stringify(report)}\n`);
    return exitCodeOf(report);
  } catch (error) {
    if (!(error instanceof BadCommandLine)) throw error;
    stderr.write(`${error.message}\n`);
    return 2;
  }
}

async function perform(
  { seed, json, fast }: Extract<Wish, { kind: 'run' }>,
  { screen, time, load }: { readonly screen: Screen; readonly time: RealTime; readonly load: typeof loadRun },
): Promise<RunReport> {
  const { look } = screen;
  screen.show([look.colors.dim('Starting …')]);
  const isPaced = screen.isLive && !fast && !json;
  let timeline: TimelineText | undefined;
  let show: PacedShow | undefined;
  const audience: Audience = {
    meet: (parts, { aws, clock }) => {
      const accounts = [...aws.accounts.values()];
      const users = accounts.reduce((sum, account) => sum + account.users.size, 0);
      const start = clock.now();
      timeline = new TimelineText(look, start);
      if (isPaced) show = new PacedShow(screen, time, parts, start);
      if (!json) screen.write(renderOpening({ seed, start, accounts: accounts.length, users }, parts, look));
    },
    hear: (line) => {
      if (show !== undefined) show.hear(line);
      else if (!json) screen.write(timeline?.render(line) ?? []);
    },
    passDay: (days, of) => {
      if (show !== undefined) show.passDay(days, of);
      else screen.show(progressOf(screen, days, of));
    },
    ...(isPaced ? { follow: async () => show?.follow() } : {}),
  };
  const { runDemo } = await load();
  const report = await runDemo(seed, audience);
  screen.finish();
  if (!json) screen.write([...(show?.log ?? []), ...renderClosing(report, look)]);
  return report;
}

/** So often the progress is drawn again, in milliseconds. */
const progressEvery = 100;

async function performLarge(
  { json, kind: _, ...size }: Extract<Wish, { kind: 'runLarge' }>,
  screen: Screen,
  time: RealTime,
): Promise<RunReport> {
  const { look } = screen;
  let passed: readonly [days: number, of: number] = [0, 1];
  let drawnAt = time.now();
  if (!json) screen.write(renderLargeOpening(size, look));
  screen.show([look.colors.dim(`Making ${count(size.accounts * size.users, 'user')} …`)]);
  const { runLarge } = await import('./large.ts');
  const report = await runLarge(size, {
    hear: (line) => {
      if (!json) screen.write(renderSwept(line, look));
    },
    passDay: (...days) => {
      passed = days;
      screen.show(progressOf(screen, ...days));
    },
    call: (calls) => {
      if (!screen.isLive || time.now() - drawnAt < progressEvery) return;
      drawnAt = time.now();
      screen.show(progressOf(screen, ...passed, `, ${count(calls, 'AWS call')} checked`));
    },
  });
  screen.finish();
  if (!json) screen.write(renderLargeClosing(report, look));
  return report;
}

const progressOf = ({ look }: Screen, days: number, of: number, more = ''): string[] => [
  look.colors.dim(`${progressBar(days, of, 30)} virtual day ${days} of ${of}${more}`),
];

/** 1 if a promise was broken. */
export const exitCodeOf = ({ promise }: Pick<RunReport, 'promise'>): number =>
  promise.violations.length === 0 ? 0 : 1;
