import type { CommandSpec } from './command.ts';
import { doctorCommand } from './doctor/command.ts';

/** Every command that looks at a deployment, in the order of the help. */
export const commands: readonly CommandSpec[] = [doctorCommand];
