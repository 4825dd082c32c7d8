import type { AgedKey } from '../decisions/aged.ts';
import type { AccessKey, LastUse } from '../keys.ts';
import type { ReportedKey, ReportedUser } from './credential-report.ts';
import type { Memory } from './memory.ts';

/** A key by its ID if IAM was asked, now or by an earlier sweep; otherwise by its slot in the credential report. */
export interface SurveyedKey extends AgedKey {
  readonly status: AccessKey['status'];
  readonly keyId?: string;
  readonly slot?: number;
  /** From the credential report: its creation or its last change. */
  readonly changedAt?: Date;
}

/** From the credential report, with the ages that earlier sweeps found. */
export const reportedKeys = ({ name, keys }: ReportedUser, memory: Memory | undefined): SurveyedKey[] =>
  keys.map(({ slot, active, since: changedAt, lastUse }) => {
    const known = active ? memory?.recall(name, changedAt) : undefined;
    const key = { slot, active, lastUse, changedAt, status: active ? 'Active' : 'Inactive' } as const;
    if (known?.state !== 'known') return { ...key, since: changedAt };
    return { ...key, keyId: known.keyId, since: known.createdAt };
  });

/** From IAM's list, with the last uses in the credential report. */
export const seenKeys = (keys: readonly AccessKey[], { keys: slots }: ReportedUser): SurveyedKey[] =>
  keys.map((key) => seenKey(key, keys, slots));

function seenKey(key: AccessKey, all: readonly AccessKey[], slots: readonly ReportedKey[]): SurveyedKey {
  const { id: keyId, status, createdAt: since } = key;
  const place = placeOf(key, all, slots);
  const lastUse: LastUse = place?.lastUse ?? {
    state: 'unknown',
    because: "it isn't clear which key of the report it is",
  };
  // A key can't have changed before it was created: then the slot is another key's.
  const isIts = place !== undefined && place.since.getTime() >= wholeSeconds(since);
  return {
    ...{ keyId, status, since, lastUse, active: status === 'Active' },
    ...(isIts ? { changedAt: place.since } : {}),
  };
}

/** The credential report identifies keys by slots. Undefined if it isn't certain which slot is this key's. */
function placeOf(
  key: AccessKey,
  all: readonly AccessKey[],
  slots: readonly ReportedKey[],
): ReportedKey | undefined {
  if (all.length !== slots.length) return undefined;
  const active = key.status === 'Active';
  const alike = all.filter(({ status }) => (status === 'Active') === active);
  const places = slots.filter((slot) => slot.active === active);
  if (alike.length === 1 && places.length === 1) return places[0];
  const sameAge = slots.filter(({ since }) => since.getTime() === wholeSeconds(key.createdAt));
  return sameAge.length === 1 ? sameAge[0] : undefined;
}

const wholeSeconds = (date: Date): number => Math.floor(date.getTime() / 1000) * 1000;
