import { refusal } from './errors.ts';
import { AwsError, type Call, type Fault } from './types.ts';

/** The outcome of a call. */
export type CallOutcome = { readonly output: unknown } | { readonly error: AwsError };

/** The outcome of a call that a fault prevents from running; undefined if it runs anyway. */
export function withoutTouching(call: Call, fault: Fault): CallOutcome | undefined {
  if (isRefusal(fault)) return { error: refusal(call.service, fault) };
  if (fault === 'lostRequest' || fault === 'crashBefore') {
    return { error: new AwsError('ECONNRESET', 'The connection broke before anything was done.', 0) };
  }
  return undefined;
}

export function isRefusal(fault: Fault): fault is 'throttle' | 'unavailable' | 'denied' {
  return fault === 'throttle' || fault === 'unavailable' || fault === 'denied';
}
