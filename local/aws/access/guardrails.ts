import { refusal } from '../errors.ts';
import type { AwsError, Call } from '../types.ts';
import { globOf } from './globs.ts';
import type { Need } from './need.ts';

/** An action, which may contain `*`, or a predicate, which also gets the call. */
export type Denied = string | ((action: string, call: Call) => boolean);

/** Explicit denials for everybody, as by service control policies. */
export class Guardrails {
  readonly #denials = new Set<(action: string, call: Call) => boolean>();

  /** @returns a function that removes it */
  add(denied: Denied): () => void {
    const pattern = typeof denied === 'string' ? globOf(denied, 'i') : undefined;
    const denies = typeof denied === 'string' ? (action: string) => pattern?.test(action) === true : denied;
    this.#denials.add(denies);
    return () => void this.#denials.delete(denies);
  }

  /** @returns undefined if nothing that the call needs is denied */
  refuse(call: Call, needs: readonly Need[]): AwsError | undefined {
    if (call.service === 'sts' && call.operation === 'GetCallerIdentity') return undefined;
    const need = needs.find(({ action }) => [...this.#denials].some((denies) => denies(action, call)));
    if (need === undefined) return undefined;
    const who = `User: ${call.caller.arn} is not authorized to perform: ${need.action}`;
    const why = 'with an explicit deny in a service control policy';
    return refusal(call.service, 'denied', `${who} on resource: ${need.resource} ${why}`);
  }
}
