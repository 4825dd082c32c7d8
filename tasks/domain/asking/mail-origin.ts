import { createHash } from 'node:crypto';
import * as z from 'zod';
import { nameOf } from '../execution-name.ts';

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
  /** The other executions of the same machine whose question the mail asks too. */
  readonly also?: readonly string[];
}

/** Names and values in the characters that SES allows: letters, digits, `_` and `-`. */
export type MailTags = Readonly<Record<string, string>>;

const names = {
  machine: 'keyturn-machine',
  execution: 'keyturn-execution',
  mail: 'keyturn-mail',
  stage: 'keyturn-stage',
  round: 'keyturn-round',
  also: 'keyturn-also-',
} as const;

/** Bytes that fit into a tag's 256 characters once they are encoded. */
const longestValue = 190;

/** Splits the ARN in two: a value holds 256 characters, and an encoded ARN may be longer. */
const arnPattern = /^(?<machine>arn:.+):(?<execution>[^:]+)$/;

/** @throws {RangeError} if it isn't an execution's ARN */
export function writeOrigin({ executionArn, mail, question, also = [] }: MailOrigin): MailTags {
  const { machine, execution } = arnPattern.exec(executionArn)?.groups ?? {};
  if (machine === undefined || execution === undefined) {
    throw new RangeError(`${executionArn} is not an execution's ARN`);
  }
  const asked = question && { [names.stage]: question.stage, [names.round]: String(question.round) };
  return {
    [names.machine]: encode(machine),
    [names.execution]: encode(execution),
    [names.mail]: mail,
    ...asked,
    ...Object.fromEntries(
      packed(also.map(nameOf)).map((text, index) => [`${names.also}${index + 1}`, encode(text)]),
    ),
  };
}

const encode = (text: string): string => Buffer.from(text).toString('base64url');

/** As few texts as hold the names, one per line: a mail has room for few tags, and a tag for several names. */
function packed(executions: readonly string[]): string[] {
  const texts: string[] = [];
  for (const name of executions) {
    const longer = `${texts.at(-1) ?? ''}\n${name}`;
    if (texts.length > 0 && Buffer.byteLength(longer) <= longestValue) texts[texts.length - 1] = longer;
    else texts.push(name);
  }
  return texts;
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
  const { [names.machine]: machine, [names.stage]: stage, [names.round]: round } = parsed;
  const others = Object.entries(tags).filter(([name]) => name.startsWith(names.also));
  const also = others.flatMap(([, value]) => encoded.parse(value).split('\n'));
  return {
    executionArn: `${machine}:${parsed[names.execution]}`,
    mail: parsed[names.mail],
    ...(stage === undefined || round === undefined ? {} : { question: { stage, round } }),
    ...(also.length === 0 ? {} : { also: also.map((name) => `${machine}:${name}`) }),
  };
}
