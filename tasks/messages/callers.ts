import type { KeyCaller, KeyCallers } from '../domain/asking/callers.ts';
import { clean } from '../domain/clean.ts';
import type { Block } from './document.ts';
import { showTime, withoutKeyEnds } from './words.ts';

/** Who used a key lately, according to CloudTrail, or why that isn't known. */
export function callersBlocks(callers: KeyCallers | undefined): Block[] {
  if (callers === undefined) return [];
  if (callers.state === 'failed') {
    const text = `CloudTrail could not say who used it (${clean(callers.because)}).`;
    return [{ kind: 'text', text }];
  }
  const limits = `CloudTrail is up to 15 minutes late, and this is its event history of ${clean(callers.region)} alone: without other regions, and without most reads and writes of data.`;
  if (callers.state === 'none') {
    return [{ kind: 'text', text: `CloudTrail shows no call with it. ${limits}` }];
  }
  return [
    { kind: 'facts', rows: callers.callers.map((caller) => ['Called from', callerInWords(caller)]) },
    { kind: 'text', text: limits },
  ];
}

const callerInWords = ({ address, program, calls, lastAt, lastCall }: KeyCaller): string =>
  `${withoutKeyEnds(address)}, ${withoutKeyEnds(program)}: ${calls === 1 ? '1 call' : `${calls} calls`}, the last ${withoutKeyEnds(lastCall)} at ${showTime(lastAt)}`;

/** What to do if several applications share one key. @param signs what suggests it */
export function sharingBlocks(signs: readonly string[] = []): Block[] {
  if (signs.length === 0) return [];
  return [
    { kind: 'heading', text: 'One key for several applications?' },
    {
      kind: 'text',
      text: `Several applications may share this key: ${signs.map(withoutKeyEnds).join('; ')}. It may also be one application in several places.`,
    },
    {
      kind: 'text',
      text: 'If they are several, give each an IAM user and a key of its own. Each can then be rotated, and stopped, without the others.',
    },
  ];
}
