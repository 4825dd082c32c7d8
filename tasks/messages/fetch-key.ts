import { clean } from '../domain/clean.ts';
import { accountIn, partitionOf } from '../domain/execution-name.ts';
import { versionIdOf } from '../domain/keys.ts';
import { secretNameOf } from '../domain/rotation.ts';
import { storageOf } from '../domain/secret-access.ts';
import { namesOf, type SecretShape, shapeOf } from '../domain/secret-shape.ts';
import type { Block } from './document.ts';
import type { MailFacts } from './facts.ts';
import { shellQuoted } from './words.ts';

/** The secret that contains the new key, as a command or the SDK takes it. */
export const secretIdOf = ({
  rotation,
  secretArn,
  settings,
}: Pick<MailFacts, 'rotation' | 'secretArn' | 'settings'>): string =>
  secretArn ?? secretNameOf(settings.secretPrefix, rotation);

/** How to read the new key; empty if none was created. The version's ID is a hash of the key's ID, not a secret. */
export function fetchNewKey(facts: MailFacts): Block[] {
  const { newKeyId, settings } = facts;
  if (newKeyId === undefined) return [];
  const secret = { id: secretIdOf(facts), version: versionOf(facts, newKeyId), region: settings.region };
  return [
    { kind: 'heading', text: 'Read the new key' },
    { kind: 'text', text: `It is in Secrets Manager and nowhere else. ${identityText(facts)}` },
    {
      kind: 'text',
      text: 'This prints the access key ID and the secret access key:',
    },
    { kind: 'command', words: commandOf(secret) },
    {
      kind: 'text',
      text: 'In a program (Python with boto3; other SDKs are similar). It reads the current version, AWSCURRENT, so it stays the same at every rotation:',
    },
    { kind: 'snippet', lines: programThatReads(secret, shapeOf(facts.plan.shape)) },
    ...ifDenied(facts, secret),
  ];
}

/** The same in a mail about several users: what is different for each of them. */
export function fetchNewKeyBriefly(facts: MailFacts): Block[] {
  const { newKeyId, settings } = facts;
  if (newKeyId === undefined) return [];
  const secret = { id: secretIdOf(facts), version: versionOf(facts, newKeyId), region: settings.region };
  return [
    { kind: 'text', text: identityText(facts) },
    { kind: 'command', words: commandOf(secret) },
  ];
}

/** What the commands of such a mail have in common. */
export const aboutCommands = (several: readonly MailFacts[]): string => {
  const [one] = several;
  const denied = one !== undefined && isCentral(one) ? ` ${deniedInCentral(one)}` : '';
  return `The new keys are in Secrets Manager and nowhere else. Each command prints an access key ID and a secret access key. If AWS answers AccessDenied, you are using another identity than the one above the command.${denied}`;
};

const deniedInCentral = ({ settings }: MailFacts): string =>
  `Or the user's own account must allow it too: an administrator there can attach the managed policy ${readPolicyOf(settings)}, which already exists, to the IAM user.`;

const readPolicyOf = ({ memberRole }: MailFacts['settings']): string =>
  `${memberRole.replace(/-member$/, '')}-read-own-key`;

const isCentral = ({ rotation, secretArn, settings }: MailFacts): boolean =>
  (storageOf(rotation, secretArn) ?? settings.storage) === 'central' &&
  accountIn(rotation.executionArn) !== rotation.accountId;

/** Which identity to run the command with. */
function identityText(facts: MailFacts): string {
  const { rotation, settings } = facts;
  const user = `the IAM user ${rotation.userName} of account ${rotation.accountId}`;
  const readers = settings.secretReaders.map((reader) => reader.replace('/', ' '));
  const others =
    readers.length === 0 ? '' : `, or as one of these, in the same account: ${readers.join(', ')}`;
  return `Run the command as ${user} itself, with the key that it has now${others}.`;
}

/** What to do if the command is denied. */
function ifDenied(facts: MailFacts, { id, region }: Secret): Block[] {
  const { rotation, settings } = facts;
  const arn = arnOf(facts, id);
  if (isCentral(facts)) {
    return [
      {
        kind: 'text',
        text: `If AWS answers AccessDenied: the secret is in another account, which lets that identity read it, but its own account must allow it too. An administrator of account ${rotation.accountId} can attach the managed policy ${readPolicyOf(settings)}, which already exists there, to the IAM user, or this policy to the identity that runs the command:`,
      },
      { kind: 'snippet', lines: policyLines(arn, keysBeside(arn, region)) },
    ];
  }
  const theirs =
    facts.plan.adoptedSecret === undefined
      ? 'That identity needs no policy of its own to read the secret.'
      : 'It is the secret that your application read before, and who may read it is as it was.';
  if (settings.secretExclusive) {
    return [
      {
        kind: 'text',
        text: `${theirs} If AWS answers AccessDenied, you are using another identity, and no other may read the secret.`,
      },
    ];
  }
  return [
    {
      kind: 'text',
      text: `${theirs} If AWS answers AccessDenied, you are using another identity. An administrator of account ${rotation.accountId} can give it this policy:`,
    },
    { kind: 'snippet', lines: policyLines(arn) },
  ];
}

/** The ARN for a policy. A rotation that began under 0.1.0 has only the secret's name. */
function arnOf(facts: MailFacts, id: string): string {
  if (id.startsWith('arn:')) return id;
  const { executionArn, accountId } = facts.rotation;
  const keeper = isCentral(facts) ? accountIn(executionArn) : accountId;
  return `arn:${partitionOf(executionArn)}:secretsmanager:${facts.settings.region}:${keeper}:secret:${id}-??????`;
}

/** The KMS keys of the account that contains the secret. */
const keysBeside = (secretArn: string, region: string): { readonly keys: string; readonly via: string } => ({
  keys: `arn:${partitionOf(secretArn)}:kms:${region}:${accountIn(secretArn)}:key/*`,
  via: `secretsmanager.${region}.amazonaws.com`,
});

/** A policy that can be pasted unchanged. */
function policyLines(secretId: string, kms?: { readonly keys: string; readonly via: string }): string[] {
  const read = { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: clean(secretId) };
  const decrypt =
    kms === undefined
      ? []
      : [
          {
            Effect: 'Allow',
            Action: 'kms:Decrypt',
            Resource: kms.keys,
            Condition: { StringEquals: { 'kms:ViaService': kms.via } },
          },
        ];
  const policy = JSON.stringify({ Version: '2012-10-17', Statement: [read, ...decrypt] }, undefined, 2);
  return narrowed(policy).split('\n');
}

/** The same JSON, less deep: a list's objects begin and end on its own lines. */
const narrowed = (json: string): string =>
  json
    .replace(/\[\s+\{/, '[{')
    .replaceAll(/ {2}\},\s+\{/g, '}, {')
    .replace(/ {2}\}\s+\]/, '}]')
    .replaceAll(/^ {2}(?= {4})/gm, '');

/** Undefined for a key that was in an adopted secret before: it is the current version, under an ID of its own. */
const versionOf = ({ plan }: MailFacts, newKeyId: string): string | undefined =>
  plan.adoptedSecret !== undefined && plan.keysSeen.includes(newKeyId) ? undefined : versionIdOf(newKeyId);

interface Secret {
  readonly id: string;
  readonly version: string | undefined;
  readonly region: string;
}

const commandOf = ({ id, version, region }: Secret): string[] => [
  'aws secretsmanager get-secret-value',
  `--secret-id ${shellQuoted(id)}`,
  ...(version === undefined ? [] : [`--version-id ${version}`]),
  `--region ${shellQuoted(region)}`,
  '--query SecretString --output text',
];

/**
 * A program that reads the current key. It names no version, so nobody edits it at a rotation. A JSON string is also a
 * valid Python string.
 */
export const programThatReads = (
  { id, region }: Pick<Secret, 'id' | 'region'>,
  shape: SecretShape,
): string[] => [
  'import boto3, json',
  `secrets = boto3.client("secretsmanager", region_name=${JSON.stringify(region)})`,
  'answer = secrets.get_secret_value(',
  `    SecretId=${JSON.stringify(clean(id))})`,
  ...(shape.as === 'file'
    ? [
        'open("credentials", "w").write(answer["SecretString"])',
        `# an AWS credentials file: [${shape.profile}]`,
      ]
    : ['key = json.loads(answer["SecretString"])', `# ${fieldsOf(shape)}`]),
];

const fieldsOf = (shape: SecretShape): string =>
  [...namesOf(shape), ...(shape.smtp === undefined ? [] : [shape.smtp.field])]
    .map((name) => `key[${JSON.stringify(name)}]`)
    .join(', ');
