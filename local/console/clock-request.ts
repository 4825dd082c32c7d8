import { type Duration, parse } from 'tinyduration';
import * as z from 'zod';
import { day } from '../../tasks/domain/time.ts';
import { type RunningClock, topSpeed } from './running-clock.ts';

const longestLeap = 730 * day;

const allowed =
  'Allowed are {"advance": "P3D"} (ISO 8601; weeks, days, hours, minutes and seconds; at most P730D), ' +
  `{"speed": n} (virtual seconds per real second, 0 to ${topSpeed}; 0 pauses) and {"paused": true} or {"paused": false}.`;

const requestSchema = z.union([
  z.strictObject({ advance: z.string() }),
  z.strictObject({ speed: z.number().min(0).max(topSpeed) }),
  z.strictObject({ paused: z.boolean() }),
]);

export type ClockRequest =
  | { readonly advanceMilliseconds: number }
  | { readonly speed: number }
  | { readonly paused: boolean };

/** An invalid request to POST /clock. The message states what is possible. */
export class BadClockRequest extends Error {
  override readonly name = 'BadClockRequest';
}

/**
 * Reads the body of POST /clock.
 * @throws {BadClockRequest}
 */
export function readClockRequest(body: string): ClockRequest {
  const parsed = requestSchema.safeParse(parseJson(body));
  if (!parsed.success) throw new BadClockRequest(`The clock can't read this body. ${allowed}`);
  const request = parsed.data;
  return 'advance' in request ? { advanceMilliseconds: readDuration(request.advance) } : request;
}

/** Applies it; resolves once everything that became due has run. */
export async function applyToClock(clock: RunningClock, request: ClockRequest): Promise<void> {
  if ('speed' in request) clock.setSpeed(request.speed);
  else if ('paused' in request) clock.setPaused(request.paused);
  else await clock.leap(request.advanceMilliseconds);
}

function readDuration(text: string): number {
  const duration = parseDuration(text);
  if (duration.years || duration.months) {
    throw new BadClockRequest(
      `${JSON.stringify(text)} is refused: years and months have no fixed length. ${allowed}`,
    );
  }
  const { weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0 } = duration;
  const milliseconds = Math.round((weeks * 7 + days) * day + ((hours * 60 + minutes) * 60 + seconds) * 1000);
  if (duration.negative && milliseconds > 0) {
    throw new BadClockRequest(`${JSON.stringify(text)} is refused: time doesn't go back. ${allowed}`);
  }
  if (milliseconds > longestLeap) {
    throw new BadClockRequest(`${JSON.stringify(text)} is refused: it is more than two years. ${allowed}`);
  }
  return milliseconds;
}

function parseDuration(text: string): Duration {
  try {
    return parse(text);
  } catch {
    throw new BadClockRequest(`${JSON.stringify(text)} is not an ISO 8601 duration. ${allowed}`);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
