import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { momentOf } from './moments.ts';

/** What is shown instead of a task token. */
export const tokenMark = '(task token, not shown)';

/** Removes every task token of this history from a text: anyone who has one can answer instead of the owner. */
export function redactor(history: readonly HistoryEvent[]): (text: string) => string {
  const tokens = new Set<string>();
  for (const event of history) {
    const moment = momentOf(event);
    if (moment?.kind !== 'called') continue;
    // The quotes may be escaped: a token may be in JSON within JSON.
    for (const [, token] of moment.parameters.matchAll(/taskToken\\*"\s*:\s*\\*"([^"\\]+)/gi)) {
      if (token !== undefined) tokens.add(token);
    }
  }
  return (text) => [...tokens].reduce((rest, token) => rest.replaceAll(token, tokenMark), text);
}
