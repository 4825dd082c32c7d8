import type { Context } from 'hono';
import { streamSSE } from 'hono/streaming';
import { nowInWords } from './clock-bar.ts';
import type { Served } from './served.ts';

/** How often a page hears of changes, at most. Real milliseconds. */
const interval = 1000;

/** Tells a page when anything has changed, and what time it is. */
export const liveEvents = (c: Context, { ledger, clock }: Served): Response =>
  streamSSE(c, async (stream) => {
    let seen = '';
    let told = '';
    while (!stream.aborted && !stream.closed) {
      const now = nowInWords(clock);
      const version = `${ledger.version} ${clock.state.paused} ${clock.speed} ${clock.leapsTo?.getTime() ?? ''} ${now}`;
      if (version !== seen) await stream.writeSSE({ event: 'change', data: String(ledger.version) });
      if (now !== told) await stream.writeSSE({ event: 'clock', data: now });
      seen = version;
      told = now;
      await stream.sleep(interval);
    }
  });
