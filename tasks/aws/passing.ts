import { isServerError, isThrottlingError, isTransientError } from '@smithy/core/retry';
import type { SdkError } from '@smithy/types';

/** Whether AWS throttled, failed or was out of reach, so that another try may do. */
export function isPassing(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  // The SDK's classifiers look for members that only its own errors have, and take any Error for it.
  const sdkError = error as SdkError;
  return isThrottlingError(sdkError) || isTransientError(sdkError) || isServerError(sdkError);
}
