import { undisturbed } from '../../tasks/domain/asking/question.ts';
import type { LastUse } from '../../tasks/domain/keys.ts';
import type { Plan, Rotation } from '../../tasks/domain/rotation.ts';
import { type Brand, brandSchema } from '../../tasks/domain/settings/brand.ts';
import { day, later } from '../../tasks/domain/time.ts';
import { newKeyReady, retirement } from '../../tasks/messages/ask.ts';
import { askedInPlace, moreTime, reminder } from '../../tasks/messages/ask-again.ts';
import { severalKeys } from '../../tasks/messages/ask-several.ts';
import { auditReport } from '../../tasks/messages/audit-report.ts';
import type { Message } from '../../tasks/messages/document.ts';
import {
  leakReactivated,
  leakStillActive,
  leakStillActiveForOperators,
} from '../../tasks/messages/leak-active.ts';
import { leakedKeyForOperators } from '../../tasks/messages/leak-handled.ts';
import { escalation, failed, needsPerson } from '../../tasks/messages/operators.ts';
import { deleted, overridden, reactivated, withdrawn } from '../../tasks/messages/outcome.ts';
import { changedElsewhere, deletionRefused } from '../../tasks/messages/stopped.ts';
import { inactiveAndNoRollback, reactivationStuck } from '../../tasks/messages/stuck.ts';
import { leakedKey, oldKeyInactive, oldKeyInUse } from '../../tasks/messages/window.ts';
import { type RenderedMail, renderMail } from '../../tasks/presentation/mail.ts';
import { speakerOf } from '../../tasks/presentation/speaker.ts';
import { makePlan } from '../owner/fixtures.ts';
import { executionArn, newKeyId, strangersKeyId } from '../tasks/ids.ts';

export const brand = brandSchema.parse({});
export const settings = {
  storage: 'member' as const,
  secretReaders: ['role/ci/deployer'],
  secretExclusive: false,
  memberRole: 'keyturn-member',
  secretPrefix: 'keyturn/',
  region: 'eu-west-1',
  ownerTag: 'owner',
};
const at = new Date('2026-11-25T08:00:00Z');
const since = new Date('2026-11-22T08:00:00Z');
const links = {
  confirm: 'https://keyturn.example.com/answer/Y29uZmlybQ.c2lnbmF0dXJl',
  notNeeded: 'https://keyturn.example.com/answer/bm90TmVlZGVk.c2lnbmF0dXJl',
  rollBack: 'https://keyturn.example.com/answer/cm9sbEJhY2s.c2lnbmF0dXJl',
  moreTime: 'https://keyturn.example.com/answer/bW9yZVRpbWU.c2lnbmF0dXJl',
};

interface Changes {
  readonly plan?: Partial<Plan>;
  readonly rotation?: Partial<Rotation>;
  readonly brand?: Brand;
}

/** Every message as a mail. */
export const everyMail = (said?: string, changes: Changes = {}): Record<string, RenderedMail> =>
  Object.fromEntries(
    Object.entries(everyMessage(said, changes)).map(([name, message]) => [
      name,
      renderMail(message, changes.brand ?? brand),
    ]),
  );

/** Every message there is, of the same user; `said` is wherever somebody else's words are. */
export function everyMessage(
  said = 'deploys broke in eu-west-1',
  changes: Changes = {},
): Record<string, Message> {
  const rotation = { accountId: '111122223333', userName: 'deploy-bot', executionArn, ...changes.rotation };
  const use: LastUse = {
    state: 'used',
    at: new Date('2026-11-22T06:00:00Z'),
    service: 's3',
    region: 'eu-west-1',
  };
  const facts = {
    rotation,
    plan: makePlan({
      wayOff: { to: 'ci', because: "its user's name has the word “deploy”" },
      madeByCode: { tool: 'Terraform', because: 'its tag managed-by is terraform', isGuess: false },
      ...changes.plan,
    }),
    newKeyId,
    settings,
    speaker: speakerOf({
      brand: changes.brand ?? brand,
      operators: 'ops@example.com',
      runbookUrl: 'https://keyturn.example.com/runbook',
    }),
  };
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
    plan: makePlan({
      because: 'the key has leaked',
      reported: { by: 'AWS Health, AWS_RISK_CREDENTIALS_EXPOSED', at: since.toISOString(), says: said },
      ...changes.plan,
      act: 'emergency',
    }),
  };
  const keyId = facts.plan.oldKeyId;
  const shared = { ...facts, keyId };
  const proof: LastUse = { state: 'used', at: since, service: 'sts', region: 'us-east-1' };
  const evidence = { at, oldKey: use, newKey: proof };
  const ask = { links, evidence, since, round: 1, reminder: 0, asking: undisturbed };
  const window = { links, evidence, since, asking: undisturbed };
  const postponed = {
    kind: 'moreTime',
    days: 7,
    by: 'the link mailed to ada@example.com',
    reason: said,
  } as const;
  const bounced = {
    kind: 'unreachable',
    address: 'ada@example.com',
    because: `a permanent bounce (${said})`,
  } as const;
  const rolledBack = {
    by: 'the link mailed to ada@example.com',
    reason: said,
    at,
    next: 'askAgain',
    became: 'reactivated',
  } as const;
  return {
    newKeyReady: newKeyReady({ ...facts, ...ask }),
    newKeyReadySecondRound: newKeyReady({
      ...facts,
      ...ask,
      round: 2,
      lastReason: said,
      evidence: { at, oldKey: { state: 'unknown', because: said } },
    }),
    severalKeys: severalKeys([
      { ...facts, ...ask },
      { ...retiring, ...ask, evidence: { at, oldKey: { state: 'unknown', because: said } } },
    ]),
    severalNewKeys: severalKeys(
      [0, 3, 0].map((days) => ({ ...facts, ...ask, since: later(since, days * day) })),
    ),
    severalRetirements: severalKeys([
      { ...retiring, ...ask },
      { ...retiring, ...ask },
    ]),
    firstReminder: reminder({ ...facts, ...ask, reminder: 1 }),
    reminder: reminder({ ...facts, ...ask, reminder: 2 }),
    lastReminder: reminder({ ...facts, ...ask, reminder: 4 }),
    moreTime: moreTime({
      ...facts,
      ...ask,
      reminder: 1,
      asking: { ...undisturbed, postponedDays: 7, postponedInAll: 7 },
      interruption: postponed,
    }),
    askedInPlace: askedInPlace({ ...facts, ...ask, interruption: bounced }),
    offeredInPlace: oldKeyInactive({
      ...facts,
      ...window,
      asking: { ...undisturbed, unreachable: ['ada@example.com'], interruption: bounced },
    }),
    reminderOfRetirement: reminder({ ...retiring, ...ask, reminder: 4 }),
    retirement: retirement({ ...retiring, ...ask, evidence: { at, oldKey: { state: 'neverUsed' } } }),
    oldKeyInUse: oldKeyInUse({ ...facts, use, deadline: at }),
    oldKeyInactive: oldKeyInactive({ ...facts, ...window }),
    retiredKeyInactive: oldKeyInactive({ ...retiring, ...window }),
    leakedKey: leakedKey({ ...leaked, ...window }),
    leakedKeyForOperators: leakedKeyForOperators({ ...leaked, ...window }),
    leakedKeyNoNewOne: leakedKey({ ...leaked, newKeyId: undefined, ...window }),
    reactivated: reactivated({ ...facts, ...rolledBack }),
    leakedKept: reactivated({ ...leaked, ...rolledBack, became: 'leftInactive', next: 'end' }),
    rolledBackTooLate: reactivated({ ...facts, ...rolledBack, became: 'gone' }),
    deleted: deleted({ ...facts, at }),
    withdrawn: withdrawn({ ...facts, because: said, at }),
    retirementWithdrawn: withdrawn({ ...retiring, because: said, at }),
    overridden: overridden({
      ...{ ...facts, override: { by: said, reason: said }, soonest: at },
      objection: 'https://keyturn.example.com/answer/b2JqZWN0',
    }),
    overriddenNoLink: overridden({ ...facts, override: { by: said, reason: said }, soonest: at }),
    oldKeyInUseBySeveral: oldKeyInUse({
      ...{ ...facts, use, deadline: at, sharing: [said, 'both keys have been used since 2026-11-20'] },
      callers: {
        ...{ state: 'found', region: 'eu-west-1', programs: 2, addresses: 1 },
        callers: [{ address: said, program: said, calls: 2, lastAt: at, lastCall: said }],
      },
    }),
    oldKeyInUseUnknownCallers: oldKeyInUse({
      ...{ ...facts, use, deadline: at, callers: { state: 'failed', because: said } },
    }),
    silence: escalation({ ...facts, cause: { kind: 'silence', since } }),
    drainDeadline: escalation({ ...facts, cause: { kind: 'drainDeadline', use, startedAt: since } }),
    tooManyRollbacks: escalation({ ...facts, cause: { kind: 'tooManyRollbacks', lastReason: said } }),
    usedNotConfirmed: escalation({ ...facts, cause: { kind: 'usedNotConfirmed', use } }),
    reactivationStuck: reactivationStuck({ ...shared, because: said, since }),
    inactiveAndNoRollback: inactiveAndNoRollback({ ...shared, because: said, since }),
    retiredAndNoRollback: inactiveAndNoRollback({ ...retiring, keyId, because: said }),
    leakStillActive: leakStillActive({ ...shared, because: said, since }),
    leakStillActiveForOperators: leakStillActiveForOperators({
      ...shared,
      because: said,
      since,
      alsoLeaked: [strangersKeyId],
      reported: leaked.plan.reported,
    }),
    leakStillActiveWithoutPlan: leakStillActive({ ...shared, plan: undefined, because: said, since }),
    leakReactivated: leakReactivated({
      ...leaked,
      keyId,
      by: 'the link mailed to ada@example.com',
      reason: said,
      at,
    }),
    changedElsewhere: changedElsewhere({
      ...facts,
      because: said,
      at,
      keys: [
        { id: keyId, status: 'Inactive' },
        { id: newKeyId, status: 'Active' },
      ],
    }),
    changedElsewhereUnseen: changedElsewhere({ ...facts, because: said, at }),
    deletionRefused: deletionRefused({ ...shared, because: said, since }),
    withdrawnKeyStays: deletionRefused({ ...facts, keyId: newKeyId, because: said }),
    auditReport: auditReport({
      sweep: {
        id: '2026-11-25',
        executionArn: 'arn:aws:states:eu-west-1:999988887777:execution:sweep-organization:2026-11-25',
        at,
      },
      totals: {
        accounts: 40,
        failedAccounts: 1,
        users: 1200,
        keys: 1310,
        due: 57,
        exempt: 4,
        overdue: 3,
        rootKey: 1,
        deferred: 2,
        unreadable: 1,
        exemptionsExpired: 1,
      },
      oldest: Array.from({ length: 22 }, (_, index) => ({
        accountId: rotation.accountId,
        accountName: facts.plan.accountName,
        userName: rotation.userName,
        keyId: 'AKIAOLDOLDOLDOLDQJHX',
        ageDays: 700.5 - index,
        decision: index < 2 ? ('deferred' as const) : ('due' as const),
        because: said,
      })),
      reportUrl: 's3://keyturn-reports/sweeps/2026-11-25/index.html',
      speaker: facts.speaker,
    }),
    needsPerson: needsPerson({
      rotation,
      because: said,
      now: at,
      speaker: facts.speaker,
      question: {
        owner: facts.plan.owner,
        accountName: facts.plan.accountName,
        keys: [
          { id: keyId, status: 'Active', createdAt: since, lastUse: use, inSecret: 'no' },
          { id: strangersKeyId, status: 'Active', createdAt: at, lastUse: proof, inSecret: 'current' },
        ],
      },
    }),
    needsPersonUnderFirstMachine: needsPerson({ rotation, because: said, now: at, speaker: facts.speaker }),
    failed: failed({
      rotation,
      error: 'NewKeyNotStored',
      cause: `${newKeyId}: ${said}`,
      stage: 'ProvisionNewKey',
      madeSafe: ['The new key was deleted again.', said],
      request: { accountId: rotation.accountId, userName: rotation.userName },
      speaker: facts.speaker,
    }),
  };
}
