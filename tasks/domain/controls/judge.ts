import type { SurveyedKey } from '../sweeps/user-keys.ts';
import { type ControlledKey, type ControlledUser, controls } from './controls.ts';
import {
  addResults,
  type ControlCounts,
  type ControlId,
  type ControlResult,
  eachControl,
  type KeyResults,
  noResults,
} from './result.ts';

/** The results for each of a user's keys, in their order. An inactive key concerns only the root user. */
export function judgeKeys(
  user: { readonly isRoot: boolean; readonly createdAt?: Date | undefined },
  keys: readonly SurveyedKey[],
  now: Date,
): KeyResults[] {
  if (user.isRoot) return keys.map(() => ({ noRootKey: 'fail' }));
  const active = keys.filter((key) => key.active).map(controlled);
  const controlledUser: ControlledUser = { createdAt: user.createdAt, active };
  return keys.map((key) => (key.active ? resultsOf(controlled(key), controlledUser, now) : {}));
}

/** IAM was asked for a key's creation if its ID is known. */
const controlled = ({ since, keyId, lastUse }: SurveyedKey): ControlledKey => ({
  since,
  isCreation: keyId !== undefined,
  lastUse,
});

function resultsOf(key: ControlledKey, user: ControlledUser, now: Date): KeyResults {
  const results: KeyResults = {};
  for (const control of controls) {
    if (control.about === 'key') results[control.id] = control.judge(key, user, now);
    if (control.about === 'user') results[control.id] = control.judge(user);
  }
  return results;
}

/** The part of a report's row that counts. */
interface JudgedRow {
  readonly userName: string;
  readonly controls?: KeyResults | undefined;
}

/**
 * Counts an account's results: by key, by user or once, as each control is about.
 * @param rootRead whether the credential report had the root user
 * @param unread how many users of the report could not be read
 */
export function countResults(
  rows: readonly JudgedRow[],
  { rootRead, unread }: { readonly rootRead: boolean; readonly unread: number },
): ControlCounts {
  const counts = noResults();
  const judged = new Set<string>();
  for (const { userName, controls: results = {} } of rows) {
    for (const { id, about } of controls) {
      const result = results[id];
      if (result === undefined || (about === 'user' && judged.has(userName))) continue;
      if (about !== 'account') counts[id][result] += 1;
    }
    if (results.oneActiveKey !== undefined) judged.add(userName);
  }
  for (const { id, about } of controls) {
    if (about === 'account') counts[id][rootResult(rows, id, rootRead)] += 1;
    else counts[id].unknown += unread;
  }
  return counts;
}

function rootResult(rows: readonly JudgedRow[], id: ControlId, rootRead: boolean): ControlResult {
  if (rows.some(({ controls: results }) => results?.[id] === 'fail')) return 'fail';
  return rootRead ? 'pass' : 'unknown';
}

/** The results of an account that could not be surveyed. */
export const notSurveyed = (): ControlCounts => eachControl({ pass: 0, fail: 0, unknown: 1 });

/** The results of all accounts together. */
export const resultsInAll = (accounts: readonly { readonly controls?: ControlCounts | undefined }[]) =>
  accounts.reduce((sum, { controls: counts }) => (counts ? addResults(sum, counts) : sum), noResults());
