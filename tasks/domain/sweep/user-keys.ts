import type { AccessKey, LastUse } from '../keys.ts';
import type { ReportedKey, ReportedUser } from './credential-report.ts';
import type { AgedKey } from './due.ts';

/** A key by its ID where the user was looked at, else by its place in the credential report. */
export interface SurveyedKey extends AgedKey {
  readonly status: AccessKey['status'];
  readonly keyId?: string;
  readonly slot?: number;
}

/** As the credential report has them. */
export const reportedKeys = ({ keys }: ReportedUser): SurveyedKey[] =>
  keys.map(({ slot, active, since, lastUse }) => ({
    slot,
    active,
    since,
    lastUse,
    status: active ? 'Active' : 'Inactive',
  }));

/** As IAM lists them, with the last uses that the credential report has. */
export const seenKeys = (keys: readonly AccessKey[], { keys: slots }: ReportedUser): SurveyedKey[] =>
  keys.map((key) => seenKey(key, keys, slots));

function seenKey(key: AccessKey, all: readonly AccessKey[], slots: readonly ReportedKey[]): SurveyedKey {
  const { id: keyId, status, createdAt: since } = key;
  return { keyId, status, since, active: status === 'Active', lastUse: useOf(key, all, slots) };
}

/** The report knows keys by their places; where it isn't sure which place is this key's, its last use is unknown. */
function useOf(key: AccessKey, all: readonly AccessKey[], slots: readonly ReportedKey[]): LastUse {
  const unknown = { state: 'unknown', because: 'it isn’t clear which key of the report it is' } as const;
  if (all.length !== slots.length) return unknown;
  const active = key.status === 'Active';
  const alike = all.filter(({ status }) => (status === 'Active') === active);
  const places = slots.filter((slot) => slot.active === active);
  const [only] = places;
  if (alike.length === 1 && places.length === 1 && only !== undefined) return only.lastUse;
  const sameAge = slots.filter(({ since }) => since.getTime() === wholeSeconds(key.createdAt));
  return sameAge.length === 1 ? (sameAge[0]?.lastUse ?? unknown) : unknown;
}

const wholeSeconds = (date: Date): number => Math.floor(date.getTime() / 1000) * 1000;
