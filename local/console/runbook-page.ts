import { readFileSync } from 'node:fs';
import { anchorOf } from '../../tasks/domain/runbook.ts';
import { markup } from '../../tasks/presentation/html.ts';
import { type ConsolePage, verbatim } from './layout.ts';

const file = new URL('../../docs/runbook.md', import.meta.url);

/** A section of the runbook as it is written; undefined if it has none of that name. */
export function runbookSection(anchor: string): ConsolePage | undefined {
  const lines = readFileSync(file, 'utf8').split('\n');
  const levelOf = (line: string): number => /^(#{1,6}) /.exec(line)?.[1]?.length ?? 0;
  const headingOf = (line: string): string => line.replace(/^#+ /, '').replaceAll('`', '');
  const start = lines.findIndex((line) => levelOf(line) > 0 && anchorOf(headingOf(line)) === anchor);
  const heading = lines[start];
  if (heading === undefined) return undefined;
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => levelOf(line) > 0 && levelOf(line) <= levelOf(heading));
  const text = rest
    .slice(0, end === -1 ? undefined : end)
    .join('\n')
    .trim();
  const title = headingOf(heading);
  return {
    title,
    body: markup`<section class="c-card"><p class="c-muted">From docs/runbook.md</p><h1>${title}</h1>${verbatim(text)}</section>`,
  };
}
