import type { CommandSpec } from './command.ts';
import { doctorCommand } from './doctor/command.ts';
import { listCommand } from './list/command.ts';
import { diffCommand, openCommand } from './report/command.ts';
import { statusCommand } from './status/command.ts';
import { watchCommand } from './watch/command.ts';
import { whoseCommand, whyCommand } from './why/command.ts';

/** Every command that looks at a deployment, in the order of the help. */
export const commands: readonly CommandSpec[] = [
  ...[statusCommand, listCommand, watchCommand, whyCommand, whoseCommand],
  ...[openCommand, diffCommand, doctorCommand],
];
