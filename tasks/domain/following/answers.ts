import { defined } from '../defined.ts';
import type { Reading } from './reading.ts';

/**
 * What somebody decided about a rotation.
 * `approve`: an operator did, instead of the owner, when the rotation was started. `on`: what the answer was about.
 */
export interface RecordedAnswer {
  readonly at?: Date;
  readonly by: string;
  readonly decision: 'confirm' | 'notNeeded' | 'rollBack' | 'moreTime' | 'takeBack' | 'approve';
  readonly on: 'start' | 'ask' | 'drain' | 'window';
  readonly reason?: string;
  readonly days?: number;
}

const questions: Readonly<Record<string, RecordedAnswer['on']>> = {
  AskOwner: 'ask',
  WaitForQuiet: 'drain',
  OfferRollback: 'window',
};

/** Everything that people have decided in a rotation, the oldest first. */
export function answersIn({ given, work: { plan } }: Reading): RecordedAnswer[] {
  const override: RecordedAnswer[] =
    plan?.override === undefined ? [] : [{ ...plan.override, decision: 'approve', on: 'start' }];
  return [
    ...override,
    ...given.map(({ state, decision: { at, by, decision, reason, days } }) => ({
      ...{ at: new Date(at), by, decision, on: questions[state] ?? 'ask' },
      ...defined({ reason, days }),
    })),
  ];
}
