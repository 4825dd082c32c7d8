import { handle } from 'hono/aws-lambda';
import { lambdaDependencies } from '../lambda.ts';
import { ownerApp } from './app.ts';

type Handler = ReturnType<typeof handle>;
let app: Handler | undefined;

/** The owner's web app behind an HTTP API; made at the first request, as a task is. */
export const handler: Handler = (event, context) => {
  app ??= handle(ownerApp(lambdaDependencies()));
  return app(event, context);
};
