import { defined } from '../defined.ts';
import { betweenLooks } from '../removing/window.ts';
import { day, later } from '../time.ts';
import { answerBy, daysLeft, deletedAt, nextMailAt } from './deadlines.ts';
import type { Asking, Interruption, Question } from './question.ts';

/** A shorter wait would end before the mail has arrived. Seconds. */
const shortestWait = 60;
/** More than can ever be counted: each form adds at least one of the days that may be requested. */
const mostCounted = 20;

type Interrupted = Pick<Question, 'stage' | 'plan' | 'since' | 'reminder' | 'asking'>;

/** How the question stays open. `waitSeconds`: until the next mail is due, or the key is checked again. */
export interface KeptAsking {
  readonly asking: Asking;
  readonly waitSeconds: number;
  readonly because: string;
}

/**
 * Continues a wait that was interrupted without a decision. All dates stay as mailed, with two exceptions: those that
 * the owner postponed (by whole days, at most those left), and a deletion that is due within a day.
 */
export function keepAsking(asked: Interrupted, interruption: Interruption, now: Date): KeptAsking {
  const asking = extended({ ...asked, asking: withInterruption(asked.asking, interruption) }, now);
  const next = { ...asked, asking };
  const until = asked.stage === 'ask' ? nextMailAt(next) : deletedAt(asked.plan, asked.since, asking);
  const seconds = Math.ceil((until.getTime() - now.getTime()) / 1000);
  const waitSeconds = asked.stage === 'ask' ? seconds : Math.min(seconds, betweenLooks / 1000);
  return { asking, waitSeconds: Math.max(shortestWait, waitSeconds), because: describe(next) };
}

/** In the window, anyone who is told because an owner's mail bounced has at least a day to roll back. */
function extended({ stage, plan, since, asking }: Interrupted, now: Date): Asking {
  const least = later(now, day);
  return stage === 'ask' || deletedAt(plan, since, asking).getTime() >= least.getTime()
    ? asking
    : { ...asking, extendedUntil: least.toISOString() };
}

function withInterruption(asking: Asking, interruption: Interruption): Asking {
  if (interruption.kind === 'unreachable') {
    return {
      ...asking,
      unreachable: [...new Set([...asking.unreachable, interruption.address])],
      interruption,
    };
  }
  const { form } = interruption;
  const { counted = [] } = asking;
  if (form !== undefined && counted.includes(form)) return asking;
  const days = Math.min(interruption.days, daysLeft(asking));
  return {
    ...asking,
    ...defined({ counted: form === undefined ? undefined : [...counted, form].slice(-mostCounted) }),
    postponedDays: asking.postponedDays + days,
    postponedInAll: asking.postponedInAll + days,
    interruption: { ...interruption, days },
  };
}

function describe(asked: Interrupted): string {
  const { interruption } = asked.asking;
  switch (interruption?.kind) {
    case 'moreTime':
      return `${interruption.days} more days, until ${answerBy(asked).toISOString()}: ${interruption.reason}`;
    case 'unreachable':
      return `the mail to ${interruption.address} came back: ${interruption.because}`;
    case undefined:
      return 'a form that was already counted came again';
  }
}
