/**
 * An error in Step Functions' form: a name that Retry and Catch match, and a cause for people.
 * `location` is set if an expression failed: the field, relative to its state (`Arguments/Payload/user`).
 */
export class StatesError extends Error {
  override readonly name = 'StatesError';
  constructor(
    readonly error: string,
    override readonly cause: string | undefined,
    readonly location?: string,
  ) {
    super(cause ?? error);
  }
}

/** The error of a failing or undefined expression. `location` is the field, relative to its state. */
export function queryEvaluationError(cause: string, location: string): StatesError {
  return new StatesError('States.QueryEvaluationError', cause, location);
}

/** The error of a payload over the quota. `what` names the state or the task, worded like AWS's. */
export function dataLimitExceeded(what: string): StatesError {
  return new StatesError(
    'States.DataLimitExceeded',
    `The state/task '${what}' returned a result with a size exceeding the maximum number of bytes service limit.`,
  );
}
