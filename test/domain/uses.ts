import type { AccessKey, LastUse } from '../../tasks/domain/keys.ts';
import { day, later } from '../../tasks/domain/time.ts';

/** When decisions are made in tests, unless one says otherwise. */
export const now = new Date('2026-11-22T08:00:00.000Z');
export const ago = (days: number): Date => later(now, -days * day);

export const usedAt = (at: Date, service = 's3'): LastUse => ({
  state: 'used',
  at,
  service,
  region: 'eu-west-1',
});
export const usedAgo = (days: number): LastUse => usedAt(ago(days));
export const neverUsed: LastUse = { state: 'neverUsed' };
export const unknownUse = (because = 'AccessDenied'): LastUse => ({ state: 'unknown', because });
export const unknown = unknownUse('Throttling');

export const key = (id: string, age = 100, status: AccessKey['status'] = 'Active'): AccessKey => ({
  id,
  status,
  createdAt: ago(age),
});
