import * as z from 'zod';
import { clean } from '../clean.ts';
import { fromJson } from '../json.ts';
import type { LastUse } from '../keys.ts';

/** More callers than this are only counted. */
const mostShown = 5;
/** Programs name themselves, at any length. */
const longest = 120;

const callerSchema = z.object({
  address: z.string(),
  program: z.string(),
  /** How many of the calls that were looked at. */
  calls: z.number(),
  lastAt: z.coerce.date(),
  /** "s3:ListBuckets" */
  lastCall: z.string(),
});
export type KeyCaller = z.output<typeof callerSchema>;

/**
 * What CloudTrail says about who uses a key, or why it says nothing. Only told to people: nothing is decided by it,
 * because CloudTrail is late, answers for one region and leaves most data events out.
 * `programs`, `addresses`: how many different ones, the callers that aren't listed included.
 */
export const callersSchema = z.discriminatedUnion('state', [
  z.object({
    state: z.literal('found'),
    region: z.string(),
    callers: z.array(callerSchema),
    programs: z.number(),
    addresses: z.number(),
  }),
  z.object({ state: z.literal('none'), region: z.string() }),
  z.object({ state: z.literal('failed'), because: z.string() }),
]);
export type KeyCallers = z.output<typeof callersSchema>;

/**
 * The region whose events to look up: the one that IAM saw the key in. IAM reports global services, its own calls
 * too, in the region that CloudTrail has them in. Undefined if IAM doesn't know one.
 */
export const regionToLookIn = (use: LastUse): string | undefined =>
  use.state === 'used' && /^[a-z]{2}(-[a-z]+)+-\d$/.test(use.region) ? use.region : undefined;

const eventSchema = z.object({
  eventTime: z.coerce.date(),
  eventSource: z.string(),
  eventName: z.string(),
  sourceIPAddress: z.string().default('unknown'),
  userAgent: z.string().default('unknown'),
});

/** Who made these calls. @param events CloudTrail's own texts of them, in any order */
export function callersIn(events: readonly string[], region: string): KeyCallers {
  const callers = new Map<string, KeyCaller>();
  for (const text of events) {
    const { data } = eventSchema.safeParse(fromJson(text));
    if (data === undefined) continue;
    const address = shorten(data.sourceIPAddress);
    const program = shorten(data.userAgent);
    const before = callers.get(`${address} ${program}`);
    const isLater = before === undefined || data.eventTime > before.lastAt;
    callers.set(`${address} ${program}`, {
      ...{ address, program, calls: (before?.calls ?? 0) + 1 },
      lastAt: isLater ? data.eventTime : before.lastAt,
      lastCall: isLater
        ? shorten(`${data.eventSource.replace(/\.amazonaws\.com(\.cn)?$/, '')}:${data.eventName}`)
        : before.lastCall,
    });
  }
  if (callers.size === 0) return { state: 'none', region };
  const all = [...callers.values()].toSorted((one, other) => other.lastAt.getTime() - one.lastAt.getTime());
  return {
    ...{ state: 'found', region, callers: all.slice(0, mostShown) },
    programs: new Set(all.map(({ program }) => productOf(program))).size,
    addresses: new Set(all.map(({ address }) => address)).size,
  };
}

const shorten = (text: string): string => clean(text).slice(0, longest);

/** "Boto3" of "Boto3/1.34.1 md/Botocore#1.34.1": two versions of one program are no two programs. */
export const productOf = (program: string): string => program.split(/[\s/]/)[0] ?? program;
