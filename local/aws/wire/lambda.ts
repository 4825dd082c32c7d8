import type { InvocationRequest } from '@aws-sdk/client-lambda';
import type { WireRequest, WireResponse } from './http.ts';

/** An invocation's answer: the function's, or its error's. */
export interface Invoked {
  readonly payload: string;
  /** Set if the function failed. */
  readonly functionError?: string;
}

const INVOCATIONS = /^\/2015-03-31\/functions\/([^/]+)\/invocations\/?$/;

/** Lambda is REST, and an invocation's body is the payload itself. */
export function decodeLambda(
  { method, path }: WireRequest,
  body: string,
): { operation: string; input: Readonly<Record<string, unknown>> } {
  const [, name] = INVOCATIONS.exec(path) ?? [];
  if (method !== 'POST' || name === undefined) return { operation: `${method} ${path}`, input: {} };
  const input: Pick<InvocationRequest, 'FunctionName'> = { FunctionName: decodeURIComponent(name) };
  return { operation: 'Invoke', input: { ...input, Payload: body } };
}

export const encodeLambda = (output: unknown, requestId: string): WireResponse => {
  const { payload, functionError } = output as Invoked;
  return {
    statusCode: 200,
    headers: {
      'content-type': 'application/json',
      'x-amzn-requestid': requestId,
      'x-amz-executed-version': '$LATEST',
      ...(functionError === undefined ? {} : { 'x-amz-function-error': functionError }),
    },
    body: payload,
  };
};
