import { Readable } from 'node:stream';
import type { WireRequest, WireResponse } from './http.ts';

/** The `requestHandler` of an SDK client. */
export interface InProcessHandler {
  readonly metadata: { readonly handlerProtocol: string };
  readonly handle: (request: WireRequest) => Promise<{
    response: Pick<WireResponse, 'statusCode' | 'headers' | 'direct'> & { body: Uint8Array | Readable };
  }>;
  readonly destroy: () => void;
  readonly updateHttpClientConfig: () => void;
  readonly httpHandlerConfigs: () => Record<string, never>;
}

const encoder = new TextEncoder();
const nothing = new Uint8Array();

/** An SDK client's request handler over an AWS in the same process. */
export function inProcess(handle: (request: WireRequest) => Promise<WireResponse>): InProcessHandler {
  return {
    metadata: { handlerProtocol: 'memory' },
    handle: async (request) => {
      const { statusCode, headers, body, streamed, direct } = await handle(request);
      if (direct !== undefined) return { response: { statusCode, headers, direct, body: nothing } };
      const bytes = encoder.encode(body);
      return { response: { statusCode, headers, body: streamed ? Readable.from([bytes]) : bytes } };
    },
    destroy: () => {},
    updateHttpClientConfig: () => {},
    httpHandlerConfigs: () => ({}),
  };
}
