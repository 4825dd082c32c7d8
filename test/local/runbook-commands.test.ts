import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keyturn } from '../cli/run.ts';
import { onlyParsed, shellSteps } from './documented/aws-steps.ts';
import { keyturnSteps } from './documented/keyturn-steps.ts';
import { Shell, whyNoShell } from './documented/shell.ts';
import { Stage } from './documented/stage.ts';
import { commandOf, differentCommands, filledIn, isShort, type Step } from './documented/step.ts';
import { wordsOf } from './mailed/shell.ts';

const commands = differentCommands('docs/runbook.md');
const patience = { timeout: 300_000 };
let stage: Stage;
let folder: string;
let shell: Shell | undefined;

beforeAll(async () => {
  stage = await Stage.begin();
  folder = mkdtempSync(join(tmpdir(), 'keyturn-runbook-'));
});
afterAll(async () => {
  shell?.close();
  await stage.server.close();
  rmSync(folder, { recursive: true });
});

/** Checks what a command printed, that it holds no secret, and what it did. */
async function check(
  { exitCode = 0, says, after }: Step,
  line: string,
  ended: { readonly exitCode: number; readonly out: string },
): Promise<void> {
  expect.soft(ended.exitCode, `${line}\n${ended.out}`).toBe(exitCode);
  if (says !== undefined) expect.soft(ended.out, line).toMatch(says());
  stage.server.world.watcher.read(line, ended.out);
  await after?.(ended.out);
}

const asks = /^npx keyturn (?:answer|resume|rollback|stop) /;

async function runKeyturn(step: Step): Promise<void> {
  await step.before?.();
  const written = filledIn(commandOf(step, commands), step.fill?.() ?? {});
  const line = written.replaceAll('$ACCOUNT', stage.accountId).replaceAll('$IAM_USER', stage.user);
  const [, , ...words] = await wordsOf(line, (inner) => Promise.reject(new Error(inner)));
  const more = [...(step.more ?? []), ...(asks.test(line) ? ['--yes'] : []), '--local', stage.server.url];
  const { exitCode, stdout, stderr } = await keyturn([...words, ...more]);
  await check(step, line, { exitCode, out: stdout + stderr });
}

async function runInShell(in_: Shell, step: Step): Promise<void> {
  await step.before?.();
  const line = filledIn(commandOf(step, commands), step.fill?.() ?? {});
  const ended = await in_.run(line);
  await stage.server.clock.settle();
  await check(step, line, ended);
}

describe('the runbook’s commands', () => {
  it('are each run by one step', () => {
    const steps = [...keyturnSteps(stage, folder), ...shellSteps(stage)];
    const run = steps.map((step) => commandOf(step, commands));
    expect(new Set(run).size).toBe(steps.length);
    const parsed = onlyParsed.map((command) => commandOf({ command }, commands));
    const left = [...commands].filter(
      ([told, text]) => ![...run, ...parsed, 'npm start'].includes(text) && !isShort(told, commands.keys()),
    );
    expect(left.map(([told]) => told)).toEqual([]);
  });

  it('of keyturn do what the page says, for the user that they name', patience, async () => {
    for (const step of keyturnSteps(stage, folder)) await runKeyturn(step);
    expect(stage.server.world.watcher.violations).toEqual([]);
  });

  it.skipIf(whyNoShell !== '')(
    `of the AWS CLI do what the page says, for the account that they name${whyNoShell}`,
    patience,
    async () => {
      shell = new Shell({
        AWS_ENDPOINT_URL: stage.server.url,
        AWS_DEFAULT_REGION: 'eu-west-1',
        AWS_ACCESS_KEY_ID: 'operator',
        AWS_SECRET_ACCESS_KEY: 'operator',
      });
      for (const step of shellSteps(stage, shell)) await runInShell(shell, step);
      expect(stage.server.world.watcher.violations).toEqual([]);
    },
  );

  it.skipIf(whyNoShell !== '')(
    `of services that the local system doesn’t have are understood by the AWS CLI${whyNoShell}`,
    patience,
    async () => {
      const parser = new Shell({
        // Nothing listens there: a command that is understood says so.
        AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
        AWS_MAX_ATTEMPTS: '1',
        AWS_DEFAULT_REGION: 'eu-west-1',
        AWS_ACCESS_KEY_ID: 'operator',
        AWS_SECRET_ACCESS_KEY: 'operator',
      });
      await parser.run(
        'member() { aws "$@"; }; secrets() { aws secretsmanager "$@"; }; ACCOUNT=1 IAM_USER=user',
      );
      for (const command of onlyParsed) {
        const line = commandOf({ command }, commands).replaceAll('…', 'AKIAIOSFODNN7EXAMPLE');
        expect((await parser.run(line)).out.trim(), line).toMatch(/^Could not connect to the endpoint URL/);
      }
      parser.close();
    },
  );
});
