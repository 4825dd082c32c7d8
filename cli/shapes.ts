import * as z from 'zod';
import type { Progress } from '../tasks/domain/following/progress.ts';
import { stages } from '../tasks/domain/following/stages.ts';
import type { LastUse } from '../tasks/domain/keys.ts';

const time = z.iso.datetime();

/** A user, in every command's JSON. */
export const userShape = z.object({
  accountId: z.string().describe('the user’s account'),
  accountName: z.string().optional().describe('its name, if the last sweep’s report has it'),
  userName: z.string().describe('the user’s name'),
});

const mailShape = z.object({
  at: time.describe('when it was sent'),
  kind: z.string().describe('which mail, as in its tags: `newKeyReady`, `reminder`, …'),
  to: z.array(z.string()).describe('its recipients'),
});

/** How far a rotation is, in every command's JSON. */
export const rotationShape = z.object({
  name: z.string().describe('the execution’s name'),
  executionArn: z.string().describe('its ARN'),
  badge: z
    .string()
    .describe(
      '`waiting`, `working`, `completed`, `rolledBack`, `nothing`, `needsAPerson`, `handedOn`, `failed`, `stopped` or `timedOut`',
    ),
  stage: z.enum(stages).describe('the stage that it is in, or in which it ended'),
  state: z.string().optional().describe('its state in the state machine'),
  since: time.optional().describe('since when it is in that stage, or when it ended'),
  startedAt: time.optional().describe('when it began'),
  deadline: z
    .object({
      at: time.describe('until when the stage lasts'),
      of: z.enum(['answer', 'drain', 'window']).describe('what ends then'),
    })
    .optional()
    .describe('only while it waits'),
  overdue: z.boolean().describe('its deadline has passed'),
  nextAt: time.optional().describe('the next reminder, or the next look at the key'),
  act: z.string().optional().describe('`rotate`, `retire` or `emergency`'),
  because: z.string().optional().describe('why it does that'),
  oldKeyId: z.string().optional().describe('the key that it replaces or retires'),
  newKeyId: z.string().optional().describe('the key that it has created'),
  round: z.number().describe('how often the owner has been asked, counting from 1'),
  reminder: z.number().describe('reminders sent so far, while the owner is asked'),
  owner: z.array(z.string()).describe('the owner’s addresses'),
  lastMail: mailShape.optional().describe('the last mail'),
  answers: z
    .array(
      z.object({
        at: time.optional().describe('when'),
        by: z.string().describe('who, as far as known'),
        decision: z.string().describe('what was decided'),
        on: z.string().describe('what it was about: `start`, `ask`, `drain` or `window`'),
        reason: z.string().optional().describe('their reason'),
        days: z.number().optional().describe('how many more days were asked for'),
      }),
    )
    .describe('everything that people have decided, the oldest first'),
  problem: z
    .object({
      error: z.string().describe('the error, or the cause of an escalation'),
      failedAt: z.string().optional().describe('the state that failed'),
      says: z.string().describe('one sentence'),
      section: z.string().describe('the heading in the runbook'),
    })
    .optional()
    .describe('what went wrong, or what a person must settle'),
});
export type RotationResult = z.input<typeof rotationShape>;

/** What is safe to do next, in JSON. */
export const nextShape = z.object({
  whose: z.enum(['nobody', 'owner', 'operator']).describe('whose turn it is'),
  says: z.string().describe('what is safe to do next'),
  section: z.string().describe('the heading in the runbook'),
});

/** A rotation, as JSON has it. */
export function rotationResult(progress: Progress, isOverdue: boolean): RotationResult {
  const { name, executionArn, badge, stage, state, act, because, oldKeyId, newKeyId } = progress;
  const { since, startedAt, deadline, nextAt, lastMail, answers, problem, round, reminder, owner } = progress;
  return {
    ...{ name, executionArn, badge, stage, state, since: iso(since), startedAt: iso(startedAt) },
    deadline: deadline && { at: deadline.at.toISOString(), of: deadline.of },
    ...{ overdue: isOverdue, nextAt: iso(nextAt), act, because, oldKeyId, newKeyId, round, reminder },
    owner: [...owner],
    lastMail: lastMail && { at: lastMail.at.toISOString(), kind: lastMail.kind, to: [...lastMail.to] },
    answers: answers.map((answer) => ({ ...answer, at: iso(answer.at) })),
    problem,
  };
}

/** `2027-03-01T09:00:00.000Z`; undefined stays undefined. */
export const iso = (at: Date | undefined): string | undefined => at?.toISOString();

/** A last use, in JSON. */
export const useShape = z.object({
  state: z.enum(['used', 'neverUsed', 'unknown']).describe('unknown counts as in use'),
  at: time.optional().describe('when'),
  service: z.string().optional().describe('by which service'),
  region: z.string().optional().describe('in which region'),
  because: z.string().optional().describe('why it is unknown'),
});

/** A last use, as JSON has it. */
export const useResult = (use: LastUse): z.input<typeof useShape> =>
  use.state === 'used' ? { ...use, at: use.at.toISOString() } : use;
