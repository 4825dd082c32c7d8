/** What goes wrong with an invocation: the name that Step Functions sees, and whether the function ran all the same. */
export interface LambdaFault {
  readonly error: string;
  readonly ran: boolean;
}

/** Faults of Lambda's own, by the names that AWS gives them. */
export const lambdaFaults = {
  /** A function in a VPC that was idle for weeks: its network is made again. */
  notReady: { error: 'Lambda.ResourceNotReadyException', ran: false },
  throttled: { error: 'Lambda.TooManyRequestsException', ran: false },
  unavailable: { error: 'Lambda.ServiceException', ran: false },
  /** The service gave up waiting for the answer. */
  answerLost: { error: 'Lambda.ClientExecutionTimeoutException', ran: true },
  outOfMemory: { error: 'Runtime.OutOfMemory', ran: true },
} as const satisfies Readonly<Record<string, LambdaFault>>;

/** An error under a name that Lambda gives it. */
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

/** A process that ended by itself before it answered. */
export const processEnded = (): Error =>
  new LambdaError('Runtime.ExitError', 'Error: Runtime exited with error: exit status 1');

/** A run that took longer than its function may. */
export const timedOut = (seconds: number): Error =>
  new LambdaError('Sandbox.Timedout', `Error: Task timed out after ${seconds}.00 seconds`);
