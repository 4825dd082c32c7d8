import { readOrigin } from '../../../tasks/domain/asking/mail-origin.ts';
import type { DeliveredMail } from '../../aws/ses/ses.ts';
import { subjectOf } from '../../story/mails.ts';
import type { World } from '../../world/world.ts';
import { keyOf, type People } from './people.ts';

/** A mail as lists show it. `text`: what a search finds it by, in lower case. */
export interface Letter {
  readonly mail: DeliveredMail;
  readonly user: { readonly accountId: string; readonly userName: string } | undefined;
  readonly executionArn: string | undefined;
  /** Such as `newKeyReady`. */
  readonly kind: string | undefined;
  readonly text: string;
}

/** Every mail that was sent, by its user and its execution too. */
export class Post {
  readonly #all: Letter[] = [];
  readonly #byId = new Map<string, Letter>();
  readonly #byUser = new Map<string, Letter[]>();
  readonly #byExecution = new Map<string, Letter[]>();

  constructor({ aws }: World) {
    for (const mail of aws.mails) this.#add(mail);
    aws.onMail((mail) => this.#add(mail));
  }

  get size(): number {
    return this.#all.length;
  }

  get(id: string): Letter | undefined {
    return this.#byId.get(id);
  }

  /** The newest first. */
  ofUser(accountId: string, userName: string): readonly Letter[] {
    return (this.#byUser.get(keyOf(accountId, userName)) ?? []).toReversed();
  }

  /** The newest first. */
  ofExecution(arn: string): readonly Letter[] {
    return (this.#byExecution.get(arn) ?? []).toReversed();
  }

  /** Those whose recipients, subject or user contain every word, the newest first. */
  search(words: readonly string[], people: People): readonly Letter[] {
    if (words.length === 0) return this.#all.toReversed();
    const isFound = ({ text, user }: Letter): boolean => {
      const about = (user && people.get(user.accountId, user.userName)?.text) ?? '';
      return words.every((word) => text.includes(word) || about.includes(word));
    };
    return this.#all.filter(isFound).toReversed();
  }

  #add(mail: DeliveredMail): void {
    const { accountId, userName } = subjectOf(mail);
    const user = accountId === undefined || userName === undefined ? undefined : { accountId, userName };
    const { executionArn, mail: kind } = readOrigin(mail.tags) ?? {};
    const text = `${mail.to.join(' ')} ${mail.subject}`.toLowerCase();
    const letter: Letter = { mail, user, executionArn, kind, text };
    this.#all.push(letter);
    this.#byId.set(mail.id, letter);
    if (user !== undefined) addTo(this.#byUser, keyOf(user.accountId, user.userName), letter);
    if (executionArn !== undefined) addTo(this.#byExecution, executionArn, letter);
  }
}

function addTo(lists: Map<string, Letter[]>, key: string, letter: Letter): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [letter]);
  else list.push(letter);
}
