import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listSchema } from '../../cli/acting/stopping.ts';
import { uninstallShape } from '../../cli/acting/uninstall/shape.ts';
import { type RunningServer, startServer } from '../../local/console/serve.ts';
import { keyturn } from './run.ts';

const accountId = '222222222222';
const patience = { timeout: 180_000 };

let server: RunningServer;
let folder: string;
/** The command that is interrupted by the next call of that name. */
let interrupted: { readonly by: string; readonly child: ChildProcess } | undefined;

beforeAll(async () => {
  const fail = (error: unknown) => {
    throw error;
  };
  // Ticks settle what is due, and no time passes by itself.
  const options = { port: 0, seed: 1, accounts: 2, users: 12, paused: false };
  server = await startServer(options, { realTime: () => 0, onFailure: fail, onError: fail });
  folder = mkdtempSync(join(tmpdir(), 'keyturn-interrupted-'));
  // The call is carried out, and the command is gone before it hears of that.
  server.world.aws.onCall(({ operation }) => {
    if (operation !== interrupted?.by) return;
    interrupted.child.kill('SIGINT');
    interrupted = undefined;
  });
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

const users = () =>
  [...(server.world.aws.accounts.get(accountId)?.users.values() ?? [])].filter(
    ({ keys, tags }) => keys.length === 1 && keys[0]?.status === 'Active' && !tags.has('keyturn:exempt'),
  );

/** Runs the real command, and presses Ctrl-C at its first call of that name. */
async function interruptAt(by: string, ...argv: readonly string[]): Promise<void> {
  const command = new URL('../../cli/keyturn.mjs', import.meta.url).pathname;
  const child = spawn(process.execPath, [command, ...argv, '--local', server.url], { stdio: 'ignore' });
  interrupted = { by, child };
  const [code] = await once(child, 'exit');
  expect(code).toBe(130);
}

const statuses = (): string[] =>
  [...server.world.engine.executions.values()]
    .filter(({ name }) => /-\d+$/.test(name) && name.startsWith(accountId))
    .map(({ name, status }) => `${name} ${status}`);

describe('Ctrl-C', () => {
  it('during stop --all leaves a whole list, from which all are started again', patience, async () => {
    const three = users().slice(0, 3);
    for (const { name } of three) await keyturn(['rotate', `${accountId}/${name}`, '--local', server.url]);
    const list = join(folder, 'stopped.json');
    const who = ['--by', 'Jane Doe', '--reason', 'INC-4711'];
    await interruptAt('StopExecution', 'stop', '--all', ...who, '--yes', '--list', list);
    expect(readdirSync(folder)).toEqual(['stopped.json']);
    const { rotations } = listSchema.parse(JSON.parse(readFileSync(list, 'utf8')));
    expect(rotations.map(({ stopped }) => stopped)).toEqual([false, false, false]);
    expect(statuses().filter((one) => one.endsWith('ABORTED'))).toHaveLength(1);
    const resumed = await keyturn(['resume', list, '--yes', '--local', server.url]);
    expect(resumed.exitCode).toBe(0);
    for (const { name } of three) {
      const running = statuses().filter((one) => one.includes(`-${name}-`) && one.endsWith('RUNNING'));
      expect(running, `${resumed.stdout}\n${statuses().join('\n')}`).toHaveLength(1);
    }
  });

  it(
    'during uninstall leaves every rotation as it was or told, and running it again goes on',
    patience,
    async () => {
      const before = users().slice(-4, -2);
      for (const { name } of before) await keyturn(['rotate', `${accountId}/${name}`, '--local', server.url]);
      const uninstall = ['uninstall', '--by', 'Jane Doe', '--reason', 'INC-4711', '--yes'];
      await interruptAt('SendTaskSuccess', ...uninstall);
      const { stdout } = await keyturn([...uninstall, '--json', '--local', server.url]);
      const { rotations, state } = uninstallShape.parse(JSON.parse(stdout));
      expect(state).toBe('underWay');
      for (const { name } of before) {
        const [one] = rotations.filter(({ userName }) => userName === name);
        // Told before the interruption, and carried out by now; or told only now.
        expect(one?.told === true || one?.act === 'wait' || one?.act === 'finish', JSON.stringify(one)).toBe(
          true,
        );
      }
      await server.clock.settle();
      const again = await keyturn([...uninstall, '--json', '--local', server.url]);
      const later = uninstallShape.parse(JSON.parse(again.stdout)).rotations;
      expect(later.filter(({ act }) => act === 'rollBack')).toEqual([]);
      expect(server.world.watcher.violations).toEqual([]);
    },
  );

  it('during leak doesn’t stop the emergency', patience, async () => {
    const user = users().at(-1);
    const [key] = user?.keys ?? [];
    await interruptAt('StartExecution', 'leak', key?.id ?? '', '--user', user?.name ?? '');
    await server.clock.settle();
    expect(key?.status).toBe('Inactive');
    expect(user?.keys).toHaveLength(2);
    expect(server.world.watcher.violations).toEqual([]);
  });
});
