import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import type { Dependencies } from '../dependencies.ts';
import { later } from '../domain/time.ts';
import { oneClient } from './one-client.ts';

const secretsManager = /* @__PURE__ */ oneClient((defaults) => new SecretsManagerClient(defaults));

/** The keys that links are signed with: sign with the first, accept any. */
export type LinkKeys = readonly [current: Buffer, ...previous: Buffer[]];

/** For so long a replaced key is still taken for the current one. Milliseconds. */
const keptFor = 3 * 60 * 1000;
/** So often at most is the secret read again for links that nobody seems to have signed. Milliseconds. */
const readAgainAfter = 10 * 1000;
const shortestKey = 32;

type Needs = Pick<Dependencies, 'aws' | 'settings' | 'now'>;

interface Kept {
  readonly keys: LinkKeys;
  readonly name: string;
  readonly readAt: Date;
  /** When it was last tried to read them, in vain or not. */
  triedAt: Date;
}

const kept = new WeakMap<Needs['aws'], Kept>();

/**
 * The current version of the signing secret, and the previous one where there is one: replacing the secret leaves
 * the links good that were mailed before. A version is a string of at least 32 characters; its UTF-8 is the key.
 * @throws where the secret is missing, too short or not text; the message never holds its value
 */
export async function linkKeys(needs: Needs): Promise<LinkKeys> {
  const known = keptBy(needs);
  return known !== undefined && isWithin(keptFor, known.readAt, needs) ? known.keys : read(needs);
}

/**
 * The keys read anew, for a link that none of the kept ones has signed: it may be signed with one that was put in a
 * moment ago.
 * @returns undefined where they are fresh enough, so that whoever makes links up can't have the secret read at will
 */
export async function linkKeysAnew(needs: Needs): Promise<LinkKeys | undefined> {
  const known = keptBy(needs);
  if (known !== undefined && isWithin(readAgainAfter, known.triedAt, needs)) return undefined;
  if (known !== undefined) known.triedAt = needs.now();
  return read(needs);
}

const isWithin = (milliseconds: number, since: Date, { now }: Needs): boolean =>
  now().getTime() < later(since, milliseconds).getTime();

function keptBy({ aws, settings }: Needs): Kept | undefined {
  const known = kept.get(aws);
  return known?.name === settings.linkKeySecret ? known : undefined;
}

async function read({ aws, settings, now }: Needs): Promise<LinkKeys> {
  const name = settings.linkKeySecret;
  const client = secretsManager(aws);
  const current = await version(client, name, 'AWSCURRENT');
  const previous = await previousVersion(client, name);
  const keys: LinkKeys = previous === undefined ? [current] : [current, previous];
  kept.set(aws, { keys, name, readAt: now(), triedAt: now() });
  return keys;
}

async function previousVersion(client: SecretsManagerClient, name: string): Promise<Buffer | undefined> {
  try {
    return await version(client, name, 'AWSPREVIOUS');
  } catch (error) {
    // A secret that was never replaced has no previous version.
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

async function version(client: SecretsManagerClient, name: string, stage: string): Promise<Buffer> {
  const { SecretString } = await client.send(
    new GetSecretValueCommand({ SecretId: name, VersionStage: stage }),
  );
  if (SecretString !== undefined && SecretString.length >= shortestKey)
    return Buffer.from(SecretString, 'utf8');
  throw new Error(`${stage} of the secret ${name} must be text of at least ${shortestKey} characters`);
}
