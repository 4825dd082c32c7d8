import { count } from '../story/show.ts';
import type { Tone } from '../story/step.ts';
import { watchedPromises } from '../watcher/watched.ts';
import { layRow, wrap } from './layout.ts';
import { paintOf, type ScreenStyle } from './render.ts';
import type { DemoReport } from './run.ts';
import type { Ended, Outcome } from './summary.ts';

const outcomes: Readonly<Record<Outcome, { readonly text: string; readonly tone: Tone }>> = {
  completed: { text: 'completed', tone: 'good' },
  rolledBack: { text: 'rolled back', tone: 'back' },
  escalated: { text: 'escalated', tone: 'attention' },
  needsPerson: { text: 'needs a person', tone: 'attention' },
  changedElsewhere: { text: 'changed elsewhere', tone: 'attention' },
  deletionRefused: { text: 'deletion refused', tone: 'attention' },
  failed: { text: 'failed', tone: 'alarm' },
};

/** The closing table, the totals, and whether the promise was kept. */
export function renderClosing(
  report: DemoReport,
  accountNames: ReadonlyMap<string, string>,
  look: ScreenStyle,
): string[] {
  const named = report.rotations.map((rotation) => ({
    ...rotation,
    account: accountNames.get(rotation.accountId) ?? rotation.accountId,
  }));
  return ['', ...renderTable(named, look), '', ...renderTotals(report, look), ...renderPromise(report, look)];
}

type Row = Ended & { readonly account: string };

function renderTable(rows: readonly Row[], look: ScreenStyle): string[] {
  const { colors, width } = look;
  const titles = ['User', 'Account', 'Outcome', 'Days', 'Mails', 'Its keys'];
  const texts = rows.map((row) => [
    row.userName,
    row.account,
    outcomes[row.outcome].text,
    row.days?.toFixed(1) ?? '…',
    String(row.mails),
  ]);
  const columns = titles.slice(0, -1).map((title, index) => ({
    width: Math.max(title.length, ...texts.map((cells) => cells[index]?.length ?? 0)),
    ...(index >= 3 ? { align: 'right' as const } : {}),
  }));
  const used = columns.reduce((sum, column) => sum + column.width + 2, 0);
  const all = [...columns, { width: width - used }];
  const head = layRow(
    all,
    titles.map((title) => [title]),
    colors.dim,
  );
  const body = rows.flatMap((row, index) => {
    const cells = [
      ...(texts[index] ?? []).map((text) => [text]),
      row.keys.flatMap((key) => wrap(key, width - used)),
    ];
    const paint = paintOf(look, outcomes[row.outcome].tone);
    return layRow(all, cells, (text, column) => (column === 2 ? paint(text) : text));
  });
  return [...head, colors.dim('─'.repeat(Math.min(width, used + 30))), ...body];
}

function renderTotals(
  { summary, scanner, stillRunning }: DemoReport,
  { width, colors }: ScreenStyle,
): string[] {
  const { rotations, keys, mails, virtualDays } = summary;
  const rows: readonly (readonly [string, string])[] = [
    [
      'Rotations',
      list({
        completed: rotations.completed,
        'rolled back': rotations.rolledBack,
        escalated: rotations.escalated,
        failed: rotations.failed,
      }),
    ],
    ['Keys', list(keys)],
    ['Mails', String(mails)],
    [
      'Scanner',
      `opened ${count(scanner.opened, 'link')}, submitted ${count(scanner.submitted, 'form')} empty, decided ${scanner.decided === 0 ? 'nothing' : count(scanner.decided, 'time')}`,
    ],
    ['Time', `${virtualDays} virtual days`],
    ...(stillRunning === 0
      ? []
      : [
          [
            'Unfinished',
            `${count(stillRunning, 'rotation')} still running at the end, counted as failed`,
          ] as const,
        ]),
  ];
  return rows.flatMap(([name, text]) =>
    layRow([{ width: 10 }, { width: 0 }], [[name], wrap(text, width - 12)], (cell, column) =>
      column === 0 ? colors.dim(cell) : cell,
    ),
  );
}

/** "2 completed, 1 failed" */
export const list = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, many]) => `${many} ${name}`)
    .join(', ');

/** Whether the promise was kept. */
export function renderPromise(
  { summary: { violations }, calls }: Pick<DemoReport, 'summary' | 'calls'>,
  { colors, width }: ScreenStyle,
): string[] {
  const checked = `${watchedPromises} checked after each of ${calls} AWS calls:`;
  if (violations.length === 0) return ['', `${checked} ${colors.bold(colors.green('no violation'))}`];
  const each = violations.flatMap(({ promise, at, user, what }) =>
    wrap(`${promise}  ${at}  ${user}: ${what}`, width - 2).map((line) => colors.red(`  ${line}`)),
  );
  return ['', `${checked} ${colors.bold(colors.red(count(violations.length, 'violation')))}`, ...each];
}
