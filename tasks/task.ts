import * as z from 'zod';
import { isPassing } from './aws/passing.ts';
import type { Dependencies } from './dependencies.ts';
import { AwsUnavailable, InvalidInput } from './domain/errors.ts';
import { problemsOf } from './domain/input.ts';

/** One state's work, under the name that the state machine invokes. */
export interface Task<Output> {
  readonly name: string;
  /**
   * Parses, runs, and names what went wrong: a state machine catches errors by name.
   * @throws {InvalidInput} where the event isn't what the task takes
   * @throws {AwsUnavailable} where AWS throttled, failed or was out of reach; worth another try
   * @throws whatever the task throws by name
   */
  readonly invoke: (event: unknown, dependencies: Dependencies) => Promise<Output>;
}

/** When the state was entered, however often its task was tried since; 0.1.0's machine doesn't say. */
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
