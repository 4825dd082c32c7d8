import { nameOf } from './execution-name.ts';
import { isoSecond } from './time.ts';

/**
 * The content of a user's tag `keyturn:rotation`: which execution rotates the user, and which key it was about to
 * deactivate, and when. The last part is written before the key is changed, so that a second run of the task can
 * distinguish its own change from somebody else's.
 */
export interface RotationMark {
  readonly executionArn: string;
  readonly deactivating?: { readonly keyId: string; readonly at: Date };
}

const pattern = /^(?<arn>arn:\S+)(?: deactivating (?<keyId>[A-Z0-9]{16,128}) (?<at>\S+))?$/;

/** @returns undefined for any text that isn't one of our marks */
export function readMark(value: string | undefined): RotationMark | undefined {
  const { arn, keyId, at } = pattern.exec(value?.trim() ?? '')?.groups ?? {};
  if (arn === undefined) return undefined;
  const when = new Date(at ?? Number.NaN);
  return keyId === undefined || Number.isNaN(when.getTime())
    ? { executionArn: arn }
    : { executionArn: arn, deactivating: { keyId, at: when } };
}

/** In whole seconds, so that it fits into a tag's 256 characters beside an ARN. */
export function writeMark({ executionArn, deactivating }: RotationMark): string {
  if (deactivating === undefined) return executionArn;
  const at = isoSecond(deactivating.at);
  return `${executionArn} deactivating ${deactivating.keyId} ${at}`;
}

/**
 * The execution in the tag, if it is one of this machine. Any other text counts as none, including ARNs of other
 * regions or accounts.
 * @param executionArn of any execution of this machine
 */
export function markedSibling(value: string | undefined, executionArn: string): string | undefined {
  const marked = readMark(value)?.executionArn;
  const machine = executionArn.slice(0, -nameOf(executionArn).length);
  return marked?.startsWith(machine) && !marked.slice(machine.length).includes(':') ? marked : undefined;
}
