import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { Command } from 'commander';
import { secretPrefix } from '../../infra/names.ts';
import { detectShape } from '../../tasks/domain/adopting/detect.ts';
import { regionIn } from '../../tasks/domain/execution-name.ts';
import { secretNameOf } from '../../tasks/domain/rotation.ts';
import { shapeOf } from '../../tasks/domain/secret-shape.ts';
import { type KeyPair, readValue } from '../../tasks/domain/secret-value.ts';
import { type Access, localUrl, ownAccess } from '../access.ts';
import { CannotRun } from '../cannot-run.ts';
import type { Running } from '../command.ts';
import { explain } from '../explain.ts';
import { during } from '../progress.ts';
import { exitCodes } from '../terminal.ts';
import { credentialsFile, pairIn, readFile, replaceFile, withPair } from './profile-file.ts';

interface Options {
  readonly profile?: string;
  readonly secret?: string;
  readonly region?: string;
  readonly local?: true | string;
  readonly json?: true;
  readonly dryRun?: true;
}

const says = `Fetches your new access key from Secrets Manager, with your own credentials, and writes it into a profile
of your AWS credentials file. The secret access key never appears on the terminal. The key is proved
before anything is written, and the profile afterwards.`;

/** Adds the command `install`, which is for owners: it needs no deployment, and another account's credentials. */
export function addInstall(program: Command, { terminal, exit }: Running): void {
  const command = program
    .command('install')
    .summary('for owners: install the new access key in a profile')
    .description(says)
    .option('--profile <name>', 'the profile to write')
    .option('--secret <arn>', 'the secret, as the mail names it; if omitted, the one of the calling user')
    .option('--region <region>', 'the secret’s region, if it isn’t in its ARN')
    .option('--dry-run', 'prove the key, and write nothing')
    .option('--json', 'one JSON object on one line instead of text')
    .option('--local [url]', `what npm start runs (${localUrl} if omitted)`)
    .addHelpText('after', '\nExample:\n  $ AWS_PROFILE=deploy-bot npx keyturn install --profile deploy-bot');
  command.action(async () => {
    const options = command.opts<Options>();
    const result = await install(options, (what, work) => during(terminal, what, work));
    const { keyId, profile, file, identity, state } = result;
    const did =
      state === 'installed'
        ? `${keyId} is in profile ${profile} of ${file}.`
        : `${keyId} works; nothing was written.`;
    const text =
      options.json === true
        ? `${JSON.stringify({ command: 'install', ...result, exitCode: 0 })}\n`
        : `${did}\nIt is ${identity}\n`;
    terminal.stdout.write(text);
    exit(exitCodes.ok);
  });
}

interface Installed {
  readonly state: 'planned' | 'installed';
  readonly keyId: string;
  readonly profile: string;
  readonly file: string;
  /** The ARN that the new key acts as. */
  readonly identity: string;
}

async function install(
  { profile, secret, region, local, dryRun }: Options,
  show: <T>(what: string, work: () => Promise<T>) => Promise<T>,
): Promise<Installed> {
  if (profile === undefined || !/^[\w.@-]{1,64}$/.test(profile))
    throw new CannotRun('Name the profile to write: --profile, with letters, digits and _ . @ -.');
  const access = accessTo(
    regionIn(secret ?? '') || region || process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION,
    local,
  );
  const caller = await identityOf(access);
  const pair = await readKey(access, secret ?? secretOf(caller));
  const prove = (one: KeyPair) => proved({ ...access, credentials: one }, show);
  const identity = await prove(pair);
  if (isUser(caller) && isUser(identity) && caller !== identity)
    throw new CannotRun(`The secret’s key is ${identity}’s, and you are ${caller}: nothing was written.`);
  const file = credentialsFile();
  const done = { keyId: pair.accessKeyId, profile, file, identity };
  if (dryRun === true) return { ...done, state: 'planned' };
  replaceFile(file, withPair(readFile(file), profile, pair));
  const written = pairIn(readFile(file), profile);
  if (written?.accessKeyId !== pair.accessKeyId || (await prove(written)) !== identity)
    throw new CannotRun(`Profile ${profile} of ${file} was written, and doesn’t work: look at it.`);
  return { ...done, state: 'installed' };
}

function accessTo(region = '', local: Options['local']): Access {
  if (local === undefined) {
    if (region === '')
      throw new CannotRun('Name the secret by its ARN (--secret), or its region (--region).');
    return ownAccess(region);
  }
  const endpoint = local === true ? localUrl : local;
  return { ...ownAccess(region === '' ? 'eu-west-1' : region), endpoint };
}

const isUser = (arn: string): boolean => /^arn:[\w-]+:iam::\d{12}:user\//.test(arn);

async function identityOf(access: Access): Promise<string> {
  try {
    const { Arn = '' } = await new STSClient(access).send(new GetCallerIdentityCommand({}));
    return Arn;
  } catch (error) {
    throw new CannotRun(explain(error).sentence);
  }
}

/** The user's secret, by the name that keyturn gives it. @throws {CannotRun} if the caller isn't a user */
function secretOf(caller: string): string {
  const [, , , , accountId = '', resource = ''] = caller.split(':');
  const userName = resource.slice(resource.lastIndexOf('/') + 1);
  if (isUser(caller)) return secretNameOf(secretPrefix, { accountId, userName });
  throw new CannotRun(
    `You are ${caller}, which is no IAM user: give the secret as the mail names it, with --secret.`,
  );
}

async function readKey(access: Access, SecretId: string): Promise<KeyPair> {
  const read = new GetSecretValueCommand({ SecretId });
  const { SecretString } = await new SecretsManagerClient(access).send(read).catch((error: unknown) => {
    throw new CannotRun(`The secret ${SecretId} can’t be read. ${explain(error).sentence}`);
  });
  const found = detectShape(SecretString);
  const pair = found.state === 'known' ? readValue(shapeOf(found.shape), SecretString) : undefined;
  if (pair !== undefined) return pair;
  throw new CannotRun(`The secret ${SecretId} holds no new key: it only names a key that was there before.`);
}

/** A new key is accepted everywhere after some seconds. */
const tries = 10;
const pauseMilliseconds = 2000;

/** @returns the ARN that the pair acts as. @throws {CannotRun} if AWS doesn't accept it */
async function proved(
  access: Access,
  show: <T>(what: string, work: () => Promise<T>) => Promise<T>,
): Promise<string> {
  return show('Proving the key', async () => {
    for (let left = tries; ; left -= 1) {
      try {
        const { Arn = '' } = await new STSClient(access).send(new GetCallerIdentityCommand({}));
        return Arn;
      } catch (error) {
        const isYoung = error instanceof Error && error.name === 'InvalidClientTokenId';
        if (left <= 1 || !isYoung)
          throw new CannotRun(`The new key doesn’t work. ${explain(error).sentence}`);
      }
      await new Promise((resolve) => setTimeout(resolve, pauseMilliseconds));
    }
  });
}
