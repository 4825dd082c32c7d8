import * as z from 'zod';
import { day, later } from '../time.ts';

/**
 * How a user's last rotation that didn't complete ended, as sweeps remember it from one to the next. Step Functions
 * forgets an execution after 90 days, and a silent owner may rest for longer.
 * - `days`: how long the user is left alone after that.
 * - `silences`: how often in a row nobody answered.
 * - `question`: what the operators were asked then; see `questionId`.
 */
export const restSchema = z.object({
  rotation: z.string(),
  endedAt: z.coerce.date(),
  outcome: z.string(),
  because: z.string(),
  owner: z.string(),
  days: z.number(),
  silences: z.number(),
  question: z.string().optional(),
});
export type Rest = z.infer<typeof restSchema>;

/** The last rotation of a user, according to Step Functions. */
export interface LastRotation {
  readonly executionArn: string;
  readonly running: boolean;
  readonly startedAt?: Date | undefined;
  readonly stoppedAt?: Date | undefined;
  /** `outcome` in its output, or else its status. */
  readonly outcome: string;
  /** Why it ended so, as far as its output or its error says. */
  readonly because?: string | undefined;
  readonly question?: string | undefined;
  /** Nobody answered the first mail or any reminder. */
  readonly isSilence?: boolean | undefined;
}

export interface RestDays {
  readonly restDays: number;
  readonly silentRestDays: number;
}

/** No owner rests for longer than that. */
const longestRest = 365;

/**
 * @param remembered what the sweep before knew
 * @param owner a new owner starts without a rest, because somebody else was silent
 */
export function restAfter(
  last: LastRotation | undefined,
  remembered: Rest | undefined,
  owner: string,
  { restDays, silentRestDays }: RestDays,
): Rest | undefined {
  const earlier =
    remembered === undefined || remembered.owner === owner
      ? remembered
      : { ...remembered, owner, silences: 0, days: restDays, question: undefined };
  if (last?.stoppedAt === undefined) return earlier;
  if (last.outcome === 'completed') return undefined;
  if (earlier?.rotation === last.executionArn) return earlier;
  const before = last.outcome === 'rolledBack' ? 0 : (earlier?.silences ?? 0);
  const silences = last.isSilence === true ? before + 1 : before;
  return {
    rotation: last.executionArn,
    endedAt: last.stoppedAt,
    outcome: last.isSilence === true ? 'silence' : last.outcome,
    because: (last.because ?? '').slice(0, 300),
    owner,
    days: last.isSilence === true ? Math.min(longestRest, silentRestDays * 2 ** (silences - 1)) : restDays,
    silences,
    question: last.question,
  };
}

/** When the next rotation may begin. */
export const restsUntil = ({ endedAt, days }: Rest): Date => later(endedAt, days * day);
