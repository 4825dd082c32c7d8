/** What goes wrong with an invocation: the name that Step Functions sees, and whether the function ran anyway. */
export interface LambdaFault {
  readonly error: string;
  readonly ran: boolean;
}

/** Lambda's own faults, with AWS's names for them. */
export const lambdaFaults = {
  /** A function in a VPC that was idle for weeks: its network is being recreated. */
  notReady: { error: 'Lambda.ResourceNotReadyException', ran: false },
  throttled: { error: 'Lambda.TooManyRequestsException', ran: false },
  unavailable: { error: 'Lambda.ServiceException', ran: false },
  /** The service gave up waiting for the answer. */
  answerLost: { error: 'Lambda.ClientExecutionTimeoutException', ran: true },
  outOfMemory: { error: 'Runtime.OutOfMemory', ran: true },
} as const satisfies Readonly<Record<string, LambdaFault>>;

/** An error with Lambda's name for it. */
export class LambdaError extends Error {
  constructor(
    override readonly name: string,
    message: string,
  ) {
    super(message);
  }
}

export const invocationFailed = ({ error }: LambdaFault): Error =>
  new LambdaError(error, `Error: the invocation failed (${error})`);

/** The error of a process that exited before it answered. */
export const processEnded = (): Error =>
  new LambdaError('Runtime.ExitError', 'Error: Runtime exited with error: exit status 1');

/** The error of a run that exceeded its function's time-out. */
export const timedOut = (seconds: number): Error =>
  new LambdaError('Sandbox.Timedout', `Error: Task timed out after ${seconds}.00 seconds`);
