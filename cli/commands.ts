import { adoptCommand } from './acting/adopt.ts';
import { answerCommand } from './acting/answer.ts';
import { auditCommand } from './acting/audit.ts';
import { leakCommand } from './acting/leak.ts';
import { resumeCommand } from './acting/resume.ts';
import { rollbackCommand } from './acting/rollback.ts';
import { retireCommand, rotateCommand } from './acting/rotate.ts';
import { stopCommand } from './acting/stop.ts';
import { exemptCommand, ownerCommand, policyCommand } from './acting/tags.ts';
import { takeOverCommand } from './acting/take-over.ts';
import { uninstallCommand } from './acting/uninstall/command.ts';
import type { CommandSpec } from './command.ts';
import { doctorCommand } from './doctor/command.ts';
import { listCommand } from './list/command.ts';
import { recordCommand } from './record/command.ts';
import { diffCommand, openCommand } from './report/command.ts';
import { statusCommand } from './status/command.ts';
import { watchCommand } from './watch/command.ts';
import { whoseCommand, whyCommand } from './why/command.ts';

/** Every command for a deployment, in the order of the help. */
export const commands: readonly CommandSpec[] = [
  ...[statusCommand, listCommand, rollbackCommand, leakCommand, rotateCommand, retireCommand],
  ...[stopCommand, resumeCommand, watchCommand, whyCommand, exemptCommand, policyCommand, ownerCommand],
  ...[
    adoptCommand,
    auditCommand,
    openCommand,
    diffCommand,
    recordCommand,
    answerCommand,
    doctorCommand,
    whoseCommand,
  ],
  ...[takeOverCommand, uninstallCommand],
];
