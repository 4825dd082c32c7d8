import { raw } from 'hono/html';
import { clean } from '../domain/clean.ts';
import type { Brand } from '../domain/settings/brand.ts';
import type { Message } from '../messages/document.ts';
import { renderBlock } from './blocks.ts';
import { markup, toText } from './html.ts';
import { inline, type MailPart } from './look.ts';
import { mailSheet } from './sheet.ts';
import { renderText } from './text.ts';

/** The two alternatives of a mail, with the same content. */
export interface RenderedMail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** A message as a mail. */
export const renderMail = (message: Message, brand: Brand): RenderedMail => ({
  subject: clean(message.subject),
  text: renderText(message, brand),
  html: renderHtml(message, brand),
});

function renderHtml({ title, lead, blocks, footer }: Message, brand: Brand): string {
  const dress = inline(brand);
  const a = (part: MailPart) => raw(dress(part));
  const footers = brand.footer === undefined ? [footer] : [footer, brand.footer];
  return toText(
    markup`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">
<title>${title}</title><style>${raw(mailSheet(brand))}</style></head>
<body ${a('page')}><main ${a('card')}>
<p ${a('brand')}>${brand.name}</p>
<h1 ${a('title')}>${title}</h1>
<p ${a('lead')}>${lead}</p>
${blocks.map((block) => renderBlock(block, dress))}
${footers.map((text) => markup`<p ${a('footer')}>${text}</p>\n`)}</main></body></html>
`,
  );
}
