import { defaultPolicy } from '../../tasks/domain/policy.ts';
import type { Plan, Work } from '../../tasks/domain/rotation.ts';
import { ago } from '../domain/uses.ts';
import { newKeyId, oldKeyId, rotation } from './ids.ts';

export const makePlan = (changes: Partial<Plan> = {}): Plan => ({
  act: 'rotate',
  because: 'the key is 104 days old',
  oldKeyId,
  oldKeyActive: true,
  oldKeyCreatedAt: ago(104).toISOString(),
  oldKeyCurrent: false,
  oldKeyActiveSince: ago(104).toISOString(),
  newKeyNeeded: true,
  keysSeen: [oldKeyId],
  confirmation: 'owner',
  owner: ['ada@example.com'],
  accountName: 'Payments',
  accountEmail: 'payments@example.com',
  policy: defaultPolicy,
  reminderSeconds: 3 * 86_400,
  windowSeconds: 10 * 86_400,
  rounds: 3,
  ...changes,
});

/** What a task is handed once the new key is made. */
export const makeWork = (plan: Partial<Plan> = {}): Work => ({
  ...makeWorkWithoutNewKey(plan),
  newKeyId,
});

/** The same before there is a new key. */
export const makeWorkWithoutNewKey = (plan: Partial<Plan> = {}): Work => ({
  rotation,
  plan: makePlan(plan),
  leaving: 'oldKey',
});

/** The same once the new key is to go. */
export const makeWithdrawal = (plan: Partial<Plan> = {}): Work => ({
  ...makeWork(plan),
  leaving: 'newKey',
});

/** As an execution hands it on that began under 0.1.0: that machine doesn't say which key leaves. */
export const underFirstMachine = ({ leaving: _, ...work }: Work): Work => work;

/** In an emergency: the old key has leaked. */
export const leaked: Partial<Plan> = { act: 'emergency', confirmation: 'leakedKey', leaked: [oldKeyId] };
