import { nameOf } from './execution-name.ts';
import { isoSecond } from './time.ts';

/**
 * What the tag `keyturn:rotation` on a user says: which execution rotates it, and which key that was about to make
 * inactive, and when. The last part is written before the key is touched, so that a second run of the task can tell
 * its own doing from somebody else's.
 */
export interface RotationMark {
  readonly executionArn: string;
  readonly deactivating?: { readonly keyId: string; readonly at: Date };
}

const pattern = /^(?<arn>arn:\S+)(?: deactivating (?<keyId>[A-Z0-9]{16,128}) (?<at>\S+))?$/;

/** @returns undefined for any text that is no mark of ours */
export function readMark(value: string | undefined): RotationMark | undefined {
  const { arn, keyId, at } = pattern.exec(value?.trim() ?? '')?.groups ?? {};
  if (arn === undefined) return undefined;
  const when = new Date(at ?? Number.NaN);
  return keyId === undefined || Number.isNaN(when.getTime())
    ? { executionArn: arn }
    : { executionArn: arn, deactivating: { keyId, at: when } };
}

/** To the second, so that it fits beside an ARN into a tag's 256 characters. */
export function writeMark({ executionArn, deactivating }: RotationMark): string {
  if (deactivating === undefined) return executionArn;
  const at = isoSecond(deactivating.at);
  return `${executionArn} deactivating ${deactivating.keyId} ${at}`;
}

/**
 * The execution that the tag names, if it is one of this machine: any other text, another region's or another
 * account's ARN among them, counts as none.
 * @param executionArn of any execution of this machine
 */
export function markedSibling(value: string | undefined, executionArn: string): string | undefined {
  const marked = readMark(value)?.executionArn;
  const machine = executionArn.slice(0, -nameOf(executionArn).length);
  return marked?.startsWith(machine) && !marked.slice(machine.length).includes(':') ? marked : undefined;
}
