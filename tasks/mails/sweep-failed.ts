import type { Mail } from '../aws/mailer.ts';
import { nameOf } from '../domain/execution-name.ts';
import type { Settings } from '../settings.ts';
import { clean, shellQuoted, withoutKeyEnds } from './clean.ts';
import { compose } from './document.ts';

/** To the operators. `stage`: the state that failed. */
export function sweepFailed(facts: {
  readonly executionArn: string;
  readonly error: string;
  readonly cause: string;
  readonly stage: string;
  readonly settings: Pick<Settings, 'brand'>;
}): Mail {
  const { executionArn, error, cause, stage, settings } = facts;
  const machine = executionArn.replace(':execution:', ':stateMachine:').split(':').slice(0, -1).join(':');
  return compose(
    {
      subject: `Sweep failed, ${error} in ${stage}: ${nameOf(executionArn)}`,
      title: 'A sweep of the organization failed',
      lead: `It ended in ${clean(stage)} with ${clean(error)}. Rotations that it had started go on; nothing else was changed.`,
      blocks: [
        {
          kind: 'facts',
          rows: [
            ['Error', error],
            ['Stage', stage],
            ['Cause', withoutKeyEnds(cause).slice(0, 2000)],
          ],
        },
        { kind: 'text', text: 'When the cause is gone, start another; it starts nothing twice:' },
        {
          kind: 'command',
          words: ['aws stepfunctions start-execution', `--state-machine-arn ${shellQuoted(machine)}`],
        },
      ],
      footer: `You get this mail because you run ${settings.brand.name}. Execution: ${clean(executionArn)}`,
    },
    settings.brand,
  );
}
