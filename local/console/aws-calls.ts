import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Context } from 'hono';
import type { InMemoryAws } from '../aws/in-memory-aws.ts';
import type { WireRequest, WireResponse } from '../aws/wire/http.ts';

/**
 * Answers a signed request as AWS. If the model breaks the connection, so does this.
 * @throws any error that is a defect of the model
 */
export async function answerAsAws(
  c: Context<{ Bindings: HttpBindings }>,
  aws: InMemoryAws,
): Promise<Response> {
  const { pathname, searchParams } = new URL(c.req.url);
  const request: WireRequest = {
    method: c.req.method,
    path: pathname,
    query: Object.fromEntries(
      [...new Set(searchParams.keys())].map((name) => [name, searchParams.getAll(name)]),
    ),
    headers: c.req.header(),
    // Bytes, as they were signed.
    body: new Uint8Array(await c.req.arrayBuffer()),
  };
  let answer: WireResponse;
  try {
    answer = await aws.handle(request);
  } catch (error) {
    if (!isLostConnection(error)) throw error;
    c.env.incoming.socket.destroy();
    return RESPONSE_ALREADY_SENT;
  }
  return new Response(answer.body, { status: answer.statusCode, headers: answer.headers });
}

const isLostConnection = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ECONNRESET';
