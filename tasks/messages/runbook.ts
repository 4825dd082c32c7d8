import { sectionUrl } from '../domain/runbook.ts';
import type { Block } from './document.ts';
import type { Speaker } from './facts.ts';

export { sectionOf, sections } from '../domain/runbook.ts';

/** Where the runbook explains a mail: a link, or a path if the deployment names no URL. */
export function inRunbook({ runbookUrl }: Pick<Speaker, 'runbookUrl'>, heading: string): Block {
  const url = sectionUrl(runbookUrl, heading);
  return /^https?:/.test(url)
    ? { kind: 'link', label: `Runbook: ${heading}`, url }
    : { kind: 'text', text: `Runbook: ${heading} (${url})` };
}
