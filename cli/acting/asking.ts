import { createInterface } from 'node:readline/promises';
import { overrideSchema, placeholders } from '../../tasks/domain/rotation.ts';
import { CannotRun } from '../cannot-run.ts';
import type { Asked, OptionValues } from '../command.ts';

/**
 * Shows what a command is going to do, and asks unless `--yes` is given. With `--dry-run` it ends there.
 * @returns whether to do it
 * @throws {CannotRun} if nobody can be asked
 */
export async function isAgreed({ context, options, say }: Asked, plan: string): Promise<boolean> {
  if (context.isDryRun) {
    say(`${plan}\n`);
    return false;
  }
  if (options.yes === true) return true;
  const { stdout, stderr } = context.terminal;
  if (process.stdin.isTTY !== true || stdout !== process.stdout)
    throw new CannotRun('Nobody can be asked here: add --yes to do it, or --dry-run to only look.');
  stderr.write(`${plan}\n`);
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await lines.question('Do it? [y/N] ');
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    lines.close();
  }
}

/** An option's text, if it was given. */
export function text(options: OptionValues, name: string): string | undefined {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
}

/** A whole number among the options. @throws {CannotRun} */
export function wholeNumber(options: OptionValues, name: string, flag: string): number | undefined {
  const given = text(options, name);
  if (given === undefined) return undefined;
  if (/^\d{1,6}$/.test(given)) return Number(given);
  throw new CannotRun(`${flag} takes a whole number; "${given}" isn’t one.`);
}

/** Who acts and why, which goes on record. @throws {CannotRun} if either is missing */
export function byAndReason(options: OptionValues): { readonly by: string; readonly reason: string } {
  const parsed = overrideSchema.safeParse({ by: options.by, reason: options.reason });
  if (parsed.success) return parsed.data;
  throw new CannotRun(
    `Say who you are and why: --by "${placeholders.by}" --reason "${placeholders.reason}". Both go on record, and into the owner’s mail.`,
  );
}

export const byAndReasonOptions = [
  ['--by <name>', 'your name; goes on record'],
  ['--reason <text>', 'why; goes on record'],
] as const;
