import { versionIdOf } from '../domain/keys.ts';
import { secretNameOf } from '../domain/rotation.ts';
import { clean, shellQuoted } from './clean.ts';
import type { Block } from './document.ts';
import type { MailFacts } from './facts.ts';

/** The secret that holds the new key, as a command or the SDK takes it. */
export const secretIdOf = ({
  rotation,
  secretArn,
  settings,
}: Pick<MailFacts, 'rotation' | 'secretArn' | 'settings'>): string =>
  secretArn ?? secretNameOf(settings.secretPrefix, rotation);

/** How to read the new key; nothing where none was made. The version's ID is a hash of the key's, no secret. */
export function fetchNewKey(facts: MailFacts): Block[] {
  const { newKeyId, settings } = facts;
  if (newKeyId === undefined) return [];
  const secret = { id: secretIdOf(facts), version: versionIdOf(newKeyId), region: settings.region };
  return [
    { kind: 'heading', text: 'Read the new key' },
    {
      kind: 'text',
      text: 'It is in Secrets Manager and nowhere else. This prints the access key ID and the secret access key:',
    },
    { kind: 'command', words: commandOf(secret) },
    { kind: 'text', text: 'In a program (Python, boto3; other SDKs alike):' },
    { kind: 'snippet', lines: snippetOf(secret) },
  ];
}

interface Secret {
  readonly id: string;
  readonly version: string;
  readonly region: string;
}

const commandOf = ({ id, version, region }: Secret): string[] => [
  'aws secretsmanager get-secret-value',
  `--secret-id ${shellQuoted(id)}`,
  `--version-id ${version}`,
  `--region ${shellQuoted(region)}`,
  '--query SecretString --output text',
];

/** A JSON string is one of Python's too; two in a row are one, so that the long one fits a narrow screen. */
const snippetOf = ({ id, version, region }: Secret): string[] => [
  'import boto3, json',
  `secrets = boto3.client("secretsmanager", region_name=${JSON.stringify(region)})`,
  'answer = secrets.get_secret_value(',
  `    SecretId=${JSON.stringify(clean(id))},`,
  `    VersionId="${version.slice(0, 32)}"`,
  `              "${version.slice(32)}")`,
  'key = json.loads(answer["SecretString"])',
  '# key["accessKeyId"], key["secretAccessKey"]',
];
