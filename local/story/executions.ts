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

/** What a succeeded execution's output says; undefined if it has none. */
export function endingOf({ output }: Pick<Execution, 'output'>): z.infer<typeof endingSchema> | undefined {
  return output === undefined ? undefined : endingSchema.safeParse(JSON.parse(output)).data;
}

/** A start under another name than that of the user's one rotation: that one runs instead. */
export const isHandedOn = (execution: Pick<Execution, 'output'>): boolean =>
  endingOf(execution)?.outcome === 'handedOn';
