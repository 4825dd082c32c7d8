import type { GoneUser } from '../domain/sweeps/gone-users.ts';

/** What becomes of the secret of a user who is gone, as report and digest say it. */
export const goneInWords: Readonly<Record<GoneUser['act'], string>> = {
  keep: 'kept',
  inUse: 'in use',
  wait: 'kept for now',
  delete: 'due for deletion',
  scheduled: 'scheduled for deletion',
  restore: 'must be restored',
};
