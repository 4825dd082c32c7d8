import type { Ledger } from './index/ledger.ts';
import type { Person } from './index/people.ts';
import type { Run } from './index/runs.ts';

/** One of the first six things to do. */
export interface Todo {
  readonly says: string;
  readonly isDone: boolean;
  readonly to?: string;
}

/** The visitor's first rotation, from its start to its end: a checklist that ticks itself off. */
export class FirstVisit {
  readonly #opened = new Set<string>();
  #run: Run | undefined;

  constructor(private readonly ledger: Ledger) {}

  /** The visitor has started it: the first one counts. */
  begin(run: Run | undefined): void {
    this.#run ??= run;
  }

  /** The visitor reads a mail. */
  open(mailId: string): void {
    this.#opened.add(mailId);
  }

  /** Whether the question that the visitor is to answer is open: meanwhile the clock stands still. */
  get isAsking(): boolean {
    const run = this.#run;
    return run !== undefined && run.stage === 'ask' && run.execution.status === 'RUNNING';
  }

  /** Six steps, with a link to where each is done. */
  get todo(): readonly Todo[] {
    const run = this.#run;
    const person = run === undefined ? this.suggested : this.ledger.people.get(run.accountId, run.userName);
    const user = person === undefined ? '/users' : userPath(person);
    if (run === undefined || person === undefined) return notBegun(person, user);
    const progress = this.ledger.runs.progress(run);
    const mails = this.ledger.post.ofExecution(run.execution.arn);
    const ask = mails.findLast(({ kind }) => kind === 'newKeyReady')?.mail.id;
    const mail = ask === undefined ? user : `/mail/${encodeURIComponent(ask)}`;
    const { newKeyId = '', answers, path, badge } = progress;
    const isInstalled = person.user.usages.some(({ keyId }) => keyId === newKeyId);
    const isConfirmed = answers.some(({ decision }) => decision === 'confirm');
    const isPast = (stage: string): boolean => path.some((part) => part.stage === stage);
    return [
      { says: `Rotate the key of ${run.userName}`, isDone: true, to: user },
      {
        says: 'Read the mail to its owner',
        isDone: isConfirmed || mails.some((each) => this.#opened.has(each.mail.id)),
        to: mail,
      },
      { says: `Give the new key ${newKeyId} to the application`, isDone: isInstalled, to: user },
      { says: 'Confirm, by the link in the mail “I have installed it”', isDone: isConfirmed, to: mail },
      {
        says: 'Let ten days pass: the old key becomes inactive',
        isDone: isPast('inactive'),
        to: `/rotations/${encodeURIComponent(run.execution.name)}`,
      },
      { says: 'Let ten more days pass: the old key is deleted', isDone: badge === 'completed', to: user },
    ];
  }

  /** The user to begin with: one key, which an application uses. */
  get suggested(): Person | undefined {
    const { all } = this.ledger.people;
    return all.find(({ user: { keys, usages } }) => keys.length === 1 && usages.length > 0) ?? all[0];
  }
}

export const userPath = ({ account, user }: Pick<Person, 'account' | 'user'>): string =>
  `/users/${account.id}/${encodeURIComponent(user.name)}`;

const notBegun = (person: Person | undefined, user: string): readonly Todo[] =>
  [
    `Rotate the key of ${person?.user.name ?? 'a user'}${person === undefined ? '' : ` in ${person.account.name}`}`,
    'Read the mail to its owner',
    'Give the new key to the application',
    'Confirm, by the link in the mail',
    'Let ten days pass: the old key becomes inactive',
    'Let ten more days pass: the old key is deleted',
  ].map((says, index) => (index === 0 ? { says, isDone: false, to: user } : { says, isDone: false }));
