import { clean } from '../domain/clean.ts';
import type { Brand } from '../domain/settings/brand.ts';
import type { Block, Message } from '../messages/document.ts';

const widest = 72;

/** A message as plain text, under the brand's name. */
export function renderText({ title, lead, blocks, footer }: Message, brand: Brand): string {
  const parts = [underlined(title, '='), clean(lead), ...blocks.map(plainBlock)];
  const last = [brand.name, footer, ...(brand.footer === undefined ? [] : [brand.footer])];
  return `${parts.join('\n\n')}\n\n-- \n${last.map(clean).join('\n')}\n`;
}

const marks = { done: '[x]', now: '[>]', next: '[ ]' } as const;

function plainBlock(block: Block): string {
  switch (block.kind) {
    case 'text':
      return clean(block.text);
    case 'heading':
      return underlined(block.text, '-');
    case 'part':
      return `\n${underlined(block.text, '=')}`;
    case 'warning':
      return `! ${clean(block.text)}`;
    case 'facts':
      return block.rows.map(([label, value]) => `${clean(label)}: ${clean(value)}`).join('\n');
    case 'comparison':
      return block.columns
        .map((column, index) =>
          [column, ...block.rows.map(([label, ...values]) => `  ${label}: ${values[index] ?? ''}`)]
            .map((line) => `${/^ */.exec(line)?.[0] ?? ''}${clean(line)}`)
            .join('\n'),
        )
        .join('\n');
    case 'link':
      return `${clean(block.label)}:\n${clean(block.url)}`;
    case 'steps':
      return block.steps.map((step, index) => `${index + 1}. ${clean(step)}`).join('\n');
    case 'progress':
      return block.steps
        .map(({ state, what, when }) => `${marks[state]} ${clean(what)}\n    ${clean(when)}`)
        .join('\n');
    case 'command':
      return `    ${clean(block.words.join(' '))}`;
    case 'snippet':
      return block.lines.map((line) => `    ${line}`).join('\n');
    case 'action':
      return `${clean(block.label)}:\n${clean(block.url)}\n(${clean(block.note)})`;
  }
}

function underlined(text: string, line: string): string {
  const one = clean(text);
  return `${one}\n${line.repeat(Math.min(one.length, widest))}`;
}
