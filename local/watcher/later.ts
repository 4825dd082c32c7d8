import type { VirtualClock } from '../world/clock.ts';
import type { MailText, Violation } from './watched.ts';

/** Something that must have happened by a time. */
export interface Expectation {
  readonly promise: Violation['promise'];
  readonly user: string;
  readonly due: Date;
  /** What is wrong at `due`; undefined if nothing is. Even if it is called later, its answer is for `due`. */
  readonly broken: (due: Date) => string | undefined;
  /** What must happen after it, if anything. */
  readonly next?: () => Expectation | undefined;
}

/** What must happen later. Nothing is put on the clock for it: it is checked when somebody asks. */
export class Later {
  readonly #expected: Expectation[] = [];

  constructor(
    private readonly clock: VirtualClock,
    private readonly report: (violation: Violation) => void,
  ) {}

  expect(expectation: Expectation): void {
    this.#expected.push(expectation);
  }

  /** Checks what is due by now. */
  look(): void {
    if (this.#expected.length === 0) return;
    const now = this.clock.now();
    for (let index = this.#expected.length - 1; index >= 0; index -= 1) {
      const one = this.#expected[index];
      if (one === undefined || one.due > now) continue;
      this.#expected.splice(index, 1);
      this.#judge(one, now);
    }
  }

  /** Checks one expectation, and those that follow from it and are due too. */
  #judge(one: Expectation, now: Date): void {
    for (let due: Expectation | undefined = one; due !== undefined; due = due.next?.()) {
      if (due.due > now) {
        this.expect(due);
        return;
      }
      const what = due.broken(due.due);
      if (what !== undefined)
        this.report({ promise: due.promise, at: due.due.toISOString(), user: due.user, what });
    }
  }
}

/** Mails that say something about a user, sent in a period, to any address that SES still delivers to. */
export function mailsBetween<Text extends MailText>(
  mails: readonly Text[],
  { from, to }: { readonly from: Date; readonly to: Date },
  about: { readonly names: readonly string[]; readonly says: RegExp },
): Text[] {
  return mails.filter(
    ({ sentAt, subject, text }) =>
      sentAt >= from &&
      sentAt <= to &&
      about.says.test(`${subject}\n${text}`) &&
      about.names.some((name) => subject.includes(name) || text.includes(name)),
  );
}
