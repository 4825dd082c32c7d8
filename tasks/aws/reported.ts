import type { Events } from '../dependencies.ts';

/** Marks the log lines that carry a step; the subscription's filter selects them by it. */
export const marker = { field: 'keyturn', value: 'step' } as const;

/**
 * Reports steps as log lines, from which another function makes events. So a task needs no permission to put events,
 * makes no call, and can't be delayed by one.
 */
export const reportedSteps = (write: (line: string) => void, now: () => Date): Events => ({
  report: (step) => {
    const line = { [marker.field]: marker.value, step: { ...step, at: now().toISOString() } };
    write(`${JSON.stringify(line)}\n`);
  },
});
