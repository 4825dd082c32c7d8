import type { DirectCall } from './direct.ts';

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
