import type * as z from 'zod';

/** A setting's entry in the reference, which adds to what its schema states: the default and what is allowed. */
export interface Entry {
  /** Its meaning, in full sentences. */
  readonly description: string;
  /** A valid value. */
  readonly example: unknown;
  /** What is allowed, if the schema doesn't express it. */
  readonly allowed?: string;
  /** What happens if it is omitted, for a setting that has no default value. */
  readonly ifOmitted?: string;
}

/** A setting with its entry in the reference. The entry belongs to this very schema object, so add it last. */
export const setting = <Schema extends z.ZodType>(schema: Schema, entry: Entry): Schema =>
  schema.meta({ ...entry });
