import * as z from 'zod';
import { fromJson } from '../json.ts';
import { accountIdSchema } from '../scope.ts';
import { type LeakReport, leakReportSchema } from './report.ts';

const text = z.string().catch('');

/** The fields of an AWS Health event that concern a leak; any others are ignored. */
export const leakEventSchema = z.looseObject({
  account: accountIdSchema,
  resources: z.array(text).catch([]),
  detail: z.looseObject({
    eventTypeCode: z.string(),
    startTime: text.optional(),
    eventDescription: z.array(z.looseObject({ latestDescription: text.optional() }).catch({})).catch([]),
    /** Where AWS found the key, if it says so; every value is a text. */
    eventMetadata: z.record(z.string(), text).catch({}),
    /** `closed` once AWS considers the matter settled; the event is then sent again. */
    statusCode: text.optional(),
    /** The affected account, if the event arrives through another account of the organization. */
    affectedAccount: accountIdSchema.optional().catch(undefined),
    affectedEntities: z
      .array(z.looseObject({ entityValue: z.string() }).catch({ entityValue: '' }))
      .catch([]),
  }),
});
export type LeakEvent = z.output<typeof leakEventSchema>;

/** Codes with which AWS states that a key has leaked, rather than suspecting it. */
const certain: readonly string[] = [
  'AWS_RISK_CREDENTIALS_EXPOSED',
  'AWS_RISK_CREDENTIALS_COMPROMISED',
  'AWS_RISK_IAM_QUARANTINE',
];

/** `suspected`: a person decides. Also for unknown codes: AWS has added some before. */
export type Severity = 'leaked' | 'suspected' | 'noLeak';

export interface Leak {
  readonly accountId: string;
  readonly keyIds: readonly string[];
  readonly eventTypeCode: string;
  readonly severity: Severity;
  readonly isClosed: boolean;
  readonly report: LeakReport;
}

const keyIds = /\bA[A-Z]IA[A-Z0-9]{12,124}\b/g;

/** What an event reports: which account, and which keys. An entity is a key's ID or contains one. */
export function leakIn(event: LeakEvent): Leak {
  const { account, resources, detail } = event;
  const { eventTypeCode, statusCode, affectedAccount, affectedEntities } = detail;
  const texts = [...affectedEntities.map(({ entityValue }) => entityValue), ...resources];
  const found = texts.flatMap((one) => [...one.matchAll(keyIds)].map(([id]) => id));
  return {
    accountId: affectedAccount ?? account,
    keyIds: [...new Set(found)],
    eventTypeCode,
    severity: severityOf(eventTypeCode),
    isClosed: statusCode?.toLowerCase() === 'closed',
    report: reportIn(event),
  };
}

/** What the event says for people. Health writes its own times in another format than the envelope's. */
function reportIn({ detail }: LeakEvent): LeakReport {
  const { eventTypeCode, startTime, eventDescription, eventMetadata } = detail;
  const at = new Date(startTime ?? Number.NaN);
  const described = eventDescription.flatMap(({ latestDescription }) => latestDescription ?? []);
  const urls = Object.values(eventMetadata).filter((value) => /^https?:/.test(value));
  return leakReportSchema.parse({
    by: `AWS Health, ${eventTypeCode}`,
    ...(Number.isNaN(at.getTime()) ? {} : { at: at.toISOString() }),
    says: [...described, ...urls].join(' '),
  });
}

function severityOf(code: string): Severity {
  if (certain.includes(code)) return 'leaked';
  return code.startsWith('AWS_RISK_') ? 'suspected' : 'noLeak';
}

/** A temporary credential's ID. It belongs to no user; only its role's sessions can be revoked. */
export const isTemporary = (keyId: string): boolean => keyId.startsWith('ASIA');

/** More emergencies for one key wouldn't help; after these a person is asked. */
export const mostEmergencies = 20;

/**
 * The name under which a leaked key's emergency is started: another event about the key starts nothing new while it
 * runs.
 * @param attempt from 2 on: the earlier ones have failed
 */
export function leakExecutionName(keyId: string, attempt = 1): string {
  const name = `leak-${keyId}`.slice(0, 76);
  return attempt === 1 ? name : `${name}-${attempt}`;
}

/** An emergency that was started before. `takenBack`: it ended with the key reactivated by its owner. */
export interface Emergency {
  readonly name: string;
  readonly state: 'running' | 'completed' | 'takenBack' | 'ended' | 'failed';
  /** The keys that it is about. */
  readonly keyIds: readonly string[];
  readonly startedAt: Date;
}

const inputSchema = z.object({ keyId: z.string(), alsoLeaked: z.array(z.string()).default([]) });

/** The keys that an emergency with this input is about. */
export function keysOfEmergency(input: string): string[] {
  const { data } = inputSchema.safeParse(fromJson(input));
  return data === undefined ? [] : [data.keyId, ...data.alsoLeaked];
}

/** What IAM reports about a leaked key. `nobodys`: no user of the account has it, according to IAM. */
export type LeakedKey =
  | { readonly state: 'active' | 'inactive'; readonly userName: string }
  | { readonly state: 'nobodys'; readonly because: string };

/** `none`: there is nothing to do, or it is already being done. */
export interface Response {
  readonly act: 'start' | 'askPerson' | 'none';
  readonly because: string;
}

/**
 * How to respond to an event about a leaked key. AWS may send one repeatedly, to several regions, late, and once more
 * as closed; only the key's current state counts.
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

/**
 * The key is inactive, so the urgent part is done. But unless it is recorded as leaked, a rollback would reactivate
 * it.
 */
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
