import { type Control, controls, type Standard, standards } from '../domain/controls/controls.ts';
import { overallResult, type ResultCounts } from '../domain/controls/result.ts';
import type { AccountLine } from '../domain/sweeps/lines.ts';
import type { Overview } from '../domain/sweeps/overview.ts';
import { objects } from '../domain/sweeps/sweep.ts';
import type { Cell, PageBlock, Table } from './document.ts';
import { inThousands } from './words.ts';

/** The controls that auditors ask for: in all accounts, and by account. A report from before 1.0 has none. */
export function controlBlocks({
  controls: counts,
  accounts,
  totals,
}: Pick<Overview, 'controls' | 'accounts' | 'totals'>): PageBlock[] {
  if (counts === undefined) return [];
  return [
    {
      kind: 'table',
      title: 'Controls',
      note: `numbers are of ${Object.values(standards).join(', ')}; those marked * are keyturn’s own reading. Unknown is never a pass. Passwords are not looked at`,
      columns: ['Control', 'CIS', 'NIST', 'PCI DSS', 'Security Hub', 'Result', 'Pass', 'Fail', 'Unknown'],
      rows: controls.map((control): Cell[] => [
        { text: control.title, under: { text: `per ${control.about}` } },
        ...standardNames.map((standard): Cell => ({ text: numbersOf(control, standard) })),
        ...cellsOf(counts[control.id]),
      ]),
    },
    ...(accounts.length === 0 ? [] : [byAccount(accounts, totals.accounts)]),
  ];
}

const standardNames: readonly Standard[] = ['cis', 'nist', 'pci', 'securityHub'];

/** A control's numbers in a standard, marked if the assignment is our own. */
export function numbersOf({ numbers, ownReading }: Control, standard: Standard): string {
  const mark = ownReading.includes(standard) ? '*' : '';
  return numbers[standard].map((number) => `${number}${mark}`).join(', ');
}

const looks = { pass: undefined, fail: 'alarm', unknown: 'aside' } as const;

function cellsOf(counts: ResultCounts): Cell[] {
  const { pass, fail, unknown } = counts;
  const result = overallResult(counts);
  return [
    { text: result, as: looks[result] },
    { text: inThousands(pass), as: 'number' },
    { text: inThousands(fail), as: fail > 0 ? 'alarm' : 'number' },
    { text: inThousands(unknown), as: 'number' },
  ];
}

const byAccount = (accounts: readonly AccountLine[], all: number): Table => ({
  kind: 'table',
  title: 'Controls by account',
  note: `${inThousands(accounts.length)} of ${inThousands(all)}, those with the most keys; every one is in ${objects.controlLines}`,
  columns: ['Account', ...controls.map(({ short }) => short)],
  rows: accounts.map((line): Cell[] => [
    { text: line.name, under: { text: line.accountId, url: objects.keysOf(line.accountId, 'csv') } },
    ...controls.map(({ id }) => resultCell(line.controls?.[id])),
  ]),
});

function resultCell(counts: ResultCounts | undefined): Cell {
  if (counts === undefined) return { text: '' };
  const result = overallResult(counts);
  const { fail, unknown } = counts;
  const parts = [...(fail > 0 ? [`${fail} fail`] : []), ...(unknown > 0 ? [`${unknown} unknown`] : [])];
  return {
    text: result,
    ...(result === 'pass' ? {} : { as: looks[result], under: { text: parts.join(', ') } }),
  };
}
