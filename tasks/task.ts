import * as z from 'zod';
import { isPassing } from './aws/passing.ts';
import type { Dependencies } from './dependencies.ts';
import { AwsUnavailable, InvalidInput } from './domain/errors.ts';
import { problemsOf } from './domain/input.ts';

/** The code of one state, under the name that the state machine invokes. */
export interface Task<Output> {
  readonly name: string;
  /**
   * Validates the input, runs the task, and converts errors to names that the state machine catches.
   * @throws {InvalidInput} if the event isn't valid input for the task
   * @throws {AwsUnavailable} if AWS throttled, failed or was unreachable; worth another try
   * @throws the task's own named errors
   */
  readonly invoke: (event: unknown, dependencies: Dependencies) => Promise<Output>;
}

/** When the state was first entered; retries don't change it. Absent under 0.1.0's machine. */
export const enteredAtShape = { enteredAt: z.coerce.date().optional() };

export function task<Schema extends z.ZodType, Output>({
  name,
  input,
  run,
}: {
  readonly name: string;
  readonly input: Schema;
  readonly run: (input: z.output<Schema>, dependencies: Dependencies) => Promise<Output>;
}): Task<Output> {
  const invoke = async (event: unknown, dependencies: Dependencies): Promise<Output> => {
    const parsed = input.safeParse(event);
    if (!parsed.success) {
      throw new InvalidInput(`${name} got an invalid input: ${problemsOf(parsed.error)}`);
    }
    try {
      return await run(parsed.data, dependencies);
    } catch (error) {
      throw isPassing(error)
        ? new AwsUnavailable(`${error.name}: ${error.message}`, { cause: error })
        : error;
    }
  };
  return { name, invoke };
}
