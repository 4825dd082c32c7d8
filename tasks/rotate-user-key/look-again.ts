import { Executions } from '../aws/executions.ts';
import type { MemberUser } from '../aws/member-user.ts';
import { SecretStore } from '../aws/secret-store.ts';
import type { Dependencies } from '../dependencies.ts';
import {
  AuditOnly,
  ChangedElsewhere,
  FormerRunMayLinger,
  NewKeyNotReady,
  RotationSuperseded,
  UnrecognizedKey,
} from '../domain/errors.ts';
import { attemptOf, nameOf } from '../domain/execution-name.ts';
import type { AccessKey } from '../domain/keys.ts';
import { isOfFirstMachine, leavingOf, type Rotation, type Work } from '../domain/rotation.ts';
import { markedSibling } from '../domain/rotation-mark.ts';
import { rotationTag } from '../domain/tags.ts';

/** A user's current state. */
export interface Look {
  readonly keys: readonly AccessKey[];
  readonly tags: ReadonlyMap<string, string>;
  /** The key to be deleted. */
  readonly leaving: AccessKey | undefined;
  /** The key that replaces it. */
  readonly staying: AccessKey | undefined;
}

/**
 * The check before a change: reads the user's current keys, and requires that all of them are known and that no other
 * rotation is running.
 * @throws {RotationSuperseded} @throws {UnrecognizedKey}
 */
export async function lookAgain(user: MemberUser, work: Work, dependencies: Dependencies): Promise<Look> {
  const tags = await user.tags();
  await stopIfSuperseded(work.rotation, tags, dependencies);
  const keys = await user.keys();
  stopAtStranger(keys, work);
  return lookAt(keys, tags, work);
}

/** An unrecognized key, however new or unused, is for a person to decide about. @throws {UnrecognizedKey} */
export function stopAtStranger(keys: readonly AccessKey[], { plan, newKeyId }: Work): void {
  const known = new Set([...plan.keysSeen, plan.oldKeyId, newKeyId]);
  const stranger = keys.find((key) => !known.has(key.id));
  if (stranger !== undefined) {
    throw new UnrecognizedKey(
      `${stranger.id}, created ${stranger.createdAt.toISOString()}, appeared during the rotation of ${plan.oldKeyId} and isn't ours: whose is it?`,
    );
  }
}

/** The check of an emergency. Only the leaked key's own state can stop it, and neither another key nor a tag. */
export async function lookAtLeak(user: MemberUser, work: Work): Promise<Look> {
  return lookAt(await user.keys(), new Map(), work);
}

function lookAt(keys: readonly AccessKey[], tags: ReadonlyMap<string, string>, work: Work): Look {
  const { leavingId } = leavingOf(work);
  const stayingId = replacementOf(work);
  return {
    keys,
    tags,
    leaving: keys.find((key) => key.id === leavingId),
    staying: keys.find((key) => key.id === stayingId),
  };
}

/** The ID of the key that replaces the leaving one: this rotation's own, or an earlier one's. */
export const replacementOf = (work: Work): string | undefined =>
  leavingOf(work).stayingId ?? work.plan.replacedById;

/**
 * The user's tag names its rotation. If the execution's name became free after 90 days, or the tag was removed by
 * hand, a second rotation could start. It stops if the tag names another running attempt of the same user; any other
 * text is ignored.
 * @throws {RotationSuperseded}
 */
export async function stopIfSuperseded(
  rotation: Rotation,
  tags: ReadonlyMap<string, string>,
  dependencies: Dependencies,
): Promise<void> {
  const { executionArn } = rotation;
  const other = markedSibling(tags.get(rotationTag), executionArn);
  if (other === undefined || other === executionArn) return;
  if (attemptOf(rotation, nameOf(other)) === undefined) return;
  // IAM may still return the tag of the previous rotation, which has ended.
  const execution = await new Executions(dependencies).describe(other);
  if (execution?.status === 'RUNNING') throw new RotationSuperseded(`${other} rotates this user now`);
}

/**
 * Requires that the leaving key's replacement is active, stored, readable and the secret's current version, which is
 * checked without reading a value. A retirement without a replacement needs none, but if the key is the last one, a
 * person must have named it.
 * @throws {ChangedElsewhere} if somebody else has changed it
 * @throws {NewKeyNotReady} the same under 0.1.0's machine
 */
export async function stopUnlessReplaced(look: Look, work: Work, dependencies: Dependencies): Promise<void> {
  const { plan } = work;
  const stayingId = replacementOf(work);
  if (stayingId === undefined) return stopIfLast(look, work);
  const changed = changedFor(work);
  if (look.staying?.status !== 'Active') {
    throw changed(`${stayingId}, which replaces it, is ${look.staying?.status.toLowerCase() ?? 'gone'}`);
  }
  // The old key needs no version in the secret: the application has it.
  if (work.leaving === 'newKey') return;
  const store = await SecretStore.open(dependencies, work, ['readSecret']);
  const versions = await store.versions();
  if (!versions?.holdsSecret(look.staying)) throw changed(`${stayingId} has no version in the user's secret`);
  if (versions.readable.state === 'unreadable')
    throw changed(`the secret of ${stayingId} can't be read: ${versions.readable.because}`);
  if (!isOfFirstMachine(work) && !versions.isCurrent(stayingId))
    throw changed(`AWSCURRENT of the user's secret isn't ${stayingId} any more; ${plan.oldKeyId} stays`);
}

const changedFor = (work: Work) => (message: string) =>
  isOfFirstMachine(work) ? new NewKeyNotReady(message) : new ChangedElsewhere(message);

/**
 * The last working key is only deleted if a person named it. A retirement that nobody named had another active key.
 */
function stopIfLast({ keys }: Look, work: Work): void {
  const { plan } = work;
  const { leavingId } = leavingOf(work);
  const isLast = !keys.some((key) => key.id !== leavingId && key.status === 'Active');
  const isNamed = plan.namedByPerson === true || plan.confirmation === 'owner' || isOfFirstMachine(work);
  if (isLast && plan.act === 'retire' && !isNamed)
    throw changedFor(work)(`${leavingId} is the user's only active key, and nobody named it`);
}

/**
 * Only the literal `live` allows creating, deactivating or deleting a key. This also applies to rotations that began
 * before the mode was changed, and the user must have been claimed under `live`. An owner's rollback is exempt: it
 * must always work.
 * @throws {AuditOnly}
 */
export function stopUnlessLive({ settings }: Pick<Dependencies, 'settings'>, { claim }: Rotation): void {
  if (settings.mode !== 'live')
    throw new AuditOnly('the mode is audit: no key is created, deactivated or deleted');
  if (claim === 'audit') throw new AuditOnly('the user was never claimed: this execution began as an audit');
}

/**
 * A stopped rotation's running function continues to its end: nothing is created concurrently.
 * @throws {FormerRunMayLinger}
 */
export function stopBeside({ actFrom }: Rotation, { now }: Pick<Dependencies, 'now'>): void {
  if (actFrom !== undefined && now().getTime() < new Date(actFrom).getTime())
    throw new FormerRunMayLinger(`a function of a stopped rotation of this user may run until ${actFrom}`);
}
