import type { Work } from '../../tasks/domain/rotation.ts';
import { later } from '../../tasks/domain/time.ts';
import { deactivateOldKey } from '../../tasks/rotate-user-key/deactivate-old-key.ts';
import { ago, now, usedAt } from '../domain/uses.ts';
import { bothKeys, type MockedUser } from './given.ts';
import { newKeyId, oldKeyId } from './ids.ts';
import { setUp } from './setting-up.ts';
import { makeWork } from './work.ts';

export const { dependencies } = setUp();
/** Tried again since; the first try was a minute ago. */
export const enteredAt = later(now, -60_000);
export const deactivate = (work: Work = makeWork(), more: object = {}, world = dependencies) =>
  deactivateOldKey.invoke({ ...work, enteredAt, drain: { activeSince: ago(30) }, ...more }, world);

export const quiet: MockedUser = {
  keys: bothKeys,
  uses: { [oldKeyId]: usedAt(ago(7)) },
  stored: [newKeyId, oldKeyId],
};
export const deactivated = {
  act: 'deactivated',
  at: now.toISOString(),
  wasActive: true,
  bySomebodyElse: false,
};
