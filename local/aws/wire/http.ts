/** A call by an SDK client of this process, as objects. What HTTP would do to them is done to copies of them. */
export interface DirectCall {
  readonly operation: string;
  /** As the wire's decoding would return it. */
  readonly input: Readonly<Record<string, unknown>>;
  /** A service's output as an SDK would read it from the wire. */
  readonly read: (output: unknown) => Record<string, unknown>;
}

/** An HTTP request as both an SDK's request handler and `node:http` bring it. */
export interface WireRequest {
  readonly method: string;
  /** Without the query string. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>> | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Text or bytes; absent means empty. */
  readonly body?: unknown;
  /** By a client of this process: the call itself, instead of a body. */
  readonly direct?: DirectCall;
  /** By a client of this process: the secret access key that it signs with. */
  readonly secret?: string;
}

export interface WireResponse {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: string;
  /** Set if an SDK takes the body as a stream. */
  readonly streamed?: true;
  /** The answer to a direct call, instead of a body. */
  readonly direct?: Record<string, unknown>;
}
