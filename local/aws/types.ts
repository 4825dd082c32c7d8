/** Who signs a call: found from the access key in its Authorization header. */
export interface Caller {
  readonly accountId: string;
  readonly arn: string;
  readonly accessKeyId: string;
  readonly kind: 'operator' | 'role' | 'user';
  /** The ARN that policies use: the user's, or that of the session's role, path included. */
  readonly principalArn: string;
  /** If `kind` is role: the role's name, the session's name and, if it was assumed with one, its session policy. */
  readonly roleName?: string;
  readonly sessionName?: string;
  readonly sessionPolicy?: string;
  /** If the role was assumed: the name of the role that assumed it, `operator` for the operator. */
  readonly via?: string;
  /** If the session was opened with one: the identity that CloudTrail shows for it. */
  readonly sourceIdentity?: string;
  /** If `kind` is user. */
  readonly userName?: string;
}

/** The services that are modelled, by the name in a signature's scope. */
export type ServiceName =
  | 'iam'
  | 'sts'
  | 'secretsmanager'
  | 'kms'
  | 'states'
  | 'ses'
  | 'organizations'
  | 's3'
  | 'events'
  | 'lambda'
  | 'securityhub'
  | 'cloudtrail'
  | 'account';

/** One API call, before it is answered. `input` is as the operation's SDK command takes it. */
export interface Call {
  readonly service: ServiceName;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly caller: Caller;
  readonly at: Date;
  /** Counts all calls from 1. */
  readonly number: number;
  /** The further actions that the service takes with the caller's permissions: `kms:Decrypt`. */
  readonly implied: readonly string[];
}

/** The result of a call. `delivered` is false if a fault kept the answer from its caller. */
export type CallResult =
  | { readonly output: unknown; readonly delivered: boolean }
  | { readonly error: AwsError; readonly delivered: boolean };

/**
 * A fault that a test can inject into a call.
 * - `throttle`, `unavailable`, `denied`: refused with the service's own error, nothing done.
 * - `lostRequest`: the connection breaks before anything is done.
 * - `lostAnswer`: done, and the connection breaks before the response arrives.
 * - `crashBefore`, `crashAfter`: the caller's process ends there; it never gets a response.
 */
export type Fault =
  | 'throttle'
  | 'unavailable'
  | 'denied'
  | 'lostRequest'
  | 'lostAnswer'
  | 'crashBefore'
  | 'crashAfter';

/** An error as a service answers it. `code` is what an SDK shows as the error's name. */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  constructor(
    readonly code: string,
    message: string,
    readonly status = 400,
  ) {
    super(message);
  }
}

/** A service: each operation takes the SDK command's input and answers its output, without metadata. */
export type Operations = Readonly<Record<string, Operation>>;
// biome-ignore lint/suspicious/noExplicitAny: each operation names its own input; the wire can bring anything.
export type Operation = (input: any, caller: Caller) => unknown;
