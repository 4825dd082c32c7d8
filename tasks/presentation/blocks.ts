import { html, raw } from 'hono/html';
import { clean } from '../domain/clean.ts';
import type { Block, ProgressStep, Standing } from '../messages/document.ts';
import { type Markup, markup } from './html.ts';
import type { Dress, MailPart } from './look.ts';

/** Renders a block as HTML. @param dress `inline` in mails, `byClass` on pages */
export function renderBlock(block: Block, dress: Dress): Markup {
  const a = (part: MailPart) => raw(dress(part));
  switch (block.kind) {
    case 'text':
      return markup`<p ${a('text')}>${block.text}</p>\n`;
    case 'heading':
      return markup`<h2 ${a('heading')}>${block.text}</h2>\n`;
    case 'part':
      return markup`<h2 ${a('part')}>${block.text}</h2>\n`;
    case 'warning':
      return markup`<p ${a('warning')}>${block.text}</p>\n`;
    case 'facts':
      return factsTable(block.rows, dress);
    case 'comparison':
      return comparison(block, a);
    case 'link':
      return markup`<p ${a('text')}><a href="${block.url}" ${a('link')}>${block.label}</a></p>\n`;
    case 'steps':
      return markup`<ol ${a('list')}>${block.steps.map((step) => markup`<li ${a('item')}>${step}</li>\n`)}</ol>\n`;
    case 'progress':
      return markup`<ol ${a('progress')}>${block.steps.map((step, index) => progressItem(step, index + 1 === block.steps.length, a))}</ol>\n`;
    case 'command':
      return codeBlock(commandLines(block.words), a);
    case 'snippet':
      return codeBlock(block.lines, a);
    case 'action':
      return block.standing === 'alternative'
        ? markup`<p ${a('choice')}><a href="${block.url}" ${a('link')}>${block.label}</a>: ${block.note}</p>\n`
        : markup`<p ${a('action')}><a href="${block.url}" ${a(buttonOf[block.standing])}>${block.label}</a></p>
<p ${a('note')}>${block.note}</p>\n`;
  }
}

/** One block per line: a line that is too long for a phone breaks visibly. */
const codeBlock = (lines: readonly string[], a: (part: MailPart) => Markup): Markup =>
  html`<div ${a('code')}>${lines.map((line) => html`<div ${a('codeLine')}>${line}</div>`)}</div>\n`;

/** A shell reads them as one line. */
const commandLines = (words: readonly string[]): string[] =>
  words.map(
    (some, index) => `${index === 0 ? '' : '  '}${clean(some)}${index + 1 === words.length ? '' : ' \\'}`,
  );

/** Only the expected answer stands out. */
export const buttonOf: Readonly<Record<Standing, MailPart>> = {
  expected: 'button',
  alternative: 'plainButton',
  discouraged: 'plainButton',
};

/** Labels and values, one row each; a value may be markup. */
export const factsTable = (
  rows: readonly (readonly [label: string, value: string | Markup])[],
  dress: Dress,
): Markup => {
  const a = (part: MailPart) => raw(dress(part));
  return markup`<table ${a('facts')}>${rows.map(
    ([label, value]) =>
      markup`<tr><th scope="row" ${a('label')}>${label}</th><td ${a('value')}>${value}</td></tr>\n`,
  )}</table>\n`;
};

const comparison = (
  { columns, rows }: Extract<Block, { kind: 'comparison' }>,
  a: (part: MailPart) => Markup,
): Markup =>
  markup`<table ${a('facts')}><tr><td ${a('label')}></td>${columns.map((name) => markup`<th scope="col" ${a('comparedHead')}>${name}</th>`)}</tr>
${rows.map(([label, ...values]) => markup`<tr><th scope="row" ${a('label')}>${label}</th>${values.map((value) => markup`<td ${a('compared')}>${value}</td>`)}</tr>\n`)}</table>\n`;

const signs = { done: '✓', now: '●', next: '·' } as const;

/** A line connects each step to the next, so the last one has none. */
function progressItem(
  { state, what, when }: ProgressStep,
  isLast: boolean,
  a: (part: MailPart) => Markup,
): Markup {
  const current = state === 'now' ? raw(' aria-current="step"') : '';
  return markup`<li ${a(isLast ? 'end' : state)}${current}><span ${a(`${state}Mark`)} aria-hidden="true">${signs[state]}</span><span ${a('what')}>${what}</span><span ${a('when')}>${when}</span></li>\n`;
}
