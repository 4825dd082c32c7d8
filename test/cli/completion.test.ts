import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { optionsOf } from '../../cli/command.ts';
import { commands } from '../../cli/commands.ts';
import { keyturn } from './run.ts';

describe('completion', () => {
  it('offers every command and every option in bash, zsh and fish', async () => {
    for (const shell of ['bash', 'zsh', 'fish']) {
      const { exitCode, stdout } = await keyturn(['completion', shell]);
      expect(exitCode).toBe(0);
      for (const spec of commands) {
        for (const word of spec.name.split(' ')) expect(stdout).toContain(word);
        for (const [flags] of optionsOf(spec)) {
          const flag = /--[\w-]+/.exec(flags)?.[0] ?? flags;
          expect(stdout).toContain(shell === 'fish' ? `-l ${flag.slice(2)}` : flag);
        }
      }
    }
  });

  it('works in a real bash', async () => {
    const { stdout } = await keyturn(['completion', 'bash']);
    const type = (...words: string[]): string =>
      execFileSync(
        'bash',
        [
          '-c',
          `${stdout}\nCOMP_WORDS=(keyturn "$@"); COMP_CWORD=$#; _keyturn; echo "\${COMPREPLY[@]}"`,
          '-',
          ...words,
        ],
        { encoding: 'utf8' },
      ).trim();
    expect(type('doc')).toBe('doctor');
    expect(type('doctor', '--as')).toBe('--assume');
    expect(type('completion', 'f')).toBe('fish');
  });

  it('refuses another shell in one sentence', async () => {
    const { exitCode, stdout, stderr } = await keyturn(['completion', 'tcsh']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(/Allowed choices are bash, zsh, fish\.\n$/);
  });
});

describe('every command', () => {
  it.each(commands.map((spec) => [spec.name, spec] as const))(
    '%s has help with an example',
    async (name, spec) => {
      const { exitCode, stdout } = await keyturn([...name.split(' '), '--help']);
      expect(exitCode).toBe(0);
      for (const example of spec.examples) expect(stdout).toContain(`  $ npx keyturn ${example}`);
      expect(stdout.split('\n').filter(({ length }) => length > 100)).toEqual([]);
    },
  );
});
