import { answerCommand } from './acting/answer.ts';
import { auditCommand } from './acting/audit.ts';
import { leakCommand } from './acting/leak.ts';
import { resumeCommand } from './acting/resume.ts';
import { rollbackCommand } from './acting/rollback.ts';
import { retireCommand, rotateCommand } from './acting/rotate.ts';
import { stopCommand } from './acting/stop.ts';
import { exemptCommand, ownerCommand, policyCommand } from './acting/tags.ts';
import type { CommandSpec } from './command.ts';
import { doctorCommand } from './doctor/command.ts';

/** Every command that looks at a deployment, in the order of the help. */
export const commands: readonly CommandSpec[] = [
  rollbackCommand,
  leakCommand,
  rotateCommand,
  retireCommand,
  stopCommand,
  resumeCommand,
  answerCommand,
  exemptCommand,
  policyCommand,
  ownerCommand,
  auditCommand,
  doctorCommand,
];
