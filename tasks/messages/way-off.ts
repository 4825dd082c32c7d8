import { wayOffInWords } from '../domain/off-keys.ts';
import type { Block } from './document.ts';
import type { MailFacts } from './facts.ts';

/** How to do without access keys. Shown to owners when they are asked, because then they look at the application. */
export function wayOff({ plan, speaker }: Pick<MailFacts, 'plan' | 'speaker'>): Block[] {
  if (plan.wayOff === undefined) return [];
  return [
    { kind: 'heading', text: 'A way off access keys' },
    {
      kind: 'text',
      text: `Temporary credentials need no rotation, and no mails like this one. For this application: ${wayOffInWords(plan.wayOff)}`,
    },
    ...(speaker.offKeysUrl === undefined
      ? []
      : [{ kind: 'link', label: 'How to do without access keys', url: speaker.offKeysUrl } as const]),
  ];
}
