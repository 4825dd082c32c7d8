import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { readServerOptions } from '../../local/console/options.ts';
import { readCommandLine } from '../../local/demo/command-line.ts';
import { keyturn } from '../cli/run.ts';
import { onlyParsed, shellSteps } from './documented/aws-steps.ts';
import { keyturnSteps } from './documented/keyturn-steps.ts';
import { DocumentedShell, whyNoShell } from './documented/shell.ts';
import { DocumentedStage } from './documented/stage.ts';
import {
  type Commands,
  commandOf,
  type DocumentedStep,
  differentCommands,
  filledIn,
  isShort,
} from './documented/step.ts';
import { tryKeyturnSteps, tryShellSteps } from './documented/try-steps.ts';
import { wordsOf } from './mailed/shell.ts';

const runbook = differentCommands('docs/runbook.md');
const forNewcomers = new Map([...differentCommands('README.md'), ...differentCommands('docs/try.md')]);
const npm = [...forNewcomers.keys()].filter((told) => told.startsWith('npm '));

/** Each command of the AWS CLI loads the whole CLI. */
const patience = { timeout: 900_000 };
let stage: DocumentedStage;
let folder: string;
const shells: DocumentedShell[] = [];

beforeAll(async () => {
  stage = await DocumentedStage.begin();
  folder = mkdtempSync(join(tmpdir(), 'keyturn-runbook-'));
});
afterAll(async () => {
  for (const shell of shells) shell.close();
  await stage.server.close();
  rmSync(folder, { recursive: true });
});

/** A shell of its own for each page. @param endpoint where the AWS CLI finds AWS */
async function openShell(endpoint: string): Promise<DocumentedShell> {
  const shell = await DocumentedShell.open(endpoint);
  shells.push(shell);
  return shell;
}

/** Checks what a command printed, that it holds no secret, and what it did. */
async function check(
  { exitCode = 0, says, after, showsSecret }: DocumentedStep,
  line: string,
  ended: { readonly exitCode: number; readonly out: string },
): Promise<void> {
  expect.soft(ended.exitCode, `${line}\n${ended.out}`).toBe(exitCode);
  if (says !== undefined) expect.soft(ended.out, line).toMatch(says());
  if (showsSecret !== true) stage.server.world.watcher.read(line, ended.out);
  await after?.(ended.out);
}

const asks = /^npx keyturn (?:answer|resume|rollback|stop) /;

async function runKeyturn(step: DocumentedStep, commands: Commands): Promise<void> {
  await step.before?.();
  const written = filledIn(commandOf(step, commands), step.fill?.() ?? {});
  const line = written.replaceAll('$ACCOUNT', stage.accountId).replaceAll('$IAM_USER', stage.user);
  const [, , ...words] = await wordsOf(line.replace(/ --local$/, ''), (inner) =>
    Promise.reject(new Error(inner)),
  );
  const more = [...(step.more ?? []), ...(asks.test(line) ? ['--yes'] : []), '--local', stage.server.url];
  const { exitCode, stdout, stderr } = await keyturn([...words, ...more]);
  await check(step, line, { exitCode, out: stdout + stderr });
}

async function runInShell(shell: DocumentedShell, step: DocumentedStep, commands: Commands): Promise<void> {
  await step.before?.();
  const line = filledIn(commandOf(step, commands), step.fill?.() ?? {});
  const ended = await shell.run(line);
  await stage.server.clock.settle();
  await check(step, line, ended);
}

/** The commands for which there is no step. @throws if two steps are about the same one */
function withoutStep(commands: Commands, steps: readonly DocumentedStep[]): string[] {
  const run = steps.map((step) => commandOf(step, commands));
  expect(new Set(run).size).toBe(steps.length);
  return [...commands]
    .filter(([told, text]) => !run.includes(text) && !isShort(told, commands.keys()))
    .map(([told]) => told);
}

describe('every command of README and try.md', () => {
  it('is run here, or is a script of npm with options that it has', () => {
    const { scripts } = z
      .object({ scripts: z.record(z.string(), z.string()) })
      .parse(JSON.parse(readFileSync('package.json', 'utf8')));
    const steps = [...tryKeyturnSteps(stage), ...tryShellSteps(stage)];
    expect(withoutStep(forNewcomers, steps).filter((told) => !npm.includes(told))).toEqual([]);
    for (const command of npm) {
      const [, name = '', options = ''] =
        /^(?:npm ci && )?npm (?:run )?(\w+)(?: -- (.*))?$/.exec(command) ?? [];
      expect(Object.keys(scripts), command).toContain(name);
      const read = name === 'demo' ? readCommandLine : readServerOptions;
      expect(options === '' || read(options.split(' ')) !== undefined, command).toBe(true);
    }
  });

  it('of keyturn does what the page says', patience, async () => {
    for (const step of tryKeyturnSteps(stage)) await runKeyturn(step, forNewcomers);
  });

  it.skipIf(whyNoShell !== '')(
    `of the AWS CLI shows the account that it names${whyNoShell}`,
    patience,
    async () => {
      const shell = await openShell('http://127.0.0.1:9');
      for (const step of tryShellSteps(stage)) await runInShell(shell, step, forNewcomers);
    },
  );
});

describe('every command of the runbook', () => {
  it('is run by one step', () => {
    const steps = [
      ...keyturnSteps(stage, folder),
      ...shellSteps(stage),
      ...onlyParsed.map((command) => ({ command })),
    ];
    expect(withoutStep(runbook, steps)).toEqual(['npm start']);
  });

  it('of keyturn does what the page says, for the user that it names', patience, async () => {
    for (const step of keyturnSteps(stage, folder)) await runKeyturn(step, runbook);
    expect(stage.server.world.watcher.violations).toEqual([]);
  });

  it.skipIf(whyNoShell !== '')(
    `of the AWS CLI does what the page says, for the account that it names${whyNoShell}`,
    patience,
    async () => {
      const shell = await openShell(stage.server.url);
      for (const step of shellSteps(stage, shell)) await runInShell(shell, step, runbook);
      expect(stage.server.world.watcher.violations).toEqual([]);
    },
  );

  it.skipIf(whyNoShell !== '')(
    `of a service that the local system doesn’t have is understood by the AWS CLI${whyNoShell}`,
    patience,
    async () => {
      // Nothing listens there: a command that is understood says so.
      const shell = await openShell('http://127.0.0.1:9');
      await shell.run(
        'member() { aws "$@"; }; secrets() { aws secretsmanager "$@"; }; ACCOUNT=1 IAM_USER=user',
      );
      for (const command of onlyParsed) {
        const line = commandOf({ command }, runbook).replaceAll('…', 'AKIAIOSFODNN7EXAMPLE');
        const { out } = await shell.run(line);
        expect.soft(out.trim(), line).toMatch(/^Could not connect to the endpoint URL/);
      }
    },
  );
});
