import { clean } from '../domain/clean.ts';
import { nameOf } from '../domain/execution-name.ts';
import { inCentralAccount, startExecution } from './commands.ts';
import type { Message } from './document.ts';
import type { Speaker } from './facts.ts';
import { inRunbook, sections } from './runbook.ts';
import { withoutKeyEnds } from './words.ts';

/** To the operators. `stage`: the state that failed. */
export function sweepFailed(facts: {
  readonly executionArn: string;
  readonly error: string;
  readonly cause: string;
  readonly stage: string;
  readonly speaker: Speaker;
}): Message {
  const { executionArn, error, cause, stage, speaker } = facts;
  return {
    subject: `Sweep failed, ${error} in ${stage}: ${nameOf(executionArn)}`,
    title: 'A sweep of the organization failed',
    lead: `It ended in ${clean(stage)} with ${clean(error)}. Rotations that it had started continue; nothing else was changed.`,
    blocks: [
      {
        kind: 'facts',
        rows: [
          ['Error', error],
          ['Stage', stage],
          ['Cause', withoutKeyEnds(cause).slice(0, 2000)],
        ],
      },
      {
        kind: 'text',
        text: `Once the cause is fixed, start another ${inCentralAccount({ executionArn })}; no rotation is started twice:`,
      },
      startExecution(executionArn),
      inRunbook(speaker, sections.sweepFailed),
    ],
    footer: `You get this mail because you run ${speaker.name}. Execution: ${clean(executionArn)}`,
  };
}
