import type { Mail } from '../../tasks/aws/mailer.ts';
import type { LastUse } from '../../tasks/domain/keys.ts';
import type { Plan, Rotation } from '../../tasks/domain/rotation.ts';
import { newKeyReady, reminder, retirement } from '../../tasks/mails/ask.ts';
import { escalation, failed, needsPerson } from '../../tasks/mails/operators.ts';
import { deleted, overridden, reactivated, withdrawn } from '../../tasks/mails/outcome.ts';
import { leakedKey, oldKeyInactive, oldKeyInUse } from '../../tasks/mails/window.ts';
import { executionArn, makePlan, newKeyId } from '../owner/fixtures.ts';

export const settings = { secretPrefix: 'keyturn/', region: 'eu-west-1', operators: 'ops@example.com' };
const at = new Date('2026-11-25T08:00:00Z');
const since = new Date('2026-11-22T08:00:00Z');
const links = {
  confirm: 'https://keyturn.example.com/answer/Y29uZmlybQ.c2lnbmF0dXJl',
  rollBack: 'https://keyturn.example.com/answer/cm9sbEJhY2s.c2lnbmF0dXJl',
};

/** Every mail there is, of the same user; `said` stands wherever somebody else's words do. */
export function everyMail(
  said = 'deploys broke in eu-west-1',
  changes: { plan?: Partial<Plan>; rotation?: Partial<Rotation> } = {},
): Record<string, Mail> {
  const rotation = { accountId: '111122223333', userName: 'deploy-bot', executionArn, ...changes.rotation };
  const use: LastUse = {
    state: 'used',
    at: new Date('2026-11-22T06:00:00Z'),
    service: 's3',
    region: 'eu-west-1',
  };
  const facts = { rotation, plan: makePlan(changes.plan), newKeyId, settings };
  const retiring = {
    ...facts,
    newKeyId: undefined,
    plan: makePlan({
      because: 'AKIAOLDOLDOLDOLDQJHX, one of 2, was never used',
      ...changes.plan,
      act: 'retire',
    }),
  };
  const leaked = {
    ...facts,
    plan: makePlan({ because: 'the key has leaked', ...changes.plan, act: 'emergency' }),
  };
  const ask = { links, use, since, round: 1 };
  const rolledBack = {
    by: 'the link mailed to ada@example.com',
    reason: said,
    at,
    next: 'askAgain',
  } as const;
  return {
    newKeyReady: newKeyReady({ ...facts, ...ask }),
    newKeyReadySecondRound: newKeyReady({
      ...facts,
      ...ask,
      round: 2,
      use: { state: 'unknown', because: said },
    }),
    reminder: reminder({ ...facts, ...ask, reminder: 2 }),
    reminderOfRetirement: reminder({ ...retiring, ...ask, reminder: 4 }),
    retirement: retirement({ ...retiring, ...ask, use: { state: 'neverUsed' } }),
    oldKeyInUse: oldKeyInUse({ ...facts, use, deadline: at }),
    oldKeyInactive: oldKeyInactive({ ...facts, links, since }),
    retiredKeyInactive: oldKeyInactive({ ...retiring, links, since }),
    leakedKey: leakedKey({ ...leaked, links, since }),
    leakedKeyNoNewOne: leakedKey({ ...leaked, newKeyId: undefined, links, since }),
    reactivated: reactivated({ ...facts, ...rolledBack }),
    leakedReactivated: reactivated({ ...leaked, ...rolledBack, next: 'end' }),
    deleted: deleted({ ...facts, at }),
    withdrawn: withdrawn({ ...facts, because: said, at }),
    retirementWithdrawn: withdrawn({ ...retiring, because: said, at }),
    overridden: overridden({ ...facts, override: { by: said, reason: said } }),
    silence: escalation({ ...facts, settings, cause: { kind: 'silence', since } }),
    drainDeadline: escalation({ ...facts, cause: { kind: 'drainDeadline', use, startedAt: since } }),
    tooManyRollbacks: escalation({ ...facts, cause: { kind: 'tooManyRollbacks', lastReason: said } }),
    usedNotConfirmed: escalation({ ...facts, cause: { kind: 'usedNotConfirmed', use } }),
    needsPerson: needsPerson({ rotation, because: said }),
    failed: failed({
      rotation,
      error: 'NewKeyNotStored',
      cause: `${newKeyId}: ${said}`,
      stage: 'ProvisionNewKey',
      madeSafe: ['The new key was deleted again.', said],
      request: { accountId: rotation.accountId, userName: rotation.userName },
    }),
  };
}
