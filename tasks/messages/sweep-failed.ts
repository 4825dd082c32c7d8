import { clean } from '../domain/clean.ts';
import { nameOf } from '../domain/execution-name.ts';
import type { Message } from './document.ts';
import type { Speaker } from './facts.ts';
import { shellQuoted, withoutKeyEnds } from './words.ts';

/** To the operators. `stage`: the state that failed. */
export function sweepFailed(facts: {
  readonly executionArn: string;
  readonly error: string;
  readonly cause: string;
  readonly stage: string;
  readonly speaker: Speaker;
}): Message {
  const { executionArn, error, cause, stage, speaker } = facts;
  const machine = executionArn.replace(':execution:', ':stateMachine:').split(':').slice(0, -1).join(':');
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
      { kind: 'text', text: 'Once the cause is fixed, start another; no rotation is started twice:' },
      {
        kind: 'command',
        words: ['aws stepfunctions start-execution', `--state-machine-arn ${shellQuoted(machine)}`],
      },
    ],
    footer: `You get this mail because you run ${speaker.name}. Execution: ${clean(executionArn)}`,
  };
}
