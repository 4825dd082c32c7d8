import { refusal } from './errors.ts';
import { AwsError, type Call, type Fault } from './types.ts';

/** What comes of a call. */
export type CallOutcome = { readonly output: unknown } | { readonly error: AwsError };

/** What comes of a call that a fault keeps from being run; undefined where it is run all the same. */
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
