import pc from 'picocolors';
import type { Output } from '../terminal.ts';
import { type Finding, type Status, statuses } from './finding.ts';

/** Fits most terminals; longer lines are no easier to read. */
const width = 100;
const statusWidth = 9;
const checkWidth = 20;
const indent = ' '.repeat(statusWidth + checkWidth);

type Colors = ReturnType<typeof pc.createColors>;

/** The findings as a table, with what to do under each line that isn't ok. Coloured on a terminal only. */
export function tableOf(findings: readonly Finding[], { isTTY }: Pick<Output, 'isTTY'>): string {
  const colors = pc.createColors(isTTY === true && pc.isColorSupported);
  const lines = findings.flatMap((finding, index) => {
    const again = findings[index - 1]?.check === finding.check;
    return linesOf(finding, again ? '' : finding.check, colors);
  });
  return [...lines, '', summaryOf(findings), ''].join('\n');
}

function linesOf(finding: Finding, name: string, colors: Colors): string[] {
  const { status, seen } = finding;
  const [first = '', ...rest] = wrap(seen, width - indent.length);
  const head = `${painted(status, colors)}${name.padEnd(checkWidth)}${first}`;
  const todo = finding.status === 'ok' ? [] : wrap(finding.todo, width - indent.length - 2);
  return [
    head.trimEnd(),
    ...rest.map((line) => `${indent}${line}`),
    ...todo.map((line, index) => `${indent}${index === 0 ? '→ ' : '  '}${line}`),
  ];
}

function painted(status: Status, colors: Colors): string {
  const text = status.padEnd(statusWidth);
  switch (status) {
    case 'ok':
      return colors.green(text);
    case 'warn':
      return colors.yellow(text);
    case 'fail':
      return colors.red(text);
    case 'unknown':
      return colors.magenta(text);
  }
}

/** The number of findings of each status. */
export function countsOf(findings: readonly Finding[]): Record<Status, number> {
  const counts = { ok: 0, warn: 0, fail: 0, unknown: 0 };
  for (const { status } of findings) counts[status] += 1;
  return counts;
}

function summaryOf(findings: readonly Finding[]): string {
  const counts = countsOf(findings);
  return statuses.map((status) => `${counts[status]} ${status}`).join(', ');
}

/** Lines of at most that many characters; a longer word, such as an ARN, is broken. */
export function wrap(text: string, most: number): string[] {
  const words = text.split(/\s+/).flatMap((word) => word.match(new RegExp(`.{1,${most}}`, 'gu')) ?? []);
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= most)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
