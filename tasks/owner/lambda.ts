import { handle, type LambdaContext, type LambdaEvent } from 'hono/aws-lambda';
import * as z from 'zod';
import { lambdaDependencies } from '../lambda.ts';
import { ownerApp } from './app.ts';
import type { VisitorOf } from './visitor.ts';

/** As much of an HTTP API's event (payload version 2.0) as says who sent the request. */
const hostSchema = z.object({
  event: z.object({
    requestContext: z.object({ http: z.object({ sourceIp: z.string(), userAgent: z.string() }) }),
  }),
});

/** What API Gateway saw itself. `X-Forwarded-For` is not read: its sender may write into it whatever it likes. */
export const visitorOf: VisitorOf = (c) => {
  const { sourceIp, userAgent } = hostSchema.parse(c.env).event.requestContext.http;
  return { address: sourceIp, agent: userAgent };
};

let handled: ReturnType<typeof handle> | undefined;

/** The owner's web app behind an HTTP API. Made at the first request, as the tasks' dependencies are. */
export const handler = (event: LambdaEvent, context?: LambdaContext) => {
  handled ??= handle(ownerApp(lambdaDependencies(), visitorOf));
  return handled(event, context);
};
