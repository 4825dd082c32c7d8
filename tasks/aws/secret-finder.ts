import {
  DescribeSecretCommand,
  type ListSecretsCommandInput,
  paginateListSecrets,
  ResourceNotFoundException,
  type SecretListEntry,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import type { ClientDefaults, Dependencies } from '../dependencies.ts';
import { accountIn } from '../domain/execution-name.ts';
import { secretNameOf } from '../domain/rotation.ts';
import { goneTag, userOfSecret } from '../domain/sweeps/gone-users.ts';
import type { SecretIn } from '../domain/sweeps/readers.ts';
import { oneClient } from './one-client.ts';
import { isPassing } from './passing.ts';

const secretsManager = /* @__PURE__ */ oneClient((defaults) => new SecretsManagerClient(defaults));

/** Finds where users' secrets are. A secret stays where it was created, even if the settings have changed since. */
export class SecretFinder {
  readonly #member: SecretsManagerClient;

  /** @param session settings for clients of the user's account */
  constructor(
    private readonly dependencies: Pick<Dependencies, 'aws' | 'settings'>,
    session: ClientDefaults,
    private readonly about: { readonly accountId: string; readonly executionArn: string },
  ) {
    this.#member = new SecretsManagerClient(session);
  }

  /**
   * One call if the secret is where the settings expect it, otherwise two. `unknown` if a call is refused.
   * @param adopted the ARN of the user's adopted secret
   */
  async find(userName: string, adopted?: string): Promise<SecretIn> {
    const { aws, settings } = this.dependencies;
    const { accountId, executionArn } = this.about;
    const name = secretNameOf(settings.secretPrefix, { accountId, userName });
    if (adopted !== undefined) return this.#adopted(adopted);
    const isOne = accountIn(executionArn) === accountId;
    const others = (['member', 'central'] as const).filter((place) => place !== settings.storage && !isOne);
    for (const place of [settings.storage, ...others]) {
      const found = await this.#isIn(place === 'member' ? this.#member : secretsManager(aws), name);
      if (found !== 'no') return found === 'yes' ? place : 'unknown';
    }
    return 'nowhere';
  }

  /**
   * Every secret of the account's users, in both places: one call per hundred in each.
   * @returns the secrets, and a sentence for each place that can't be listed
   */
  async list(): Promise<{ readonly secrets: readonly UserSecret[]; readonly problems: readonly string[] }> {
    const { aws } = this.dependencies;
    const isOne = accountIn(this.about.executionArn) === this.about.accountId;
    const places = isOne ? [secretsManager(aws)] : [this.#member, secretsManager(aws)];
    const secrets: UserSecret[] = [];
    const problems: string[] = [];
    for (const client of places) {
      try {
        secrets.push(...(await this.#listIn(client)));
      } catch (error) {
        if (isPassing(error) || !(error instanceof Error)) throw error;
        const where = client === this.#member ? 'its' : 'the central account';
        problems.push(
          `${where} secrets can't be listed (${error.name}), so users who are gone aren't noticed`,
        );
      }
    }
    return { secrets, problems };
  }

  async #listIn(client: SecretsManagerClient): Promise<UserSecret[]> {
    const { secretPrefix } = this.dependencies.settings;
    const prefix = `${secretPrefix}${this.about.accountId}/`;
    const input: ListSecretsCommandInput = {
      Filters: [{ Key: 'name', Values: [prefix] }],
      IncludePlannedDeletion: true,
    };
    const found: UserSecret[] = [];
    for await (const { SecretList = [] } of paginateListSecrets({ client, pageSize: 100 }, input))
      for (const entry of SecretList)
        if (entry.Name?.startsWith(prefix)) found.push(userSecret(entry, secretPrefix));
    return found;
  }

  /** An adopted secret is in its user's account. */
  async #adopted(arn: string): Promise<SecretIn> {
    const found = await this.#isIn(this.#member, arn);
    return found === 'yes' ? 'member' : found === 'no' ? 'nowhere' : 'unknown';
  }

  async #isIn(client: SecretsManagerClient, SecretId: string): Promise<'yes' | 'no' | 'unknown'> {
    try {
      await client.send(new DescribeSecretCommand({ SecretId }));
      return 'yes';
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return 'no';
      if (isPassing(error) || !(error instanceof Error)) throw error;
      return 'unknown';
    }
  }
}

/** A user's secret as a list shows it: its labelled versions, and whether it is scheduled for deletion, and by us. */
export interface UserSecret {
  readonly arn: string;
  readonly name: string;
  readonly userName: string;
  readonly versionIds: readonly string[];
  readonly isScheduled: boolean;
  readonly isOurs: boolean;
}

function userSecret(entry: SecretListEntry, secretPrefix: string): UserSecret {
  const { ARN = '', Name = '', Tags = [], SecretVersionsToStages = {}, DeletedDate } = entry;
  const tags = new Map(Tags.map(({ Key = '', Value = '' }) => [Key, Value]));
  return {
    arn: ARN,
    name: Name,
    userName: userOfSecret(Name, tags.get('keyturn:user'), secretPrefix),
    versionIds: Object.keys(SecretVersionsToStages),
    isScheduled: DeletedDate !== undefined,
    isOurs: tags.has(goneTag),
  };
}
