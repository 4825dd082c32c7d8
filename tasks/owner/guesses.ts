import { createHash } from 'node:crypto';
import { ReportStore } from '../aws/report-store.ts';
import type { Dependencies } from '../dependencies.ts';
import type { Question } from '../domain/asking/question.ts';
import { hour } from '../domain/time.ts';

/** Per hour; more than a person would type. */
export const mostGuesses = 30;
/** Per hour; IAM reports uses with a delay, so more would show nothing new. */
export const mostLooks = 6;
/** At most this many questions are tracked, to save calls; beyond that, the oldest is dropped. */
const mostQuestions = 10_000;

/**
 * Counts the guesses at a key's end in answers to a question, through any of its links and across all instances of
 * this function. Each is an object in the bucket, which S3 lets only one of them create. The guess itself isn't
 * stored. See docs/decisions/0030.
 */
export class Guesses {
  /** How many of an hour's objects are known to exist. */
  readonly #taken = new Map<string, number>();

  constructor(private readonly dependencies: Dependencies) {}

  /** The same for looking at how the keys are used, which costs calls to IAM. */
  countLook(question: Question): Promise<Date | undefined> {
    return this.count(question, 'look', mostLooks);
  }

  /**
   * Takes the next number of this hour. A guess that can't be counted must not be checked, so any error of S3 is
   * thrown.
   * @returns when numbers will be available again, if all are taken; undefined if this guess may be checked
   */
  async count(
    { rotation, stage, round }: Question,
    what: 'guess' | 'look' = 'guess',
    most = mostGuesses,
  ): Promise<Date | undefined> {
    const { executionArn } = rotation;
    const now = this.dependencies.now().getTime();
    const beginning = new Date(now - (now % hour));
    const of = createHash('sha256')
      .update(`${executionArn}\n${stage}\n${round}${what === 'guess' ? '' : `\n${what}`}`)
      .digest('hex')
      .slice(0, 32);
    const prefix = `guesses/${of}/${beginning.toISOString().slice(0, 13)}/`;
    const store = new ReportStore(this.dependencies, { executionArn, prefix });
    for (let number = (this.#taken.get(prefix) ?? 0) + 1; number <= most; number += 1) {
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
