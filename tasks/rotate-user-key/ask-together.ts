import * as z from 'zod';
import { Collection } from '../aws/collections.ts';
import { Executions } from '../aws/executions.ts';
import { linkKeys } from '../aws/link-key.ts';
import { isPassing } from '../aws/passing.ts';
import type { Dependencies } from '../dependencies.ts';
import type { Question } from '../domain/asking/question.ts';
import { whomToAsk } from '../domain/asking/recipients.ts';
import { collectedIn, type QuestionNote, recipientsKey } from '../domain/asking/together.ts';
import { fromJson } from '../domain/json.ts';
import { severalKeys } from '../messages/ask-several.ts';
import { speakerOf } from '../presentation/speaker.ts';
import { tell } from '../tell.ts';
import { linksOf } from './question-links.ts';

/** How long the others wait for the one that sends the mail, in milliseconds; well above what SES's throttling takes. */
const longestWait = 40_000;
const pause = 2000;

/**
 * Asks the owner in one mail with the other questions of the wave: the first that comes sends it. Whoever isn't in it
 * (noted late, with another owner by now, or not sent) asks alone, so nobody waits for a rotation that failed.
 * @returns who got the mail; undefined if this question must be asked alone
 */
export async function askTogether(
  question: Question,
  dependencies: Dependencies,
): Promise<string[] | undefined> {
  const place = collectedIn(question);
  if (place === undefined) return undefined;
  const { executionArn } = question.rotation;
  const collection = new Collection(dependencies, executionArn, place);
  try {
    if (await collection.claim(dependencies.now())) return await send(question, collection, dependencies);
    return await hear(executionArn, collection, dependencies);
  } catch (error) {
    const because = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    dependencies.log.warn('a question is asked alone', { ...question.rotation, because });
    return undefined;
  }
}

/** What became of the mail that another one sends. */
async function hear(
  executionArn: string,
  collection: Collection,
  { now, sleep }: Dependencies,
): Promise<string[] | undefined> {
  const until = now().getTime() + longestWait;
  for (;;) {
    const said = await collection.told().catch((error: unknown) => {
      // The next try may succeed, and asking alone would ask twice.
      if (isPassing(error)) return undefined;
      throw error;
    });
    if (said !== undefined) return said.told.includes(executionArn) ? said.to : undefined;
    if (now().getTime() >= until) throw new Error('nobody said that the mail was sent');
    await sleep(pause);
  }
}

async function send(
  question: Question,
  collection: Collection,
  dependencies: Dependencies,
): Promise<string[] | undefined> {
  try {
    const asked = await stillAsked(question, collection, dependencies);
    if (asked.length < 2) {
      await collection.conclude([], []);
      return undefined;
    }
    const to = await mail(question, asked, dependencies);
    const told = asked.map(({ rotation }) => rotation.executionArn);
    await concludeOrWarn(told, to, collection, dependencies);
    return to;
  } catch (error) {
    // Nothing was sent, so the others needn't wait.
    await concludeOrWarn([], [], collection, dependencies);
    throw error;
  }
}

/** The mail was sent, or wasn't, whether or not that can be said: then the others ask alone, after a while. */
async function concludeOrWarn(
  told: readonly string[],
  to: readonly string[],
  collection: Collection,
  { log }: Dependencies,
): Promise<void> {
  await collection.conclude(told, to).catch((error: unknown) => {
    const because = error instanceof Error ? error.name : String(error);
    log.warn('it could not be said whom a mail asked', { told, because });
  });
}

/**
 * This question and the others that are to be asked of the same people. Those that were stopped meanwhile, by a person
 * or for a leaked key, are not asked any more.
 */
async function stillAsked(
  question: Question,
  collection: Collection,
  dependencies: Dependencies,
): Promise<QuestionNote[]> {
  const { operators } = dependencies.settings;
  const { executionArn } = question.rotation;
  const executions = new Executions(dependencies);
  const people = recipientsKey(whomToAsk(question, operators));
  const notes = await collection.questions();
  const isAsked = async (note: QuestionNote): Promise<boolean> => {
    if (note.rotation.executionArn === executionArn) return true;
    if (recipientsKey(whomToAsk(note, operators)) !== people) return false;
    const { status, input } = (await executions.describe(note.rotation.executionArn)) ?? {};
    return status === 'RUNNING' && isCollectedIn(question, input);
  };
  const flags = await Promise.all(notes.map(isAsked));
  const asked = notes.filter((_, index) => flags[index] === true);
  // Its own note is missing only if somebody removed it: then its owner would not learn of it from this mail.
  return asked.some(({ rotation }) => rotation.executionArn === executionArn) ? asked : [];
}

/** Whether an execution's input, which no note can change, says that it is asked with this one. */
function isCollectedIn({ together }: Question, input: string | undefined): boolean {
  const { askedWith } = withSchema.safeParse(fromJson(input)).data ?? {};
  return askedWith !== undefined && together?.place?.startsWith(`asking/${askedWith}/`) === true;
}

const withSchema = z.object({ askedWith: z.string() });

async function mail(
  question: Question,
  asked: readonly QuestionNote[],
  dependencies: Dependencies,
): Promise<string[]> {
  const { settings, log } = dependencies;
  const { executionArn } = question.rotation;
  const [key] = await linkKeys(dependencies);
  const speaker = speakerOf(settings);
  const facts = asked.map((note) => ({
    ...note,
    settings,
    speaker,
    links: linksOf(note, settings.linkBase, key),
  }));
  const others = asked.map(({ rotation }) => rotation.executionArn).filter((arn) => arn !== executionArn);
  const about = {
    executionArn,
    mail: 'severalKeys',
    question: { stage: 'ask', round: question.round },
    also: others,
  } as const;
  const to = await tell(
    dependencies,
    whomToAsk(question, settings.operators),
    severalKeys(facts),
    // Whom to ask instead depends on the account, so each then asks alone.
    [],
    about,
  );
  log.info('asked about several users', { executionArn, also: others, to });
  return to;
}
