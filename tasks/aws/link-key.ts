import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import type { Dependencies } from '../dependencies.ts';
import { later } from '../domain/time.ts';
import { oneClient } from './one-client.ts';

const secretsManager = /* @__PURE__ */ oneClient((defaults) => new SecretsManagerClient(defaults));

/** The keys that links are signed with: sign with the first, accept any of them. */
export type LinkKeys = readonly [current: Buffer, ...previous: Buffer[]];

/** How long the keys are cached, in milliseconds. A replaced key still counts as current for that long. */
const keptFor = 3 * 60 * 1000;
/** Minimum time between two reads that are triggered by links with an unknown signature, in milliseconds. */
const readAgainAfter = 10 * 1000;
const shortestKey = 32;

type Needs = Pick<Dependencies, 'aws' | 'settings' | 'now'>;

interface Kept {
  readonly keys: LinkKeys;
  readonly name: string;
  readonly readAt: Date;
  /** When the last attempt to read them was made, successful or not. */
  triedAt: Date;
}

const kept = new WeakMap<Needs['aws'], Kept>();

/**
 * The current version of the signing secret, and the previous one if it exists, so that links mailed before a
 * replacement stay valid. A version is a string of at least 32 characters; its UTF-8 bytes are the key.
 * @throws if the secret is missing, too short or not text; the message never contains its value
 */
export async function linkKeys(needs: Needs): Promise<LinkKeys> {
  const known = keptBy(needs);
  return known !== undefined && isWithin(keptFor, known.readAt, needs) ? known.keys : read(needs);
}

/**
 * Reads the keys again, for a link that none of the cached keys has signed: its key may have been added a moment ago.
 * @returns undefined if they are fresh enough, so that forged links can't trigger reads at will
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
