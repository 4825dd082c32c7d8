import { parseArgs } from 'node:util';
import { renderClosing } from './closing.ts';
import { renderOpening, TimelineText } from './render.ts';
import { type Audience, runDemo } from './run.ts';
import type { Summary } from './summary.ts';
import { type Output, Terminal } from './terminal.ts';

const help = `Usage: npm run demo -- [--seed N] [--json]

Six rotations of access keys, from start to end, in memory and on a virtual clock.

  --seed N   another organization and other owners; a whole number, 1 if not given
  --json     ends in one line of JSON instead of the table
  --help     this text

Exits with 1 if the promise was broken anywhere, with 2 if an option isn't understood.`;

type Wish =
  | { readonly kind: 'run'; readonly seed: number; readonly json: boolean }
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
    options: { seed: { type: 'string' } },
  });
  let seed = 1;
  let json = false;
  for (const token of tokens) {
    if (token.kind === 'positional') return wrong(`"${token.value}" is no option`);
    if (token.kind === 'option-terminator') continue;
    if (token.name === 'seed') {
      const value = token.value ?? '';
      if (!/^\d{1,15}$/.test(value))
        return wrong(`--seed needs a whole number, such as 7${value === '' ? '' : `; "${value}" is none`}`);
      seed = Number(value);
    } else if (token.value !== undefined && token.name !== undefined)
      return wrong(`${token.rawName} takes no value`);
    else if (token.name === 'json') json = true;
    else if (token.name === 'help') return { kind: 'help' };
    else return wrong(`unknown option ${token.rawName}`);
  }
  return { kind: 'run', seed, json };
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
  return perform(wish, terminal);
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

/** 1 where a promise was broken. */
export const exitCodeOf = ({ violations }: Pick<Summary, 'violations'>): number =>
  violations.length === 0 ? 0 : 1;
