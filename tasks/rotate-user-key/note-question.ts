import { Collection } from '../aws/collections.ts';
import { MemberUser } from '../aws/member-user.ts';
import type { Dependencies } from '../dependencies.ts';
import { questionSchema } from '../domain/asking/question.ts';
import { whomToAsk } from '../domain/asking/recipients.ts';
import {
  collectFor,
  collectionOf,
  isInTime,
  noteSchema,
  type QuestionNote,
} from '../domain/asking/together.ts';
import { requestSchema } from '../domain/rotation.ts';
import { atWholeSecond, later } from '../domain/time.ts';
import { lambdaHandler } from '../lambda.ts';
import { noteQuestion as row } from '../manifest/rotation.ts';
import { task } from '../task.ts';
import { evidenceOf } from './evidence-of.ts';

/** More collections than a wave ever needs: each takes twenty questions, or those of a rotation that was late. */
const mostCollections = 10;

/** `place`: where the question was noted; without one it is asked alone. */
interface Noted {
  readonly askAt: string;
  readonly place?: string;
}

/**
 * State NoteQuestion: adds the question to those that its owner is asked in one mail, and says when that is due. Those
 * that come late are collected for the next mail. A collection that can't be read or written holds nobody back: the
 * question is then asked alone, now.
 */
export const noteQuestion = task({
  name: 'NoteQuestion',
  input: questionSchema.omit({ taskToken: true, since: true }).extend({
    askedWith: requestSchema.shape.askedWith,
  }),
  run: async ({ askedWith, ...asked }, dependencies): Promise<Noted> => {
    const { now, log } = dependencies;
    const { rotation } = asked;
    const alone = { askAt: now().toISOString() };
    if (askedWith === undefined) return alone;
    const user = await MemberUser.of(dependencies, asked, row.does);
    const evidence = await evidenceOf(user, asked, now());
    try {
      const noted = await collect(askedWith, { ...asked, evidence }, dependencies);
      log.info('noted a question', { ...rotation, ...noted });
      return noted ?? alone;
    } catch (error) {
      const because = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      log.warn('a question could not be noted and is asked alone', { ...rotation, because });
      return alone;
    }
  },
});

/** Adds it to the first collection that is still open and has room. @returns undefined if there is none */
async function collect(
  askedWith: string,
  asked: Omit<QuestionNote, 'since'>,
  dependencies: Dependencies,
): Promise<Noted | undefined> {
  const { settings, now } = dependencies;
  const to = whomToAsk(asked, settings.operators);
  for (let number = 1; number <= mostCollections; number += 1) {
    const place = collectionOf(askedWith, to, number);
    const collection = new Collection(dependencies, asked.rotation.executionArn, place);
    const askAt = await collection.open(atWholeSecond(later(now(), collectFor)));
    if (!isInTime(askAt, now())) continue;
    const note = noteSchema.parse({ ...asked, since: askAt });
    if (await collection.add(note)) return { askAt: askAt.toISOString(), place };
  }
  return undefined;
}

export const handler = lambdaHandler(noteQuestion);
