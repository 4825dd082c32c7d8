/** Virtual days that a run lasts at least, and at most: a rotation that still runs after the most has failed. */
export const runDays = { least: 60, most: 90 } as const;
