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

/** A user as it is now. */
export interface Look {
  readonly keys: readonly AccessKey[];
  readonly tags: ReadonlyMap<string, string>;
  /** The key to be deleted. */
  readonly leaving: AccessKey | undefined;
  /** The key that takes its place. */
  readonly staying: AccessKey | undefined;
}

/**
 * The look before an act: the user's keys as they are now, each of them known, and no other rotation at work.
 * @throws {RotationSuperseded} @throws {UnrecognizedKey}
 */
export async function lookAgain(user: MemberUser, work: Work, dependencies: Dependencies): Promise<Look> {
  const tags = await user.tags();
  await stopIfSuperseded(work.rotation, tags, dependencies);
  const keys = await user.keys();
  stopAtStranger(keys, work);
  return lookAt(keys, tags, work);
}

/** A key that nobody knows, however new or unused, is for a person to decide. @throws {UnrecognizedKey} */
export function stopAtStranger(keys: readonly AccessKey[], { plan, newKeyId }: Work): void {
  const known = new Set([...plan.keysSeen, plan.oldKeyId, newKeyId]);
  const stranger = keys.find((key) => !known.has(key.id));
  if (stranger !== undefined) {
    throw new UnrecognizedKey(
      `${stranger.id}, made ${stranger.createdAt.toISOString()}, appeared during the rotation of ${plan.oldKeyId} and isn't ours: whose is it?`,
    );
  }
}

/**
 * The look of an emergency: nothing that isn't about the leaked key itself can stop it, neither another key nor a tag.
 */
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

/** The ID of the key that takes the leaving one's place: this rotation's own, or an earlier one's. */
export const replacementOf = (work: Work): string | undefined =>
  leavingOf(work).stayingId ?? work.plan.replacedById;

/**
 * The tag on the user names its rotation. A name freed after 90 days, or a tag removed by hand, could let a
 * second one start: one that finds another running attempt of the same user there stops. Any other text counts as none.
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
  // IAM may still show the tag of the rotation before this one, which has ended.
  const execution = await new Executions(dependencies).describe(other);
  if (execution?.status === 'RUNNING') throw new RotationSuperseded(`${other} rotates this user now`);
}

/**
 * Whether there is a key that takes the leaving one's place: active, stored, readable, and the one that the secret
 * says. Known without reading a value. A retirement without a replacement needs none, but a person who named the key
 * if it is the last one.
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
  // The old key needs no version to be had: the application has it.
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

/** The last key that works goes only if a person named it: a retirement that nobody named finds another key there. */
function stopIfLast({ keys }: Look, work: Work): void {
  const { plan } = work;
  const { leavingId } = leavingOf(work);
  const isLast = !keys.some((key) => key.id !== leavingId && key.status === 'Active');
  const isNamed = plan.namedByPerson === true || plan.confirmation === 'owner' || isOfFirstMachine(work);
  if (isLast && plan.act === 'retire' && !isNamed)
    throw changedFor(work)(`${leavingId} is the user's only active key, and nobody named it`);
}

/**
 * Only the literal `live` makes, deactivates or deletes a key, in rotations too that began before the switch was
 * turned, and only under a claim that was made under it. An owner's rollback needs no permission: it must work whatever is
 * switched off.
 * @throws {AuditOnly}
 */
export function stopUnlessLive({ settings }: Pick<Dependencies, 'settings'>, { claim }: Rotation): void {
  if (settings.mode !== 'live')
    throw new AuditOnly('the mode is audit: no key is made, deactivated or deleted');
  if (claim === 'audit') throw new AuditOnly('the user was never claimed: this execution began as an audit');
}

/**
 * A function of a rotation that was stopped runs to its end: nothing new is made beside it.
 * @throws {FormerRunMayLinger}
 */
export function stopBeside({ actFrom }: Rotation, { now }: Pick<Dependencies, 'now'>): void {
  if (actFrom !== undefined && now().getTime() < new Date(actFrom).getTime())
    throw new FormerRunMayLinger(`a function of a stopped rotation of this user may run until ${actFrom}`);
}
