/** An HTTP request as both an SDK's request handler and `node:http` bring it. */
export interface WireRequest {
  readonly method: string;
  /** Without the query string. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>> | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Text or bytes; absent means empty. */
  readonly body?: unknown;
}

export interface WireResponse {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: string;
  /** Set if an SDK takes the body as a stream. */
  readonly streamed?: true;
}
