import * as z from 'zod';

const lambdaCauseSchema = z.object({ errorMessage: z.string() });

/** Lambda wraps an error's message in JSON; Step Functions' own causes are plain text. */
export function messageIn(cause: string): string {
  try {
    return lambdaCauseSchema.parse(JSON.parse(cause)).errorMessage;
  } catch {
    return cause;
  }
}
