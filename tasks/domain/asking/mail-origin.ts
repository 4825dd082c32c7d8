import { createHash } from 'node:crypto';
import * as z from 'zod';

/**
 * What a mail is about. Sent as SES message tags, which every event about the mail contains, so a bounce leads to its
 * question. Contains no address, no token and no key ID.
 */
export interface MailOrigin {
  readonly executionArn: string;
  /** The kind of mail. */
  readonly mail: string;
  /** If the mail asks a question that waits for an answer. */
  readonly question?: { readonly stage: 'ask' | 'window'; readonly round: number };
}

/** Names and values in the characters that SES allows: letters, digits, `_` and `-`. */
export type MailTags = Readonly<Record<string, string>>;

const names = {
  machine: 'keyturn-machine',
  execution: 'keyturn-execution',
  mail: 'keyturn-mail',
  stage: 'keyturn-stage',
  round: 'keyturn-round',
} as const;

/** Splits the ARN in two: a value holds 256 characters, and an encoded ARN may be longer. */
const arnPattern = /^(?<machine>arn:.+):(?<execution>[^:]+)$/;

/** @throws {RangeError} if it isn't an execution's ARN */
export function writeOrigin({ executionArn, mail, question }: MailOrigin): MailTags {
  const { machine, execution } = arnPattern.exec(executionArn)?.groups ?? {};
  if (machine === undefined || execution === undefined) {
    throw new RangeError(`${executionArn} is not an execution's ARN`);
  }
  const asked = question && { [names.stage]: question.stage, [names.round]: String(question.round) };
  return {
    [names.machine]: Buffer.from(machine).toString('base64url'),
    [names.execution]: Buffer.from(execution).toString('base64url'),
    [names.mail]: mail,
    ...asked,
  };
}

/**
 * Names the conversation that a mail belongs to: a question with its reminders, or the mails of one kind. The same for
 * every mail of it, and without a trace of the user.
 */
export function conversationOf({ executionArn, mail, question }: MailOrigin): string {
  const topic = question === undefined ? mail : `${question.stage} ${question.round}`;
  return createHash('sha256').update(`${executionArn}\n${topic}`).digest('hex').slice(0, 32);
}

const encoded = z
  .string()
  .min(1)
  .transform((value) => Buffer.from(value, 'base64url').toString());
const tagsSchema = z.object({
  [names.machine]: encoded,
  [names.execution]: encoded,
  [names.mail]: z.string(),
  [names.stage]: z.enum(['ask', 'window']).optional(),
  [names.round]: z.coerce.number().int().positive().optional(),
});

/** @returns undefined for a mail that isn't one of ours */
export function readOrigin(tags: MailTags): MailOrigin | undefined {
  const parsed = tagsSchema.safeParse(tags).data;
  if (parsed === undefined) return undefined;
  const { [names.stage]: stage, [names.round]: round } = parsed;
  return {
    executionArn: `${parsed[names.machine]}:${parsed[names.execution]}`,
    mail: parsed[names.mail],
    ...(stage === undefined || round === undefined ? {} : { question: { stage, round } }),
  };
}
