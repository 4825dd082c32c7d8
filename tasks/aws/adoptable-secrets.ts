import {
  GetSecretValueCommand,
  InvalidParameterException,
  paginateListSecrets,
  ResourceNotFoundException,
  type SecretListEntry,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import type { Dependencies } from '../dependencies.ts';
import type { HeldKey } from '../domain/adopting/adopt.ts';
import type { ListedSecret } from '../domain/adopting/candidates.ts';
import { defined } from '../domain/defined.ts';
import type { Rotation } from '../domain/rotation.ts';
import { keyLabelOf } from '../domain/secret-versions.ts';
import { accountReads, adoptions } from '../domain/verbs.ts';
import { memberSession } from './member-session.ts';

type Session = Pick<Rotation, 'accountId' | 'executionArn'>;
type Given = Pick<Dependencies, 'aws' | 'settings'>;

/** Every secret of an account, by a session that can only list. */
export async function listSecrets(dependencies: Given, session: Session): Promise<ListedSecret[]> {
  const policy = policyFor(accountReads.listSecrets, '*');
  const client = new SecretsManagerClient(
    await memberSession(dependencies, session, { access: 'read', policy }),
  );
  const found: ListedSecret[] = [];
  const pages = paginateListSecrets({ client, pageSize: 100 }, { IncludePlannedDeletion: true });
  for await (const { SecretList } of pages)
    for (const entry of SecretList ?? []) found.push(listed(entry, session.accountId, dependencies));
  return found;
}

function listed(entry: SecretListEntry, accountId: string, { settings }: Given): ListedSecret {
  const { ARN: arn = '', Name: name = '', KmsKeyId: kmsKeyId, PrimaryRegion: primary } = entry;
  return {
    arn,
    name,
    accountId,
    tags: new Map((entry.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value])),
    labels: entry.SecretVersionsToStages ?? {},
    ...defined({ kmsKeyId: kmsKeyId?.includes('alias/aws/secretsmanager') ? undefined : kmsKeyId }),
    isBeingDeleted: entry.DeletedDate !== undefined,
    isRotated: entry.RotationEnabled === true || entry.OwningService !== undefined,
    ...defined({ copyOf: primary === settings.region ? undefined : primary }),
  };
}

/** One secret that may be adopted, by a session for it alone. */
export class AdoptableSecret {
  private constructor(
    private readonly client: SecretsManagerClient,
    private readonly secret: ListedSecret,
  ) {}

  static async open(dependencies: Given, session: Session, secret: ListedSecret): Promise<AdoptableSecret> {
    const policy = policyFor([...adoptions.readAdoptable, ...adoptions.labelAdoptable], secret.arn);
    const defaults = await memberSession(dependencies, session, { access: 'write', policy });
    return new AdoptableSecret(new SecretsManagerClient(defaults), secret);
  }

  /** A version's text; undefined if there is none, or it is binary. */
  async text(VersionStage: HeldKey['label']): Promise<string | undefined> {
    const isThere = Object.values(this.secret.labels).some((labels) => labels.includes(VersionStage));
    if (!isThere) return undefined;
    try {
      const read = new GetSecretValueCommand({ SecretId: this.secret.arn, VersionStage });
      return (await this.client.send(read)).SecretString;
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  }

  /** Says which key a version holds. Nothing else about the secret changes. Idempotent. */
  async label({ keyId, label }: HeldKey): Promise<void> {
    const { arn, labels } = this.secret;
    const version = Object.keys(labels).find((id) => labels[id]?.includes(label));
    const wanted = keyLabelOf(keyId);
    if (version === undefined || labels[version]?.includes(wanted)) return;
    const holder = Object.keys(labels).find((id) => labels[id]?.includes(wanted));
    const move = { VersionStage: wanted, MoveToVersionId: version, RemoveFromVersionId: holder };
    try {
      await this.client.send(new UpdateSecretVersionStageCommand({ SecretId: arn, ...move }));
    } catch (error) {
      // A run before this one, whose label isn't listed yet.
      if (!(error instanceof InvalidParameterException)) throw error;
    }
  }
}

const policyFor = (Action: readonly string[], Resource: string): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource }] });
