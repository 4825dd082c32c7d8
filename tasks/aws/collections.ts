import type { Dependencies } from '../dependencies.ts';
import {
  collectionSchema,
  noteSchema,
  type QuestionNote,
  slotsFor,
  toldSchema,
} from '../domain/asking/together.ts';
import { fromJson } from '../domain/json.ts';
import { ReportStore } from './report-store.ts';

const json = 'application/json';
const objects = { time: 'time.json', sender: 'sender.json', told: 'told.json' } as const;
const slot = (number: number): string => `question-${number}.json`;

/** The questions to one owner that are asked in one mail: objects in the report bucket, which S3 lets one writer make. */
export class Collection {
  readonly #store: ReportStore;

  /** @param place ends in a slash */
  constructor(
    dependencies: Pick<Dependencies, 'aws' | 'settings'>,
    private readonly executionArn: string,
    place: string,
  ) {
    this.#store = new ReportStore(dependencies, { executionArn, prefix: place });
  }

  /** When its mail is due: as the first one says who comes. */
  async open(askAt: Date): Promise<Date> {
    const put = await this.#store.putOnce(objects.time, JSON.stringify({ askAt }), json);
    if (put === 'put') return askAt;
    const text = await this.#store.read(objects.time);
    return collectionSchema.parse(fromJson(text)).askAt;
  }

  /** Adds a question. @returns whether there was room */
  async add(note: QuestionNote): Promise<boolean> {
    for (const number of slotsFor(this.executionArn)) {
      const put = await this.#store.putOnce(slot(number), JSON.stringify(note), json);
      if (put === 'put') return true;
    }
    return false;
  }

  /** Every question, one per execution; what isn't one is ignored. */
  async questions(): Promise<QuestionNote[]> {
    const texts = await Promise.all(slotsFor('').map((number) => this.#store.read(slot(number))));
    const notes = texts.flatMap((text) => noteSchema.safeParse(fromJson(text)).data ?? []);
    return [...new Map(notes.map((note) => [note.rotation.executionArn, note])).values()];
  }

  /**
   * Whether this run sends the mail: the first that asks does. The time distinguishes a call whose answer was lost,
   * which S3 then says was too late, from an earlier run that may have sent the mail.
   */
  async claim(at: Date): Promise<boolean> {
    const body = JSON.stringify({ executionArn: this.executionArn, at });
    const put = await this.#store.putOnce(objects.sender, body, json);
    return put === 'put' || (await this.#store.read(objects.sender)) === body;
  }

  /** Says whom the mail asked for; for none, if it wasn't sent. */
  async conclude(told: readonly string[], to: readonly string[]): Promise<void> {
    await this.#store.putOnce(objects.told, JSON.stringify({ told, to }), json);
  }

  /** Undefined until it is said. */
  async told(): Promise<{ readonly told: readonly string[]; readonly to: string[] } | undefined> {
    const text = await this.#store.read(objects.told);
    return text === undefined ? undefined : toldSchema.safeParse(fromJson(text)).data;
  }
}
