import { shortKeyId } from '../../tasks/domain/keys.ts';
import { count } from '../story/show.ts';
import type { Tone } from '../story/step.ts';
import { gap, layRow, wrap } from './layout.ts';
import { paintOf, type ScreenStyle } from './render.ts';
import type { DemoReport } from './run.ts';
import type { EndedKey, Fate, Outcome, RunReport } from './summary.ts';

const outcomes: Readonly<Record<Outcome, { readonly text: string; readonly tone: Tone }>> = {
  completed: { text: 'completed', tone: 'good' },
  rolledBack: { text: 'rolled back', tone: 'back' },
  escalated: { text: 'escalated', tone: 'attention' },
  needsPerson: { text: 'needs a person', tone: 'attention' },
  changedElsewhere: { text: 'changed elsewhere', tone: 'attention' },
  deletionRefused: { text: 'deletion refused', tone: 'attention' },
  failed: { text: 'failed', tone: 'alarm' },
  running: { text: 'still running', tone: 'step' },
};

const fates: Readonly<Record<Fate, string>> = {
  unchanged: 'unchanged',
  new: 'new',
  deleted: 'deleted',
  withdrawn: 'withdrawn',
  inactive: 'inactive',
  reactivated: 'active again',
};

/** The closing table, the totals, whether the promise was kept, and what to try next. */
export const renderClosing = (report: DemoReport, look: ScreenStyle): string[] => [
  '',
  ...renderTable(report.rotations, look),
  '',
  ...renderFacts([...totalFacts(report), ['Scanner', whatScannerDid(report.scanner)]], look),
  ...renderPromise(report, look),
  ...renderNext(look),
];

const whatScannerDid = ({ opened, submitted, decided }: DemoReport['scanner']): string =>
  `opened ${count(opened, 'link')}, submitted ${count(submitted, 'form')} empty, decided ${decided === 0 ? 'nothing' : count(decided, 'time')}`;

function renderTable(rows: RunReport['rotations'], look: ScreenStyle): string[] {
  const { colors, width } = look;
  const titles = ['User', 'Account', 'Outcome', 'Days', 'Mails', 'Its keys'];
  const texts = rows.map((row) => [
    row.userName,
    row.accountName,
    outcomes[row.outcome].text,
    row.days?.toFixed(1) ?? '…',
    String(row.mails),
  ]);
  const columns = titles.slice(0, -1).map((title, index) => ({
    width: Math.max(title.length, ...texts.map((cells) => cells[index]?.length ?? 0)),
    ...(index >= 3 ? { align: 'right' as const } : {}),
  }));
  const used = columns.reduce((sum, column) => sum + column.width + 2, 0);
  const all = [...columns, { width: 0 }];
  const head = layRow(
    all,
    titles.map((title) => [title]),
    colors.dim,
  );
  const body = rows.flatMap((row, index) => {
    const cells = [...(texts[index] ?? []).map((text) => [text]), keysOf(row.keys, width - used)];
    const paint = paintOf(look, outcomes[row.outcome].tone);
    return layRow(all, cells, (text, column) => (column === 2 ? paint(text) : text));
  });
  return [...head, colors.dim('─'.repeat(Math.min(width, used + 30))), ...body];
}

/** A line per key; all on one in a pipe, where a row is a line. */
function keysOf(keys: readonly EndedKey[], width: number): string[] {
  const said = keys.map(({ keyId, fate, reactivations }) => {
    const again = reactivations === 1 ? 'reactivated once' : `reactivated ${reactivations} times`;
    const then = reactivations === 0 || fate === 'reactivated' ? '' : `${again}, `;
    return `${shortKeyId(keyId)} ${then}${fates[fate]}`;
  });
  return width === Number.POSITIVE_INFINITY ? [said.join('; ')] : said.flatMap((key) => wrap(key, width));
}

type Fact = readonly [name: string, text: string];

/** The totals as facts, in the words of the table. */
export const totalFacts = ({ totals, virtualDays }: Pick<RunReport, 'totals' | 'virtualDays'>): Fact[] => [
  ['Rotations', counted(totals.rotations, (outcome) => outcomes[outcome].text)],
  ['Keys', counted(totals.keys, (fate) => fates[fate])],
  ['Mails', String(totals.mails)],
  ['Time', `${virtualDays} virtual days`],
];

/** "9: 5 completed, 4 escalated" */
function counted<Kind extends string>(
  many: Readonly<Partial<Record<Kind, number>>>,
  textOf: (kind: Kind) => string,
): string {
  const kinds = Object.keys(many) as Kind[];
  const sum = kinds.reduce((all, kind) => all + (many[kind] ?? 0), 0);
  return sum === 0 ? 'none' : `${sum}: ${kinds.map((kind) => `${many[kind]} ${textOf(kind)}`).join(', ')}`;
}

/** Facts with their names in front. */
export const renderFacts = (facts: readonly Fact[], { width, colors }: ScreenStyle): string[] =>
  facts.flatMap(([name, text]) =>
    layRow([{ width: 10 }, { width: 0 }], [[name], wrap(text, width - 12)], (cell, column) =>
      column === 0 ? colors.dim(cell) : cell,
    ),
  );

/** Whether the promise was kept, in words. */
export function renderPromise({ promise }: Pick<RunReport, 'promise'>, look: ScreenStyle): string[] {
  const { checked, calls, violations } = promise;
  const { colors, width } = look;
  const after = `${checked} checked after each of ${calls} AWS calls:`;
  if (violations.length > 0) {
    const each = violations.flatMap(({ promise: broken, at, user, what }) =>
      wrap(`${broken}  ${at}  ${user}: ${what}`, width - 2).map((line) => colors.red(`  ${line}`)),
    );
    return ['', `${after} ${colors.bold(colors.red(count(violations.length, 'violation')))}`, ...each];
  }
  return [
    '',
    colors.bold(colors.green('Nobody lost access.')),
    ...wrap(kept, width),
    ...wrap(`${after} no violation.`, width).map((line) => colors.dim(line)),
  ];
}

const kept =
  'No key was deactivated while anything used it, except one that had leaked. Every key could be brought back until it was deleted. No secret access key was written anywhere but to Secrets Manager. Every failure and every silence was reported to a person.';

const next: readonly (readonly [command: string, what: string])[] = [
  ['npm start', 'the same system live, with its console, its mails and the pages behind their links'],
  ['npm run demo -- --seed 7', 'other users and other owners'],
  ['npm run demo -- --accounts 20 --users 25', 'an organization of that size, swept every other week'],
  ['docs/promise.md', 'the promise in full, with its exceptions'],
];

/** What to try next. */
export function renderNext({ colors, width }: ScreenStyle): string[] {
  const first = Math.max(...next.map(([command]) => command.length));
  const rows = next.flatMap(([command, what]) =>
    layRow(
      [{ width: first }, { width: 0 }],
      [[command], wrap(what, width - first - 2 * gap.length)],
      (cell, column) => (column === 0 ? colors.cyan(cell) : cell),
    ),
  );
  return ['', colors.bold('Try next'), ...rows.map((row) => `${gap}${row}`)];
}
