import { parseArgs } from 'node:util';
import { renderClosing } from './closing.ts';
import { runLarge, type Size } from './large.ts';
import { renderOpening, TimelineText } from './render.ts';
import { renderLargeClosing, renderLargeOpening, renderSwept } from './render-large.ts';
import { type Audience, runDemo } from './run.ts';
import type { Summary } from './summary.ts';
import { type Output, Terminal } from './terminal.ts';

const help = `Usage: npm run demo -- [--seed N] [--json] [--accounts N] [--users N]

Six rotations of access keys, from start to end, in memory and on a virtual clock.
With a size: an organization of that size, swept every other week for sixty days.

  --seed N      another organization and other owners; a whole number, 1 if not given
  --accounts N  accounts of the organization, 1 to 1000
  --users N     users in each account, 1 to 5000; 100000 in all
  --json        ends in one line of JSON instead of the table
  --help        this text

Exits with 1 if the promise was broken anywhere, with 2 if an option isn't understood.`;

type Wish =
  | { readonly kind: 'run'; readonly seed: number; readonly json: boolean }
  | ({ readonly kind: 'runLarge'; readonly json: boolean } & Size)
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly message: string };

/** What the command line asks for. */
export function readCommandLine(argv: readonly string[]): Wish {
  const wrong = (problem: string): Wish => ({
    kind: 'wrong',
    message: `demo: ${problem}; see npm run demo -- --help`,
  });
  const { tokens } = parseArgs({
    args: [...argv],
    strict: false,
    tokens: true,
    options: { seed: { type: 'string' }, accounts: { type: 'string' }, users: { type: 'string' } },
  });
  const numbers: Partial<Record<NumberOption, number>> = {};
  let json = false;
  for (const token of tokens) {
    if (token.kind === 'positional') return wrong(`"${token.value}" is no option`);
    if (token.kind === 'option-terminator') continue;
    const name = numberOptions.find((one) => one === token.name);
    if (name !== undefined) {
      const value = token.value ?? '';
      if (!/^\d{1,15}$/.test(value))
        return wrong(
          `--${name} needs a whole number, such as 7${value === '' ? '' : `; "${value}" is none`}`,
        );
      numbers[name] = Number(value);
    } else if (token.value !== undefined && token.name !== undefined)
      return wrong(`${token.rawName} takes no value`);
    else if (token.name === 'json') json = true;
    else if (token.name === 'help') return { kind: 'help' };
    else return wrong(`unknown option ${token.rawName}`);
  }
  const { seed = 1, accounts, users } = numbers;
  if (accounts === undefined && users === undefined) return { kind: 'run', seed, json };
  const size = { accounts: accounts ?? 4, users: users ?? 12 };
  const problem = whyTooLarge(size);
  return problem === undefined ? { kind: 'runLarge', seed, json, ...size } : wrong(problem);
}

const numberOptions = ['seed', 'accounts', 'users'] as const;
type NumberOption = (typeof numberOptions)[number];

function whyTooLarge({ accounts, users }: Pick<Size, 'accounts' | 'users'>): string | undefined {
  if (accounts < 1 || accounts > 1000) return '--accounts is 1 to 1000';
  if (users < 1 || users > 5000) return '--users is 1 to 5000';
  return accounts * users > 100_000 ? 'there may be 100000 users in all' : undefined;
}

/** Runs the command. @returns its exit code: 1 where a promise was broken, 2 where it wasn't understood */
export async function demo(
  argv: readonly string[],
  { stdout, stderr }: { readonly stdout: Output; readonly stderr: Output },
): Promise<number> {
  const wish = readCommandLine(argv);
  if (wish.kind === 'wrong') {
    stderr.write(`${wish.message}\n`);
    return 2;
  }
  const terminal = new Terminal(stdout);
  if (wish.kind === 'help') {
    terminal.write([help]);
    return 0;
  }
  return wish.kind === 'run' ? perform(wish, terminal) : performLarge(wish, terminal);
}

async function perform({ seed, json }: Extract<Wish, { kind: 'run' }>, terminal: Terminal): Promise<number> {
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
  terminal: Terminal,
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

/** 1 where a promise was broken. */
export const exitCodeOf = ({ violations }: Pick<Summary, 'violations'>): number =>
  violations.length === 0 ? 0 : 1;
