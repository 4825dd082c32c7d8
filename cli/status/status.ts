import type { NextStep } from '../../tasks/domain/following/next-step.ts';
import { isOverdue, type Progress } from '../../tasks/domain/following/progress.ts';
import { sections } from '../../tasks/domain/runbook.ts';
import { adoptedIn } from '../../tasks/domain/tags.ts';
import { daysBetween } from '../../tasks/domain/time.ts';
import type { Asked, CommandOutcome } from '../command.ts';
import type { FoundUser } from '../reading/find-user.ts';
import { leaseNow } from '../reading/lease.ts';
import { type LiveSecret, type LiveUser, readLiveSecret, readLiveUser } from '../reading/live.ts';
import { lookUp } from '../reading/look-up.ts';
import { type LastRecord, lastRecord } from '../reading/records.ts';
import { iso, rotationResult, useResult } from '../shapes.ts';
import { exitCodes } from '../terminal.ts';
import { screenOf } from './screen.ts';
import type { UserStatus } from './shape.ts';

type Key = UserStatus['keys'][number];

/** One user on one screen. */
export async function status({ context, args: [subject = ''] }: Asked): Promise<CommandOutcome<UserStatus>> {
  const { user, progress } = await context.during('Looking it up', () => lookUp(context, subject));
  const now = await context.now();
  const live = await readLiveUser(context, user);
  const keys = keysOf(user, live, progress, now);
  const ids = [...keys.map(({ keyId }) => keyId), progress?.oldKeyId, progress?.newKeyId];
  const secret = await readLiveSecret(
    context,
    user,
    ids.filter((id) => id !== undefined),
    live.state === 'seen' ? adoptedIn(live.tags).adoptedSecret : undefined,
  );
  const last = progress === undefined ? await lastRecord(context, user, user.rotation) : undefined;
  const remembered = progress === undefined ? rememberedOf(user, last) : undefined;
  const next = progress?.next ?? nextWithout(remembered);
  const { accountId, accountName, userName } = user;
  const result: UserStatus = {
    user: { accountId, accountName, userName },
    keysAsOf: asOf(user, live, now),
    keys,
    secret: secretOf(secret),
    rotation: progress && rotationResult(progress, isOverdue(progress, now)),
    remembered,
    recordNotSeen: last?.state === 'notSeen' ? last.because : undefined,
    lease: context.deployment.standby === undefined ? undefined : await leaseNow(context),
    next,
  };
  const { runbookUrl } = context.deployment;
  const screen = { result, progress, now, runbookUrl, output: context.terminal.stdout };
  return {
    exitCode: next.whose === 'operator' ? exitCodes.problem : exitCodes.ok,
    result,
    text: screenOf(screen),
  };
}

function keysOf({ rows }: FoundUser, live: LiveUser, progress: Progress | undefined, now: Date): Key[] {
  const part = (keyId: string | undefined): Key['part'] => {
    if (keyId === undefined) return undefined;
    if (keyId === progress?.oldKeyId) return 'oldKey';
    return keyId === progress?.newKeyId ? 'newKey' : undefined;
  };
  const age = (since: Date): number => Math.round(daysBetween(since, now) * 10) / 10;
  if (live.state === 'seen') {
    return live.keys.map(({ id: keyId, status: state, createdAt, lastUse }) => ({
      ...{ keyId, status: state, createdAt: createdAt.toISOString(), ageDays: age(createdAt) },
      ...{ lastUse: useResult(lastUse), part: part(keyId) },
    }));
  }
  if (live.state === 'absent') return [];
  return rows.map(({ keyId, status: state, since, lastUse }) => ({
    ...{ keyId, status: state, createdAt: since.toISOString(), ageDays: age(since) },
    ...{ lastUse: useResult(lastUse), part: part(keyId) },
  }));
}

function asOf({ report }: FoundUser, live: LiveUser, now: Date): UserStatus['keysAsOf'] {
  switch (live.state) {
    case 'seen':
      return { at: now.toISOString(), by: 'now' };
    case 'absent':
      return { at: now.toISOString(), by: 'now', because: 'there is no such user any more' };
    case 'notSeen':
      return report === undefined
        ? { by: 'nothing', because: live.because }
        : { at: report.sweep.startedAt.toISOString(), by: 'sweep', because: live.because };
  }
}

function secretOf(secret: LiveSecret): UserStatus['secret'] {
  if (secret.state !== 'seen') return secret;
  const { state, name, storage, deletedOn, versions } = secret;
  return {
    ...{ state, name, storage, deletedOn: iso(deletedOn) },
    versions: versions.map((version) => ({ ...version, labels: [...version.labels] })),
  };
}

/** What is left of a rotation that Step Functions has forgotten: its record, or what the last sweep knew. */
function rememberedOf({ rows }: FoundUser, last: LastRecord | undefined): UserStatus['remembered'] {
  if (last?.state === 'found') {
    const { kept, record } = last;
    const { executionArn: rotation, endedAt, ended, plan } = record;
    return {
      ...{ rotation, outcome: ended.outcome ?? ended.status, endedAt: endedAt.toISOString() },
      because: ended.because ?? ended.cause ?? plan?.because ?? '',
      ...{ by: 'record', page: `s3://${kept.bucket}/${kept.key}` },
    };
  }
  const rest = rows.find((row) => row.rest !== undefined)?.rest;
  if (rest === undefined) return undefined;
  const { rotation, outcome, because, endedAt } = rest;
  return { rotation, outcome, because, endedAt: endedAt.toISOString(), by: 'sweep' };
}

const nextWithout = (remembered: UserStatus['remembered']): NextStep => ({
  whose: 'nobody',
  says:
    remembered === undefined
      ? 'Nothing: no rotation of this user is known.'
      : 'Nothing: the last rotation has ended long ago. A later sweep, or you, can start another.',
  section: sections.startAgain,
});
