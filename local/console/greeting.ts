import type { ServerOptions } from './options.ts';

/** What the terminal says once the server is ready: the addresses, what to do first, how time passes, how to stop. */
export function greeting(url: string, { paused, sweeps }: Pick<ServerOptions, 'paused' | 'sweeps'>): string {
  const clock = paused
    ? 'The clock is paused: move it by the buttons at the top, or press Run for one day every 10 seconds.'
    : 'The clock runs: one day every 10 seconds. It stands still while a question waits for your answer.';
  const sweep =
    sweeps === true ? 'A sweep begins daily at 06:00 UTC.' : 'No sweep begins until you start one.';
  return `console  ${url}/
mailbox  ${url}/mail
aws      ${url}

Open the console and do what its list of six steps says: the first is to rotate a key.
${clock} ${sweep}
Ctrl-C stops it. All state is in memory, and is gone then.
`;
}
