import { readFileSync, writeFileSync } from 'node:fs';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { placeholder } from '../tasks/domain/decisions/table.ts';
import { decided, type Tallies, type Tally } from '../test/domain/decisions/tally.ts';
import { replacePart, tableOf } from './generated.ts';

interface PrintedRow {
  readonly when: readonly { readonly name: string }[];
  readonly name: string;
  readonly decide: { readonly words: string };
  readonly because: string;
}
interface PrintedTable {
  readonly rows: readonly PrintedRow[];
  readonly otherwise: Omit<PrintedRow, 'when'>;
}

/** The document's parts, in its order. */
const parts = ['requests', 'leaks', 'ages', 'sweptKeys', 'users'] as const;

const inThousands = (count: number): string => count.toLocaleString('en-GB');

function printed({ rows, otherwise }: PrintedTable, { all, byRow }: Tally): string {
  const lines = [...rows, { ...otherwise, when: [{ name: 'otherwise' }] }].map(
    ({ name, when, decide, because }, place) => [
      String(place + 1),
      when.map((one) => one.name).join('<br>'),
      decide.words,
      // Words that depend on the situation.
      because.replaceAll(placeholder, '*$1*'),
      inThousands(byRow.get(name) ?? 0),
    ],
  );
  const table = tableOf(['', 'If', 'Decision', 'Reason', 'Combinations'], lines);
  return `${inThousands(all)} combinations.\n\n${table}`;
}

/** The document with its tables replaced. */
export function withDecisions(document: string, tallies: Tallies): string {
  const all = Object.values(tallies).reduce((sum, tally) => sum + tally.all, 0);
  const total = `${inThousands(all)} combinations in all; each has a decision and a reason, and each row decides at least one.`;
  return parts.reduce(
    (text, part) => replacePart(text, part, printed(decided[part].table, tallies[part])),
    replacePart(document, 'total', total),
  );
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const file = new URL('decisions-table.md', import.meta.url);
  const tallies: Tallies = {
    requests: decided.requests.tally(),
    leaks: decided.leaks.tally(),
    ages: decided.ages.tally(),
    sweptKeys: decided.sweptKeys.tally(),
    users: decided.users.tally(),
  };
  writeFileSync(file, withDecisions(readFileSync(file, 'utf8'), tallies));
}
