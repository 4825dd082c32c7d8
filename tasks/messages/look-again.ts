import type { Evidence } from '../domain/asking/evidence.ts';
import { signsInCalls } from '../domain/draining/sharing.ts';
import { callersBlocks, sharingBlocks } from './callers.ts';
import type { PageBlock } from './document.ts';
import { showTime } from './words.ts';

/** What came of looking again: the use as of now, a failure, or when it is possible again. */
export interface Looked {
  readonly evidence?: Evidence;
  readonly failed?: true;
  readonly until?: Date;
}

const delay =
  'AWS reports a use with a delay: usually some minutes, sometimes hours. It shows only the latest use of each key.';

/** The button by which an owner sees how the keys are used now. */
export const lookAgain: PageBlock = {
  kind: 'form',
  heading: 'Is the old key still in use?',
  isAside: false,
  isRefused: false,
  effect: `Look again asks AWS now. It decides nothing. ${delay}`,
  hidden: [['look', 'again']],
  fields: [],
  button: { label: 'Look again', standing: 'alternative' },
};

/** What came of looking again, below the table of uses. */
export function lookedAgain({ evidence, until }: Looked): PageBlock[] {
  if (evidence !== undefined) {
    const { at, callers } = evidence;
    return [
      { kind: 'text', text: `Looked at ${showTime(at)}: the table above is as of then.` },
      ...(callers === undefined ? [] : [{ kind: 'heading', text: 'Who uses the old key' } as const]),
      ...callersBlocks(callers),
      ...sharingBlocks(signsInCalls(callers)),
    ];
  }
  const why =
    until === undefined
      ? 'AWS did not answer. The table above is from before. Try again in a minute.'
      : `You have looked often within this hour. The table above is from before. Look again from ${showTime(until)}.`;
  return [{ kind: 'warning', text: why }];
}
