import type { Command } from 'commander';
import {
  BadCommandLine,
  badCommandLine,
  localCommand,
  readOptions,
  type Size,
  sizeNumber,
} from '../options.ts';
import { renderClosing } from './closing.ts';
import { runLarge } from './large.ts';
import { renderOpening, TimelineText } from './render.ts';
import { renderLargeClosing, renderLargeOpening, renderSwept } from './render-large.ts';
import { type Audience, runDemo } from './run.ts';
import type { RunSummary } from './summary.ts';
import { Screen, type ScreenOutput } from './terminal.ts';

type Wish =
  | { readonly kind: 'run'; readonly seed: number; readonly json: boolean }
  | ({ readonly kind: 'runLarge'; readonly json: boolean } & Size)
  | { readonly kind: 'help' };

/** The most users in total; more take longer than anyone would wait. */
const mostInAll = 100_000;

const command = (): Command =>
  localCommand('npm run demo --')
    .description(
      [
        'Six rotations of access keys, from start to end, in memory and on a virtual clock.',
        'With a size: an organization of that size, swept every other week for sixty days.',
      ].join('\n'),
    )
    .option('--seed <n>', 'another organization and other owners', sizeNumber.seed, 1)
    .option('--accounts <n>', 'accounts of the organization', sizeNumber.accounts)
    .option('--users <n>', `users in each account, at most ${mostInAll} in all`, sizeNumber.users)
    .option('--json', 'ends in one line of JSON instead of the table', false)
    .addHelpText(
      'after',
      '\nExits with 1 if the promise was broken anywhere, with 2 if an option isn’t understood.',
    );

interface Options extends Partial<Size> {
  readonly seed: number;
  readonly json: boolean;
}

/**
 * What the command line asks for.
 * @throws {BadCommandLine}
 */
export function readCommandLine(args: readonly string[]): Wish {
  const demoCommand = command();
  const options = readOptions<Options>(demoCommand, args);
  if (options === undefined) return { kind: 'help' };
  const { seed, json, accounts, users } = options;
  if (accounts === undefined && users === undefined) return { kind: 'run', seed, json };
  const size = { accounts: accounts ?? 4, users: users ?? 12 };
  if (size.accounts * size.users > mostInAll)
    throw badCommandLine(demoCommand, `an organization has at most ${mostInAll} users in all`);
  return { kind: 'runLarge', seed, json, ...size };
}

/** Runs the command. @returns its exit code: 1 if a promise was broken, 2 if it wasn't understood */
export async function demo(
  argv: readonly string[],
  { stdout, stderr }: { readonly stdout: ScreenOutput; readonly stderr: ScreenOutput },
): Promise<number> {
  try {
    const wish = readCommandLine(argv);
    const terminal = new Screen(stdout);
    if (wish.kind !== 'help')
      return await (wish.kind === 'run' ? perform(wish, terminal) : performLarge(wish, terminal));
    command()
      .configureOutput({ writeOut: (text) => void stdout.write(text) })
      .outputHelp();
    return 0;
  } catch (error) {
    if (!(error instanceof BadCommandLine)) throw error;
    stderr.write(`demo: ${error.message}\n`);
    return 2;
  }
}

async function perform({ seed, json }: Extract<Wish, { kind: 'run' }>, terminal: Screen): Promise<number> {
  const accountNames = new Map<string, string>();
  const { look } = terminal;
  let timeline: TimelineText | undefined;
  const audience: Audience = {
    meet: (parts, { aws, clock }) => {
      const accounts = [...aws.accounts.values()];
      for (const { id, name } of accounts) accountNames.set(id, name);
      const users = accounts.reduce((sum, account) => sum + account.users.size, 0);
      const start = clock.now();
      timeline = new TimelineText(look, start);
      terminal.write(renderOpening({ seed, start, accounts: accounts.length, users }, parts, look));
    },
    hear: (line) => terminal.write(timeline?.render(line) ?? []),
    passDay: (days, of) => terminal.progress(days, of),
  };
  const report = await runDemo(seed, audience);
  terminal.finish();
  terminal.write(json ? [JSON.stringify(report.summary)] : renderClosing(report, accountNames, look));
  return exitCodeOf(report.summary);
}

async function performLarge(
  { json, ...size }: Extract<Wish, { kind: 'runLarge' }>,
  terminal: Screen,
): Promise<number> {
  const { look } = terminal;
  terminal.write(renderLargeOpening(size, look));
  const report = await runLarge(size, {
    hear: (line) => terminal.write(renderSwept(line, look)),
    passDay: (passed, of) => terminal.progress(passed, of),
  });
  terminal.finish();
  terminal.write(json ? [JSON.stringify(report.summary)] : renderLargeClosing(report, look));
  return exitCodeOf(report.summary);
}

/** 1 if a promise was broken. */
export const exitCodeOf = ({ violations }: Pick<RunSummary, 'violations'>): number =>
  violations.length === 0 ? 0 : 1;
