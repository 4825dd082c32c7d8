import { AwsError, type Operations } from './types.ts';
import type { Invoked } from './wire/lambda.ts';
import { operation, service } from './wire/operation.ts';

/** Runs a function of that name; undefined if there is none. */
export type RunFunction = (name: string, payload: unknown) => Promise<unknown> | undefined;

/** Lambda's operation that invokes a function and waits for its answer. */
export const lambdaOperations = (run: RunFunction): Operations =>
  service('lambda', {
    Invoke: operation<{ FunctionName: string; Payload: string }, Promise<Invoked>>()(
      ['FunctionName', 'Payload'],
      [],
      async ({ FunctionName, Payload }) => {
        const running = run(FunctionName, JSON.parse(Payload));
        if (running === undefined)
          throw new AwsError('ResourceNotFoundException', `Function not found: ${FunctionName}`, 404);
        try {
          return { payload: JSON.stringify((await running) ?? null) };
        } catch (error) {
          const { name, message } = error instanceof Error ? error : new Error(String(error));
          const payload = JSON.stringify({ errorType: name, errorMessage: message });
          return { payload, functionError: 'Unhandled' };
        }
      },
    ),
  });
