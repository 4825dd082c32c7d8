import {
  DescribeSecretCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import type { ClientDefaults, Dependencies } from '../dependencies.ts';
import { accountIn } from '../domain/execution-name.ts';
import { secretNameOf } from '../domain/rotation.ts';
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
