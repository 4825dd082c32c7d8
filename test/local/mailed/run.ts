import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as cloudTrail from '@aws-sdk/client-cloudtrail';
import * as iam from '@aws-sdk/client-iam';
import * as s3 from '@aws-sdk/client-s3';
import * as secretsManager from '@aws-sdk/client-secrets-manager';
import * as stepFunctions from '@aws-sdk/client-sfn';
import { type Credentials, cliVariables, hasAwsCli } from '../aws-cli/aws-cli.ts';
import { wordsOf } from './shell.ts';

const execute = promisify(execFile);

/** Without the AWS CLI, commands are run by the SDK only. */
export const ways = hasAwsCli ? (['SDK', 'CLI'] as const) : (['SDK'] as const);
export type Way = (typeof ways)[number];

/** Runs a command from a mail, exactly as it is there. @returns what it prints */
export const runLine = (line: string, endpoint: string, by: Credentials, way: Way): Promise<string> =>
  way === 'CLI' ? byCli(line, endpoint, by) : bySdk(line, endpoint, by);

async function byCli(line: string, endpoint: string, by: Credentials): Promise<string> {
  const { stdout } = await execute('sh', ['-c', line], {
    // An operator's shell has a region; commands for regional services name theirs.
    env: { ...(await cliVariables(endpoint, by)), AWS_DEFAULT_REGION: 'us-east-1' },
  });
  return stdout;
}

interface Service {
  readonly client: new (config: object) => { send(command: never): Promise<object> };
  readonly commands: object;
  /** How the API writes the names of its fields. */
  readonly camel: boolean;
}

const services: Readonly<Record<string, Service>> = {
  cloudtrail: { client: cloudTrail.CloudTrailClient, commands: cloudTrail, camel: false },
  iam: { client: iam.IAMClient, commands: iam, camel: false },
  secretsmanager: {
    client: secretsManager.SecretsManagerClient,
    commands: secretsManager,
    camel: false,
  },
  stepfunctions: { client: stepFunctions.SFNClient, commands: stepFunctions, camel: true },
};

async function bySdk(line: string, endpoint: string, by: Credentials): Promise<string> {
  const [aws, name = '', operation = '', ...rest] = await wordsOf(line, (inner) =>
    bySdk(inner, endpoint, by),
  );
  if (aws !== 'aws') throw new Error(`${line} is no command of the AWS CLI`);
  if (name === 's3') return copyFolder(rest, endpoint, by);
  const service = services[name];
  const Command = Object.entries(service?.commands ?? {}).find(
    ([one]) => one === `${pascal(operation)}Command`,
  )?.[1];
  if (service === undefined || Command === undefined) throw new Error(`no ${name} ${operation} here`);
  const { region = 'us-east-1', query, output: _, ...options } = optionsIn(rest);
  const client = new service.client({ region, endpoint, credentials: by });
  const input = Object.entries(options).map(([option, value]) => [
    service.camel ? camel(option) : pascal(option),
    readOption(option, value),
  ]);
  // The command's class and its client come from the same module.
  const answer = await client.send(new Command(Object.fromEntries(input)) as never);
  return query === undefined ? JSON.stringify(answer) : queried(answer, query);
}

function readOption(option: string, value: string): unknown {
  if (option === 'tags') return JSON.parse(value);
  // The CLI's shorthand for a list of one structure.
  if (option !== 'lookup-attributes') return value;
  return [Object.fromEntries(value.split(',').map((part) => part.split('=')))];
}

function optionsIn(words: readonly string[]): Record<string, string> {
  const options: Record<string, string> = {};
  for (let at = 0; at < words.length; at += 2) {
    const [option, value] = words.slice(at, at + 2);
    if (!option?.startsWith('--') || value === undefined) throw new Error(`${option} is no option`);
    options[option.slice(2)] = value;
  }
  return options;
}

const pascal = (kebab: string): string =>
  kebab
    .split('-')
    .map((part) => `${part.charAt(0).toUpperCase()}${part.slice(1)}`)
    .join('');
const camel = (kebab: string): string => pascal(kebab).replace(/^./, (first) => first.toLowerCase());

/** The queries that mails have. */
function queried(answer: object, query: string): string {
  const fields = new Map<string, unknown>(Object.entries(answer));
  if (/^\w+$/.test(query)) return `${fields.get(query)}\n`;
  const [, all = '', field = ''] = /^(\w+)\[\]\.(\w+)$/.exec(query) ?? [];
  const listed = fields.get(all);
  if (Array.isArray(listed)) return listed.map((one) => one[field]).join('\t');
  const [, list = '', status, start = ''] =
    /^(\w+)\[\?Status=='(\w+)' && starts_with\(AccessKeyId, '(\w+)'\)\]\.AccessKeyId$/.exec(query) ?? [];
  const keys = fields.get(list);
  if (!Array.isArray(keys)) throw new Error(`no such query here: ${query}`);
  const found = keys.filter((key) => key.Status === status && key.AccessKeyId.startsWith(start));
  return found.map((key) => key.AccessKeyId).join('\t');
}

/** `aws s3 cp --recursive`, without writing files. @returns the names of the objects that it would copy */
async function copyFolder(words: readonly string[], endpoint: string, by: Credentials): Promise<string> {
  const [, Bucket = '', Prefix = ''] = /^s3:\/\/([^/]+)\/(.*)$/.exec(words[1] ?? '') ?? [];
  const client = new s3.S3Client({ region: 'eu-west-1', endpoint, credentials: by, forcePathStyle: true });
  const { Contents = [] } = await client.send(new s3.ListObjectsV2Command({ Bucket, Prefix }));
  for (const { Key } of Contents) await client.send(new s3.GetObjectCommand({ Bucket, Key }));
  return Contents.map(({ Key }) => Key).join('\n');
}
