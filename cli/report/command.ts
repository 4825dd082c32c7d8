import { commandSpec } from '../command.ts';
import { diffShape, openShape } from './shape.ts';

/** The command `report open`. */
export const openCommand = commandSpec({
  name: 'report open',
  summary: 'open the last sweep’s report',
  description: `Opens the last sweep's report in a browser, and shows its totals. On anything but a terminal it only prints
the address. The page is in a private bucket: the address leads through AWS's console, signed in to
keyturn's account.

Exit code: 0, or 1 if the sweep could not read every account.`,
  examples: ['report open', 'report open --json'],
  shape: openShape,
  run: async (asked) => (await import('./report.ts')).openReport(asked),
});

/** The command `report diff`. */
export const diffCommand = commandSpec({
  name: 'report diff',
  summary: 'say what has changed from one sweep’s report to the next',
  description: `Compares the last two sweeps' reports: the totals, users whose keys appeared or are gone, and users about
whose keys a sweep decides otherwise than before.

Exit code: 0.`,
  options: [['--with <number>', 'compare with the sweep that many before the last: 1 to 10 (1 if omitted)']],
  examples: ['report diff', 'report diff --with 7'],
  shape: diffShape,
  run: async (asked) => (await import('./diff.ts')).diffReports(asked),
});
