import type { DrainWait } from '../domain/asking/standing.ts';

/** What can be undone while a key drains: an answer, or silence. */
export type Undoable = Pick<DrainWait, 'plan' | 'round' | 'asked'>;

/** Whether the owner is asked again. A retirement has nothing to ask again, and the rounds are limited. */
export const isAskedAgain = ({ plan, round }: Undoable): boolean =>
  plan.act === 'rotate' && round < plan.rounds;

/** The texts of the form that undoes it. */
export function undoWords(undoable: Undoable): {
  readonly heading: string;
  readonly effect: string;
  readonly button: string;
} {
  const { plan, asked } = undoable;
  if (plan.act === 'retire') {
    const effect = 'The key stays active. This ends the rotation.';
    return { heading: 'Take it back: keep the key', effect, button: 'Keep the key' };
  }
  const then = isAskedAgain(undoable)
    ? 'You are asked again, by a new mail.'
    : 'You were asked several times already, so the operators are asked to help.';
  const effect = `Every key stays as it is, and none goes inactive. ${then}`;
  return asked === 'bySilence'
    ? { heading: 'Be asked again', effect, button: 'Ask me again' }
    : { heading: 'Take it back', effect, button: 'Take it back' };
}
