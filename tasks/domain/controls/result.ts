import * as z from 'zod';

export const controlIdSchema = z.enum(['keyAge', 'unused45', 'unused90', 'oneActiveKey', 'noRootKey']);
export type ControlId = z.infer<typeof controlIdSchema>;

/** `unknown` never counts as `pass`. */
export const controlResultSchema = z.enum(['pass', 'fail', 'unknown']);
export type ControlResult = z.infer<typeof controlResultSchema>;

/** The results for one key, of those controls that apply to it. */
export const keyResultsSchema = z.partialRecord(controlIdSchema, controlResultSchema);
export type KeyResults = z.infer<typeof keyResultsSchema>;

const countsSchema = z.object({ pass: z.number(), fail: z.number(), unknown: z.number() });
export type ResultCounts = z.infer<typeof countsSchema>;

/** How often each control passed, failed, or could not be judged. */
export const controlCountsSchema = z.record(controlIdSchema, countsSchema);
export type ControlCounts = z.infer<typeof controlCountsSchema>;

const ids = controlIdSchema.options;

const countsBy = (countOf: (id: ControlId) => ResultCounts): ControlCounts =>
  // Built from the list of all controls, so every one is present.
  Object.fromEntries(ids.map((id) => [id, countOf(id)])) as ControlCounts;

/** The same for every control. */
export const eachControl = (counts: ResultCounts): ControlCounts => countsBy(() => ({ ...counts }));

export const noResults = (): ControlCounts => eachControl({ pass: 0, fail: 0, unknown: 0 });

/** Those of two parts of the organization together. */
export const addResults = (one: ControlCounts, other: ControlCounts): ControlCounts =>
  countsBy((id) => ({
    pass: one[id].pass + other[id].pass,
    fail: one[id].fail + other[id].fail,
    unknown: one[id].unknown + other[id].unknown,
  }));

/** The result of a whole account or organization: one failure fails it, and one unknown leaves it open. */
export function overallResult({ fail, unknown }: ResultCounts): ControlResult {
  if (fail > 0) return 'fail';
  return unknown > 0 ? 'unknown' : 'pass';
}
