import { createHash } from 'node:crypto';
import { ReportStore } from '../aws/report-store.ts';
import type { Dependencies } from '../dependencies.ts';
import type { Question } from '../domain/asking/question.ts';
import { hour } from '../domain/time.ts';

/** More ends of a key in an hour than a person types. */
export const mostGuesses = 30;
/** At most this many questions are tracked, to save calls; beyond that, the oldest is dropped. */
const mostQuestions = 10_000;

/**
 * Counts the ends of keys that were typed as an answer to a question, by whichever of its links, over all copies of
 * this function: an object in the bucket for each, which S3 lets nobody put twice. What is guessed isn't in it. See
 * docs/decisions/0030.
 */
export class Guesses {
  /** How many of an hour's objects are known to be taken. */
  readonly #taken = new Map<string, number>();

  constructor(private readonly dependencies: Dependencies) {}

  /**
   * Takes the next number of this hour. What can't be counted must not be checked, so any error of S3's is thrown.
   * @returns from when on there are numbers again, if all are taken; undefined if this one may be checked
   */
  async count({ rotation, stage, round }: Question): Promise<Date | undefined> {
    const { executionArn } = rotation;
    const now = this.dependencies.now().getTime();
    const beginning = new Date(now - (now % hour));
    const of = createHash('sha256').update(`${executionArn}\n${stage}\n${round}`).digest('hex').slice(0, 32);
    const prefix = `guesses/${of}/${beginning.toISOString().slice(0, 13)}/`;
    const store = new ReportStore(this.dependencies, { executionArn, prefix });
    for (let number = (this.#taken.get(prefix) ?? 0) + 1; number <= mostGuesses; number += 1) {
      const state = await store.putOnce(String(number), JSON.stringify({ number }), 'application/json');
      this.#remember(prefix, number);
      if (state === 'put') return undefined;
    }
    return new Date(beginning.getTime() + hour);
  }

  #remember(prefix: string, number: number): void {
    this.#taken.delete(prefix);
    const [oldest] = this.#taken.keys();
    if (this.#taken.size >= mostQuestions && oldest !== undefined) this.#taken.delete(oldest);
    this.#taken.set(prefix, number);
  }
}
