import { isServerError, isThrottlingError, isTransientError } from '@smithy/core/retry';
import type { SdkError } from '@smithy/types';

/** Whether AWS throttled, failed or was unreachable, so that another try may succeed. */
export function isPassing(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  // The SDK's classifiers are typed for its own errors, but work with any Error.
  const sdkError = error as SdkError;
  return isThrottlingError(sdkError) || isTransientError(sdkError) || isServerError(sdkError);
}
