import type * as z from 'zod';

/** What the reference says about a setting, besides what its schema says: the default and what is allowed. */
export interface Entry {
  /** What it means, in full sentences. */
  readonly description: string;
  /** A value that is allowed. */
  readonly example: unknown;
  /** What is allowed, if the schema by itself doesn't say it. */
  readonly allowed?: string;
  /** What happens if it is omitted, for a setting that has no default value. */
  readonly ifOmitted?: string;
}

/** A setting with its entry in the reference. The entry belongs to this schema, so it is added last. */
export const setting = <Schema extends z.ZodType>(schema: Schema, entry: Entry): Schema =>
  schema.meta({ ...entry });
