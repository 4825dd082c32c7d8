import type {
  UpdateSecretVersionStageRequest,
  UpdateSecretVersionStageResponse,
} from '@aws-sdk/client-secrets-manager';
import { AwsError } from '../types.ts';
import { operation } from '../wire/operation.ts';
import { notFound, type SecretsManager, usableSecret } from './common.ts';
import { CURRENT, holderOf, moveStage, type Secret, type SecretVersion } from './secrets.ts';

/** Secrets Manager's operation on stages. */
export function stageOperations(manager: SecretsManager) {
  return {
    UpdateSecretVersionStage: operation<UpdateSecretVersionStageRequest, UpdateSecretVersionStageResponse>()(
      ['SecretId', 'VersionStage'],
      ['RemoveFromVersionId', 'MoveToVersionId'],
      ({ SecretId, VersionStage, RemoveFromVersionId, MoveToVersionId }, caller) => {
        const secret = usableSecret(manager, caller, SecretId);
        updateStage(secret, { stage: VersionStage, from: RemoveFromVersionId, to: MoveToVersionId });
        secret.changedAt = manager.model.now();
        return { ARN: secret.arn, Name: secret.name };
      },
    ),
  };
}

interface Move {
  readonly stage: string;
  readonly from: string | undefined;
  readonly to: string | undefined;
}

function updateStage(secret: Secret, move: Move): void {
  const { stage, from, to } = move;
  if (from === undefined && to === undefined) {
    throw invalid('You must specify RemoveFromVersionId or MoveToVersionId.');
  }
  if (from !== undefined) knownVersion(secret, from);
  const target = to === undefined ? undefined : knownVersion(secret, to);
  const holder = holderOf(secret, stage);
  refuseWrongSource(move, holder);
  if (target !== undefined) moveStage(secret, stage, target);
  else if (stage === CURRENT) {
    throw invalid(
      `You can only move staging label ${CURRENT} to a different secret version. It can’t be completely removed.`,
    );
  } else holder?.stages.delete(stage);
}

function refuseWrongSource({ stage, from, to }: Move, holder: SecretVersion | undefined): void {
  if (from !== undefined && from !== holder?.id) {
    throw invalid(
      `When you move staging label ${stage}, if you specify RemoveFromVersionId, it must be set to the version that currently has the staging label ${stage}.`,
    );
  }
  if (from === undefined && holder !== undefined && holder.id !== to) {
    throw invalid(
      `The parameter RemoveFromVersionId can't be empty. Staging label ${stage} is currently attached to version ${holder.id}, so you must explicitly reference that version in RemoveFromVersionId.`,
    );
  }
}

function knownVersion(secret: Secret, id: string): SecretVersion {
  const version = secret.versions.get(id);
  if (version !== undefined) return version;
  throw notFound(`Secrets Manager can't find the specified secret value for VersionId: ${id}`);
}

const invalid = (message: string): AwsError => new AwsError('InvalidParameterException', message);
