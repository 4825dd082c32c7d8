import type { Work } from '../../tasks/domain/rotation.ts';
import { later } from '../../tasks/domain/time.ts';
import { deactivateOldKey } from '../../tasks/rotate-user-key/deactivate-old-key.ts';
import {
  bothKeys,
  daysAgo,
  type MockedUser,
  makeWork,
  newKeyId,
  now,
  oldKeyId,
  setUp,
  usedAt,
} from './setting-up.ts';

export const { dependencies } = setUp();
/** Tried again since; the first try was a minute ago. */
export const enteredAt = later(now, -60_000);
export const deactivate = (work: Work = makeWork(), more: object = {}, world = dependencies) =>
  deactivateOldKey.invoke({ ...work, enteredAt, drain: { activeSince: daysAgo(30) }, ...more }, world);

export const quiet: MockedUser = {
  keys: bothKeys,
  uses: { [oldKeyId]: usedAt(daysAgo(7)) },
  stored: [newKeyId, oldKeyId],
};
export const deactivated = {
  act: 'deactivated',
  at: now.toISOString(),
  wasActive: true,
  bySomebodyElse: false,
};
