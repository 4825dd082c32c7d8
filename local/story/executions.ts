import * as z from 'zod';
import type { Execution } from '../engine/execution.ts';

const userSchema = z.object({ accountId: z.string(), userName: z.string() });
const endingSchema = z.object({
  outcome: z.string(),
  rotation: z.string().optional(),
  because: z.string().optional(),
});

/** The user that an execution is about; undefined if its input names none. */
export function userOf({ input }: Pick<Execution, 'input'>): z.infer<typeof userSchema> | undefined {
  return userSchema.safeParse(input.value).data;
}

/** The outcome in a succeeded execution's output; undefined if it has none. */
export function endingOf({ output }: Pick<Execution, 'output'>): z.infer<typeof endingSchema> | undefined {
  return output === undefined ? undefined : endingSchema.safeParse(JSON.parse(output)).data;
}

/** Whether an execution only delegated to the user's one rotation, which has another name. */
export const isHandedOn = (execution: Pick<Execution, 'output'>): boolean =>
  endingOf(execution)?.outcome === 'handedOn';

/** Whether an execution only changes a user's tags, and rotates nothing. */
export const isTagChange = ({ input }: Pick<Execution, 'input'>): boolean =>
  z.object({ change: z.unknown() }).required().safeParse(input.value).success;
