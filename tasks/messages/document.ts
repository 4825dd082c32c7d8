/** A stage of a rotation as a reader sees it. `when` says it with its zone, or what it waits for. */
export interface ProgressStep {
  readonly state: 'done' | 'now' | 'next';
  readonly what: string;
  readonly when: string;
}

/** A label and what it stands for. */
export type Labelled = readonly [label: string, value: string];

/**
 * What an answer is among those that a reader has: the one that is expected, another one, or one that does harm and
 * that nobody should give lightly.
 */
export type Standing = 'expected' | 'alternative' | 'discouraged';

/** What messages and pages are made of. How each of it looks is said in `tasks/presentation/`. */
export type Block =
  | { readonly kind: 'text' | 'heading' | 'warning'; readonly text: string }
  | { readonly kind: 'facts'; readonly rows: readonly Labelled[] }
  | { readonly kind: 'steps'; readonly steps: readonly string[] }
  | { readonly kind: 'progress'; readonly steps: readonly ProgressStep[] }
  /** A command's arguments, quoted; on one line where it is copied as text, a line each where a line is short. */
  | { readonly kind: 'command'; readonly words: readonly string[] }
  /** Lines of a program, whose indents count; each is clean already. */
  | { readonly kind: 'snippet'; readonly lines: readonly string[] }
  | {
      readonly kind: 'action';
      readonly label: string;
      readonly url: string;
      readonly note: string;
      readonly standing: Standing;
    };

/** What is sent to somebody, by whatever channel: `lead` says in a sentence or two what is asked, and until when. */
export interface Message {
  readonly subject: string;
  readonly title: string;
  readonly lead: string;
  readonly blocks: readonly Block[];
  /** Why the reader gets it, and whom to turn to. */
  readonly footer: string;
}

/** What a form asks for. `problem`: what was wrong with it in the form that came back. */
export type FormField = {
  readonly id: string;
  readonly name: string;
  readonly label: string;
  readonly hint: string;
  readonly problem?: string | undefined;
} & (
  | { readonly input: 'choice'; readonly options: readonly Labelled[] }
  /** Characters that mean something only together: capitals, or a word in small letters. */
  | { readonly input: 'capitals'; readonly shortest: number }
  | { readonly input: 'word' }
  | {
      readonly input: 'sentence';
      readonly shortest: number;
      readonly longest: number;
      readonly value: string;
    }
);

/** One answer that a page takes. */
export interface Form {
  readonly kind: 'form';
  readonly heading: string;
  /** The page is for another answer: this one is offered behind its heading, unless it came back with a mistake. */
  readonly isAside: boolean;
  readonly isRefused: boolean;
  /** What the answer does. */
  readonly effect?: string | undefined;
  /** What goes with the answer unasked. */
  readonly hidden: readonly Labelled[];
  readonly fields: readonly FormField[];
  readonly button: { readonly label: string; readonly standing: Standing };
}

/** In place of a form whose answer can't be given. `problem`: what came of trying. */
export interface ClosedForm {
  readonly kind: 'closedForm';
  readonly heading: string;
  readonly isAside: boolean;
  readonly isRefused: boolean;
  readonly text: string;
  readonly problem?: { readonly id: string; readonly text: string } | undefined;
}

/** `as`: what kind of text it is. `under`: what it is about, below it. */
export interface Cell {
  readonly text: string;
  readonly as?: 'name' | 'number' | 'code' | 'alarm' | 'aside' | undefined;
  readonly under?: { readonly text: string; readonly url?: string } | undefined;
}

/** A sentence, and what it leads to: a label and an address each. */
export interface LinkList {
  readonly kind: 'links';
  readonly text: string;
  readonly links: readonly Labelled[];
}

/** Numbers to be read at a glance; one that is an alarm should be 0. */
export interface Figures {
  readonly kind: 'figures';
  readonly figures: readonly {
    readonly value: string;
    readonly what: string;
    readonly isAlarm: boolean;
  }[];
}

/** `note`: how much of it is shown, if not all. */
export interface Table {
  readonly kind: 'table';
  readonly title: string;
  readonly note?: string | undefined;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** What a page is made of: more than a message, as it can be answered and may be wide. */
export type PageBlock = Block | Form | ClosedForm | LinkList | Figures | Table;

/** A page before it has a form. `window`: what its window is called, if not by its title. */
export interface Page {
  readonly window?: string;
  readonly title: string;
  readonly lead: string;
  readonly blocks?: readonly PageBlock[];
  readonly footer?: string;
}
