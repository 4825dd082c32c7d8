import { Executions } from '../aws/executions.ts';
import type { MemberUser } from '../aws/member-user.ts';
import { SecretStore } from '../aws/secret-store.ts';
import type { Dependencies } from '../dependencies.ts';
import { AuditOnly, NewKeyNotReady, RotationSuperseded, StrangersKey } from '../domain/errors.ts';
import type { AccessKey } from '../domain/keys.ts';
import type { Rotation, Stage } from '../domain/rotation.ts';
import { rotationTag } from '../domain/tags.ts';

/** A user as it is now. */
export interface Look {
  readonly keys: readonly AccessKey[];
  readonly tags: ReadonlyMap<string, string>;
  readonly oldKey: AccessKey | undefined;
  readonly newKey: AccessKey | undefined;
}

/**
 * The look before an act: the user's keys afresh, none of them a stranger's, and no other rotation at work.
 * @throws {RotationSuperseded} @throws {StrangersKey}
 */
export async function lookAgain(
  user: MemberUser,
  { rotation, plan, newKeyId }: Stage,
  dependencies: Dependencies,
): Promise<Look> {
  const tags = await user.tags();
  await stopIfSuperseded(rotation, tags, dependencies);
  const keys = await user.keys();
  const known = new Set([...plan.keysSeen, plan.oldKeyId, newKeyId]);
  const stranger = keys.find((key) => !known.has(key.id));
  if (stranger !== undefined) {
    throw new StrangersKey(
      `${stranger.id}, made ${stranger.createdAt.toISOString()}, appeared during the rotation of ${plan.oldKeyId} and isn't ours: whose is it?`,
    );
  }
  return {
    keys,
    tags,
    oldKey: keys.find((key) => key.id === plan.oldKeyId),
    newKey: keys.find((key) => key.id === newKeyId),
  };
}

/**
 * The tag on the user names its rotation. A name freed after 90 days, or a tag removed by hand, could let a
 * second one start: whoever finds another running rotation there stops.
 * @throws {RotationSuperseded}
 */
export async function stopIfSuperseded(
  { executionArn }: Rotation,
  tags: ReadonlyMap<string, string>,
  dependencies: Dependencies,
): Promise<void> {
  const other = tags.get(rotationTag);
  if (other === undefined || other === executionArn) return;
  // IAM may still show the tag of the rotation before this one, which has ended.
  const execution = await new Executions(dependencies).describe(other);
  if (execution?.status === 'RUNNING') throw new RotationSuperseded(`${other} rotates this user now`);
}

/**
 * Whether there is a key that takes the old one's place: the new one, or in an emergency without one the other.
 * A retirement needs none.
 * @throws {NewKeyNotReady}
 */
export async function stopUnlessReplaced(
  look: Look,
  stage: Stage,
  dependencies: Dependencies,
): Promise<void> {
  const { plan, newKeyId } = stage;
  if (plan.act === 'retire') return;
  if (newKeyId === undefined) {
    const other = look.keys.some((key) => key.id !== plan.oldKeyId && key.status === 'Active');
    if (!other) throw new NewKeyNotReady(`${plan.oldKeyId} is the user's only active key`);
    return;
  }
  if (look.newKey?.status !== 'Active') {
    throw new NewKeyNotReady(`the new key ${newKeyId} is ${look.newKey?.status.toLowerCase() ?? 'gone'}`);
  }
  const store = await SecretStore.open(dependencies, stage, ['secretsmanager:DescribeSecret']);
  const versions = await store.versions();
  if (!versions?.has(newKeyId)) throw new NewKeyNotReady(`${newKeyId} has no version in the user's secret`);
}

/**
 * Only the literal `live` makes, deactivates or deletes a key, in rotations too that began before the switch was
 * turned. An owner's taking back needs no leave: it must work whatever is switched off.
 * @throws {AuditOnly}
 */
export function stopUnlessLive({ settings }: Pick<Dependencies, 'settings'>): void {
  if (settings.mode !== 'live')
    throw new AuditOnly('the mode is audit: no key is made, deactivated or deleted');
}
