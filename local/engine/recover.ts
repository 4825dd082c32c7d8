import { toData } from './data.ts';
import type { MapState, TaskState } from './definition.ts';
import type { Visit } from './execution.ts';
import { matches, nextRetry } from './retry-and-catch.ts';
import type { StatesError } from './states-error.ts';
import type { Steps } from './steps.ts';

/** Retries a state, or follows one of its catchers. @returns whether either was possible */
export async function recover(
  steps: Steps,
  visit: Visit,
  state: TaskState | MapState,
  { failure, again }: { readonly failure: StatesError; readonly again: () => void | Promise<void> },
): Promise<boolean> {
  const delay = nextRetry(state.retry, visit.retries, failure.error, steps.host.random);
  if (delay !== undefined) {
    visit.retryCount += 1;
    steps.after(visit, delay, again);
    return true;
  }
  const catcher = state.catch.find((each) => matches(each.errorEquals, failure.error));
  if (catcher === undefined) return false;
  const errorOutput = { Error: failure.error, Cause: failure.cause ?? '' };
  const scope = steps.scope(visit, undefined, { errorOutput });
  await steps.leave(visit, catcher.exit, toData(errorOutput, state.name), scope);
  return true;
}
