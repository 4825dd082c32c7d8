import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import {
  DescribeExecutionCommand,
  type ExecutionStatus,
  GetExecutionHistoryCommand,
  SendTaskSuccessCommand,
  SFNClient,
} from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect } from 'vitest';
import type { Dependencies } from '../../tasks/dependencies.ts';
import { type LinkReference, signLink } from '../../tasks/domain/asking/link.ts';
import type { Question } from '../../tasks/domain/asking/question.ts';
import { parseSettings } from '../../tasks/domain/settings/told.ts';
import { ownerApp } from '../../tasks/owner/app.ts';
import { executionArn, newKeyId } from '../tasks/ids.ts';
import { History, makeQuestion } from './fixtures.ts';

const mocked = () => ({
  sfn: mockClient(SFNClient),
  secrets: mockClient(SecretsManagerClient),
  s3: mockClient(S3Client),
});
type Mocked = ReturnType<typeof mocked>;

export let sfn: Mocked['sfn'];
export let secrets: Mocked['secrets'];
export let s3: Mocked['s3'];
export const secret = 'the current signing key, 32 characters or more';
export const previousSecret = 'the previous signing key, 32 characters or more';
export const now = new Date('2026-11-23T08:00:00Z');
export const settings = parseSettings({
  mode: 'live',
  region: 'eu-west-1',
  mailFrom: 'keyturn@example.com',
  operators: 'ops@example.com',
  linkBase: 'https://keyturn.example.com',
  reportBucket: 'reports',
});

export let logged: string[];
export let objects: Set<string>;
export let dependencies: Dependencies;

/** Each test file calls it: modules are loaded once per worker, what is up here serves one file. */
export function newAppBeforeEach(): void {
  ({ sfn, secrets, s3 } = mocked());
  beforeEach(() => {
    sfn.reset();
    secrets.reset();
    secrets.on(GetSecretValueCommand, { VersionStage: 'AWSCURRENT' }).resolves({ SecretString: secret });
    secrets
      .on(GetSecretValueCommand, { VersionStage: 'AWSPREVIOUS' })
      .resolves({ SecretString: previousSecret });
    sfn.on(SendTaskSuccessCommand).resolves({});
    objects = new Set();
    s3.reset();
    s3.on(PutObjectCommand).callsFake(({ Key, IfNoneMatch }) => {
      if (IfNoneMatch === '*' && objects.has(Key))
        throw Object.assign(new Error('x'), { name: 'PreconditionFailed' });
      objects.add(Key);
    });
    logged = [];
    const log = (message: string, details: Record<string, unknown>) => {
      logged.push(JSON.stringify({ message, ...details }));
    };
    dependencies = {
      settings,
      aws: { region: 'eu-west-1' },
      now: () => now,
      sleep: async () => undefined,
      log: { info: log, warn: log, error: log },
      metrics: { record: () => undefined },
    };
  });
}

/** Until the next test. */
export function changeDependencies(changes: Partial<Dependencies>): void {
  dependencies = { ...dependencies, ...changes };
}

export function stage(history: History, status: ExecutionStatus = 'RUNNING'): void {
  sfn.on(DescribeExecutionCommand).resolves({ status, startDate: now, input: '{}' });
  // In two pages, so that whoever reads only the first one misses the question.
  sfn.on(GetExecutionHistoryCommand).resolves({ events: history.events.slice(0, 1), nextToken: 'more' });
  sfn.on(GetExecutionHistoryCommand, { nextToken: 'more' }).resolves({ events: history.events.slice(1) });
}

export const pathOf = (changes: Partial<LinkReference> = {}, key = secret): string => {
  const reference: LinkReference = {
    executionArn,
    stage: 'ask',
    round: 1,
    decision: 'confirm',
    expiresAt: new Date('2026-12-07T08:00:00Z'),
    ...changes,
  };
  return `/answer/${signLink(reference, Buffer.from(key))}`;
};
export const get = (path = pathOf(), method = 'GET') => ownerApp(dependencies).request(path, { method });
export const post = (fields: Record<string, string>, path = pathOf()) =>
  ownerApp(dependencies).request(path, { method: 'POST', body: new URLSearchParams(fields) });
export const sent = () => sfn.commandCalls(SendTaskSuccessCommand).map((call) => call.args[0].input);
export const asked = (changes: Partial<Question> = {}) => new History().ask(makeQuestion(changes));
export const windowLink = () => pathOf({ stage: 'window', decision: 'rollBack' });
export const confirmed = {
  decision: 'confirm',
  by: 'the link mailed to ada@example.com',
  at: '2026-11-22T10:00:00.000Z',
};

export async function expectPage(response: Response, status: number, says: RegExp): Promise<string> {
  const page = await response.text();
  expect(response.status).toBe(status);
  expect(page).toMatch(/<html lang="en">.*<title>.+<\/title>.*<h1 .*?>.+<\/h1>/s);
  expect(page.replaceAll('&#39;', "'")).toMatch(says);
  expect(page).not.toContain(newKeyId.slice(-4));
  expect(page).not.toContain('token');
  expect(page).not.toMatch(/undefined|null|NaN|at \w+ \(|signing key/);
  expect(logged.join()).not.toMatch(/token|\/answer\//);
  return page;
}
