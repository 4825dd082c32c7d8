import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { bundleAll, writeCode } from '../../infra/bundling.ts';
import { settingsFileOf } from '../../infra/environment.ts';
import { parseDeployment } from '../../infra/settings.ts';
import { executionVerbs, verbsIn } from '../../tasks/domain/verbs.ts';
import {
  doesAny,
  entersBy,
  entryOf,
  everyFunction,
  type FunctionRow,
  ownerPages,
} from '../../tasks/manifest.ts';
import { environmentFrom } from '../../tasks/settings.ts';
import { example } from './synthesized.ts';

/** Bytes. A package that grows into every bundle should be noticed before it is deployed. */
const largest = 850_000;

const inBuckets = [
  ...(['readReport', 'writeReport', 'writeRecord', 'countGuess', 'shareQuestions', 'readLease'] as const),
];

/** The SDK clients that a task with this row uses. */
function clientsFor(row: FunctionRow): string[] {
  const clients = [
    ...(entersBy(row).length > 0 ? ['iam', 'sts'] : []),
    ...(doesAny(row, 'readCanaryKeys') ? ['iam', 'secrets-manager', 'sts'] : []),
    ...(doesAny(row, 'describeAccount', 'listAccounts', 'readAccountTags') ? ['organizations'] : []),
    ...(doesAny(row, 'readContacts') ? ['account'] : []),
    ...(doesAny(row, 'readSecretsKey') ? ['kms'] : []),
    ...(doesAny(row, 'readSecret', 'readLinkKey', 'readAdoptable') ? ['secrets-manager'] : []),
    ...(doesAny(row, ...inBuckets) ? ['s3'] : []),
    ...(doesAny(row, 'sendMail') ? ['sesv2'] : []),
    ...(doesAny(row, 'lookUpCalls') ? ['cloudtrail'] : []),
    ...(doesAny(row, 'checkUse') ? ['lambda'] : []),
    ...(doesAny(row, 'putEvents') ? ['eventbridge'] : []),
    ...(doesAny(row, 'importFindings') ? ['securityhub'] : []),
    ...(verbsIn(executionVerbs, row.does).length > 0 ? ['sfn'] : []),
  ];
  return clients.toSorted();
}

const bundles = bundleAll(everyFunction.map(entryOf));

describe('the bundle of', () => {
  it.each(everyFunction)('$name is small, and has the clients that its row needs', (task) => {
    const { code = new Uint8Array(), clients } = bundles.get(entryOf(task)) ?? {};
    expect(clients).toEqual(clientsFor(task));
    expect(code.length).toBeLessThan(largest);
    expect(code.length).toBeGreaterThan(10_000);
  });
});

describe('what is deployed of a function', () => {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-code-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const brand = { name: 'Acme Key Desk' };
  const settings = settingsFileOf(parseDeployment({ ...example, brand }));

  /** A process's answer to a request for a page, with that code and these variables. */
  function pageOf(environment: Readonly<Record<string, string>>): {
    readonly statusCode: number;
    readonly body: string;
  } {
    const event = {
      rawPath: '/',
      rawQueryString: '',
      headers: {},
      requestContext: { http: { method: 'GET' }, domainName: 'keys.example.com' },
    };
    const script = `const { handler } = await import(${JSON.stringify(join(folder, 'index.mjs'))});
      const answer = await (async () => handler(${JSON.stringify(event)}))()
        .catch(({ message }) => ({ statusCode: 500, body: message }));
      process.stdout.write(JSON.stringify(answer))`;
    const env = {
      PATH: process.env.PATH,
      AWS_REGION: 'eu-west-1',
      POWERTOOLS_LOG_LEVEL: 'SILENT',
      ...environment,
    };
    const said = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      env,
      encoding: 'utf8',
    });
    return z.object({ statusCode: z.number(), body: z.string() }).parse(JSON.parse(said));
  }

  it('reads the settings file beside it', () => {
    const { code = new Uint8Array() } = bundles.get(entryOf(ownerPages)) ?? {};
    writeCode(folder, { code }, settings);
    expect(readFileSync(join(folder, 'settings.json'), 'utf8')).toBe(settings);
    const linkBase = 'https://keys.example.com';
    const environment = environmentFrom({ mode: 'audit', linkBase, reportBucket: 'reports' });
    const page = pageOf({ ...environment, LAMBDA_TASK_ROOT: folder });
    expect(page).toMatchObject({ statusCode: 404, body: expect.stringContaining('Acme Key Desk') });
    const without = pageOf({ ...environment, LAMBDA_TASK_ROOT: join(folder, 'elsewhere') });
    expect(without).toMatchObject({
      statusCode: 500,
      body: expect.stringContaining("settings.json can't be read"),
    });
  });

  it('has different code as soon as a setting that it reads changes', () => {
    const other = (changes: object) => settingsFileOf(parseDeployment({ ...example, brand, ...changes }));
    expect(other({})).toBe(settings);
    for (const changes of [
      { policy: { quietDays: 14 } },
      { sweep: { waves: { perSweep: 1 } } },
      { accounts: { exclude: ['222222222222'] } },
      { storage: { where: 'central' } },
      { leak: { withoutReplacement: 'deactivate' } },
      { runbookUrl: 'https://wiki.example.com' },
    ]) {
      expect(other(changes)).not.toBe(settings);
    }
    expect(other({ logRetentionDays: 731 })).toBe(settings);
  });
});
