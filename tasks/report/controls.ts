import { controls, standards } from '../domain/controls/controls.ts';
import { overallResult } from '../domain/controls/result.ts';
import type { AccountLine } from '../domain/sweeps/lines.ts';
import { write } from './csv.ts';

const header = [
  ...['account', 'name', 'unit', 'control', 'title', 'about'],
  ...['cis', 'nist_800_53', 'pci_dss', 'security_hub', 'own_reading'],
  ...['result', 'pass', 'fail', 'unknown'],
];

/** One line per account and control. */
export const controlsAsCsv = (lines: readonly AccountLine[]): string =>
  write(
    header,
    lines.flatMap(({ accountId, name, unit, controls: results }) =>
      controls.map(({ id, title, about, numbers, ownReading }) => {
        const counts = results?.[id] ?? { pass: 0, fail: 0, unknown: 1 };
        const { cis, nist, pci, securityHub } = numbers;
        return [
          ...[accountId, name, unit, id, title, about],
          ...[cis, nist, pci, securityHub, ownReading].map((some) => some.join(' ')),
          ...[overallResult(counts), counts.pass, counts.fail, counts.unknown],
        ];
      }),
    ),
  );

/** The same as data: the controls once, and each account's results by them. */
export const controlsAsJson = (lines: readonly AccountLine[]): string =>
  JSON.stringify({
    standards,
    controls: controls.map(({ id, title, about, numbers, ownReading }) => ({
      ...{ id, title, about, numbers, ownReading },
    })),
    accounts: lines.map(({ accountId, name, unit, controls: results }) => ({
      ...{ accountId, name, unit, results },
    })),
  });
