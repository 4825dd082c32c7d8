import type { WireRequest, WireResponse } from './wire.ts';

/** What an SDK client takes as `requestHandler`. */
export interface InProcessHandler {
  readonly metadata: { readonly handlerProtocol: string };
  readonly handle: (request: WireRequest) => Promise<{
    response: { statusCode: number; headers: Record<string, string>; body: Uint8Array };
  }>;
  readonly destroy: () => void;
  readonly updateHttpClientConfig: () => void;
  readonly httpHandlerConfigs: () => Record<string, never>;
}

const encoder = new TextEncoder();

/** An SDK client's request handler over an AWS in the same process. */
export function inProcess(handle: (request: WireRequest) => Promise<WireResponse>): InProcessHandler {
  return {
    metadata: { handlerProtocol: 'memory' },
    handle: async (request) => {
      const { statusCode, headers, body } = await handle(request);
      return { response: { statusCode, headers, body: encoder.encode(body) } };
    },
    destroy: () => {},
    updateHttpClientConfig: () => {},
    httpHandlerConfigs: () => ({}),
  };
}
