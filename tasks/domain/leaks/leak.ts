import * as z from 'zod';
import { fromJson } from '../json.ts';
import { accountIdSchema } from '../scope.ts';

const text = z.string().catch('');

/** As much of an AWS Health event as bears on a leak; whatever else AWS adds to it doesn't matter. */
export const leakEventSchema = z.looseObject({
  account: accountIdSchema,
  resources: z.array(text).catch([]),
  detail: z.looseObject({
    eventTypeCode: z.string(),
    /** `closed` once AWS takes the matter for settled; the event is then sent again. */
    statusCode: text.optional(),
    /** Whose it is, if the event comes through another account of the organization. */
    affectedAccount: accountIdSchema.optional().catch(undefined),
    affectedEntities: z
      .array(z.looseObject({ entityValue: z.string() }).catch({ entityValue: '' }))
      .catch([]),
  }),
});
export type LeakEvent = z.output<typeof leakEventSchema>;

/** Codes by which AWS says that a key is in the wrong hands, and doesn't only suspect it. */
const certain: readonly string[] = [
  'AWS_RISK_CREDENTIALS_EXPOSED',
  'AWS_RISK_CREDENTIALS_COMPROMISED',
  'AWS_RISK_IAM_QUARANTINE',
];

/** `suspected`: a person decides. Also for a code that isn't known here: AWS has added some before. */
export type Severity = 'leaked' | 'suspected' | 'noLeak';

export interface Leak {
  readonly accountId: string;
  readonly keyIds: readonly string[];
  readonly eventTypeCode: string;
  readonly severity: Severity;
  readonly isClosed: boolean;
}

const keyIds = /\bA[A-Z]IA[A-Z0-9]{12,124}\b/g;

/** What an event says: whose keys, and which. An entity may be a key's ID alone, or have it somewhere inside. */
export function leakIn({ account, resources, detail }: LeakEvent): Leak {
  const { eventTypeCode, statusCode, affectedAccount, affectedEntities } = detail;
  const texts = [...affectedEntities.map(({ entityValue }) => entityValue), ...resources];
  const found = texts.flatMap((one) => [...one.matchAll(keyIds)].map(([id]) => id));
  return {
    accountId: affectedAccount ?? account,
    keyIds: [...new Set(found)],
    eventTypeCode,
    severity: severityOf(eventTypeCode),
    isClosed: statusCode?.toLowerCase() === 'closed',
  };
}

function severityOf(code: string): Severity {
  if (certain.includes(code)) return 'leaked';
  return code.startsWith('AWS_RISK_') ? 'suspected' : 'noLeak';
}

/** A temporary credential's ID: no user has it, and nothing but its role's sessions can be revoked. */
export const isTemporary = (keyId: string): boolean => keyId.startsWith('ASIA');

/** More emergencies for one key than ever help; then a person is asked. */
export const mostEmergencies = 20;

/**
 * The name under which a leaked key's emergency is started: hearing of it again starts nothing new while it runs.
 * @param attempt from 2 on: the ones before have failed
 */
export function leakExecutionName(keyId: string, attempt = 1): string {
  const name = `leak-${keyId}`.slice(0, 76);
  return attempt === 1 ? name : `${name}-${attempt}`;
}

/** An emergency that was started before. `takenBack`: it ended, and its owner has the key active again. */
export interface Emergency {
  readonly name: string;
  readonly state: 'running' | 'completed' | 'takenBack' | 'ended' | 'failed';
  /** Those that it is about. */
  readonly keyIds: readonly string[];
  readonly startedAt: Date;
}

const inputSchema = z.object({ keyId: z.string(), alsoLeaked: z.array(z.string()).default([]) });

/** The keys that an emergency with this input is about. */
export function keysOfEmergency(input: string): string[] {
  const { data } = inputSchema.safeParse(fromJson(input));
  return data === undefined ? [] : [data.keyId, ...data.alsoLeaked];
}

/** What IAM says of a leaked key. `nobodys`: no user of the account has it, as far as IAM tells. */
export type LeakedKey =
  | { readonly state: 'active' | 'inactive'; readonly userName: string }
  | { readonly state: 'nobodys'; readonly because: string };

/** `none`: there is nothing to do, or it is being done. */
export interface Response {
  readonly act: 'start' | 'askPerson' | 'none';
  readonly because: string;
}

/**
 * What an event about a leaked key calls for. AWS sends one again, to several regions, late and once more as closed;
 * what counts is what has become of the key.
 * @param before the latest emergency about this key
 */
export function respondTo(key: LeakedKey, before: Emergency | undefined, isClosed: boolean): Response {
  if (before?.state === 'running') return { act: 'none', because: `${before.name} is running` };
  if (before?.state === 'completed') return { act: 'none', because: `${before.name} has completed` };
  switch (key.state) {
    case 'nobodys':
      return { act: isClosed ? 'none' : 'askPerson', because: key.because };
    case 'inactive':
      return respondToInactive(before, isClosed);
    case 'active':
      return respondToActive(before, isClosed);
  }
}

/** The urgent part is done. But a key that nobody knows to have leaked would be made active again by a rollback. */
function respondToInactive(before: Emergency | undefined, isClosed: boolean): Response {
  if (isClosed) return { act: 'none', because: 'the key is inactive, and AWS has closed the event' };
  if (before === undefined) return { act: 'start', because: 'the key is inactive, but still exists' };
  return before.state === 'failed'
    ? { act: 'start', because: `the key is inactive, but ${before.name} failed` }
    : { act: 'none', because: `the key is inactive, and ${before.name} has ended` };
}

function respondToActive(before: Emergency | undefined, isClosed: boolean): Response {
  if (before === undefined) return { act: 'start', because: 'the key is active' };
  if (before.state === 'takenBack') {
    const because = `the key is active again: its owner rolled ${before.name} back`;
    return { act: isClosed ? 'none' : 'askPerson', because };
  }
  return { act: 'start', because: `the key is still active after ${before.name}` };
}
