import { handle, type LambdaContext, type LambdaEvent } from 'hono/aws-lambda';
import * as z from 'zod';
import { lambdaDependencies } from '../lambda.ts';
import { ownerApp } from './app.ts';
import type { VisitorOf } from './visitor.ts';

/** Empty if API Gateway doesn't know it: of a request without a `User-Agent`, for one. */
const known = z.string().min(1).optional().catch(undefined);

/** As much of an HTTP API's event (payload version 2.0) as says who sent the request. */
const hostSchema = z.object({
  event: z.object({
    requestContext: z.object({ http: z.object({ sourceIp: known, userAgent: known }) }),
  }),
});

/** What API Gateway saw itself. `X-Forwarded-For` is not read: its sender may write into it whatever it likes. */
export const visitorOf: VisitorOf = (c) => {
  const host = hostSchema.safeParse(c.env).data?.event.requestContext.http;
  return { address: host?.sourceIp, agent: host?.userAgent };
};

let handled: ReturnType<typeof handle> | undefined;

/** The owner's web app behind an HTTP API. Made at the first request, as the tasks' dependencies are. */
export const handler = (event: LambdaEvent, context?: LambdaContext) => {
  handled ??= handle(ownerApp(lambdaDependencies(), visitorOf));
  return handled(event, context);
};
