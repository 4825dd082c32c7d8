import {
  DescribeSecretCommand,
  type DescribeSecretCommandOutput,
  InvalidParameterException,
  InvalidRequestException,
  ResourceNotFoundException,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { SecretNotMoved } from '../domain/errors.ts';
import { versionIdOf } from '../domain/keys.ts';
import { currentLabel, pendingLabel, SecretVersions } from '../domain/secret-versions.ts';
import type { SecretPlace } from './secret-setup.ts';

/** @returns undefined if there is no such secret */
export async function describeSecret({
  client,
  name,
  id = name,
}: Pick<SecretPlace, 'client' | 'name' | 'id'>): Promise<DescribeSecretCommandOutput | undefined> {
  try {
    return await client.send(new DescribeSecretCommand({ SecretId: id }));
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

export const versionsOf = ({
  CreatedDate,
  VersionIdsToStages,
}: DescribeSecretCommandOutput): SecretVersions =>
  new SecretVersions(CreatedDate ?? new Date(0), VersionIdsToStages ?? {});

/**
 * Moves a label to a version. A refusal may mean that the move succeeded and its response was lost, or that somebody
 * else moved the label in the meantime: then it is tried once more.
 * @throws {SecretNotMoved} if there is no such version, or the move was refused for any other reason
 */
export async function moveLabel(
  place: SecretPlace,
  label: string,
  version: string,
  from: string | undefined,
): Promise<void> {
  for (let holder = from, again = true; holder !== version; again = false) {
    const move = { VersionStage: label, MoveToVersionId: version, RemoveFromVersionId: holder };
    const refusal = await tryMove(place, move);
    if (refusal === undefined) return;
    const now = await holderOf(place, label);
    if (now !== version && (now === holder || !again)) {
      throw new SecretNotMoved(`${label} did not move to version ${version}: ${refusal.message}`);
    }
    holder = now;
  }
}

/**
 * Moves `AWSCURRENT` to a key's version, which isn't pending any more then. Idempotent.
 * @throws {SecretNotMoved}
 */
export async function moveCurrent(place: SecretPlace, accessKeyId: string): Promise<'moved' | 'wasCurrent'> {
  const secret = await describeSecret(place);
  if (secret === undefined) throw new SecretNotMoved(`the user has no secret for ${accessKeyId}`);
  const versions = versionsOf(secret);
  const listed = versions.idFor(accessKeyId);
  const version = listed ?? versionIdOf(accessKeyId);
  const holder = versions.holderOf(currentLabel);
  await moveLabel(place, currentLabel, version, holder);
  // A version that was stored a moment ago may not be listed with its labels yet.
  if (listed === undefined || versions.holderOf(pendingLabel) === version) await endPending(place, version);
  return holder === version ? 'wasCurrent' : 'moved';
}

/** Removes the pending label from a version. */
async function endPending(place: SecretPlace, version: string): Promise<void> {
  const refusal = await tryMove(place, { VersionStage: pendingLabel, RemoveFromVersionId: version });
  if (refusal === undefined || (await holderOf(place, pendingLabel)) !== version) return;
  throw new SecretNotMoved(`${pendingLabel} stayed at version ${version}: ${refusal.message}`);
}

async function holderOf(place: SecretPlace, label: string): Promise<string | undefined> {
  const secret = await describeSecret(place);
  return secret === undefined ? undefined : versionsOf(secret).holderOf(label);
}

/** @returns the reason, if Secrets Manager refused the move */
export async function tryMove(
  { client, name, id = name }: SecretPlace,
  move: {
    readonly VersionStage: string;
    readonly MoveToVersionId?: string;
    readonly RemoveFromVersionId: string | undefined;
  },
): Promise<Error | undefined> {
  try {
    await client.send(new UpdateSecretVersionStageCommand({ SecretId: id, ...move }));
    return undefined;
  } catch (error) {
    const refusals = [InvalidParameterException, InvalidRequestException, ResourceNotFoundException];
    if (error instanceof Error && refusals.some((kind) => error instanceof kind)) return error;
    throw error;
  }
}
