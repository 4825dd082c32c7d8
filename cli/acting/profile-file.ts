import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { KeyPair } from '../../tasks/domain/secret-value.ts';

/** Where the AWS SDKs and the AWS CLI look for profiles. */
export const credentialsFile = (environment: NodeJS.ProcessEnv = process.env): string =>
  environment.AWS_SHARED_CREDENTIALS_FILE ?? join(homedir(), '.aws', 'credentials');

/** The lines of a profile that this changes; anything else in the file stays as it is. */
const ours = /^\s*(aws_access_key_id|aws_secret_access_key|aws_session_token)\s*=/i;
const header = /^\s*\[\s*(?<name>[^\]]+?)\s*\]/;

/** The file's text with this profile's pair. */
export function withPair(
  content: string,
  profile: string,
  { accessKeyId, secretAccessKey }: KeyPair,
): string {
  const pair = [`aws_access_key_id = ${accessKeyId}`, `aws_secret_access_key = ${secretAccessKey}`];
  const lines = content === '' ? [] : content.replace(/\n$/, '').split('\n');
  const start = lines.findIndex((line) => header.exec(line)?.groups?.name === profile);
  if (start === -1)
    return [...lines, ...(lines.length === 0 ? [] : ['']), `[${profile}]`, ...pair, ''].join('\n');
  const next = lines.findIndex((line, index) => index > start && header.test(line));
  const end = next === -1 ? lines.length : next;
  const rest = lines.slice(start + 1, end).filter((line) => !ours.test(line));
  return [...lines.slice(0, start + 1), ...pair, ...rest, ...lines.slice(end), ''].join('\n');
}

/** The pair in a profile; undefined if there is none. */
export function pairIn(content: string, profile: string): KeyPair | undefined {
  const values = new Map<string, string>();
  let isIn = false;
  for (const line of content.split('\n')) {
    const name = header.exec(line)?.groups?.name;
    if (name !== undefined) isIn = name === profile;
    const [, key = '', value = ''] = /^\s*([\w]+)\s*=\s*(\S+)\s*$/.exec(line) ?? [];
    if (isIn && key !== '') values.set(key.toLowerCase(), value);
  }
  const [accessKeyId, secretAccessKey] = [
    values.get('aws_access_key_id'),
    values.get('aws_secret_access_key'),
  ];
  return accessKeyId === undefined || secretAccessKey === undefined
    ? undefined
    : { accessKeyId, secretAccessKey };
}

export const readFile = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '');

/** Replaces the file as a whole, readable by its owner only: nobody ever sees half of it. Follows a symbolic link. */
export function replaceFile(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const target = existsSync(path) ? realpathSync(path) : path;
  const draft = `${target}.keyturn-${process.pid}`;
  try {
    const file = openSync(draft, 'wx', 0o600);
    try {
      writeSync(file, content);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    chmodSync(draft, 0o600);
    renameSync(draft, target);
  } finally {
    rmSync(draft, { force: true });
  }
}
