import { handle, type LambdaContext, type LambdaEvent } from 'hono/aws-lambda';
import * as z from 'zod';
import { lambdaDependencies } from '../lambda.ts';
import { ownerApp } from './app.ts';
import type { VisitorOf } from './visitor.ts';

/** Empty if API Gateway doesn't know it, for example for a request without `User-Agent`. */
const known = z.string().min(1).optional().catch(undefined);

/** The part of an HTTP API event (payload version 2.0) that identifies the sender. */
const hostSchema = z.object({
  event: z.object({
    requestContext: z.object({ http: z.object({ sourceIp: known, userAgent: known }) }),
  }),
});

/** What API Gateway saw itself. `X-Forwarded-For` isn't used, because its sender can write anything into it. */
export const visitorOf: VisitorOf = (c) => {
  const host = hostSchema.safeParse(c.env).data?.event.requestContext.http;
  return { address: host?.sourceIp, agent: host?.userAgent };
};

let handled: ReturnType<typeof handle> | undefined;

/** The owner's web app behind an HTTP API. Created at the first request, like the tasks' dependencies. */
export const handler = (event: LambdaEvent, context?: LambdaContext) => {
  handled ??= handle(ownerApp(lambdaDependencies(), visitorOf));
  return handled(event, context);
};
