/** A stage of a rotation for readers. `when`: a time with its zone, or what the stage waits for. */
export interface ProgressStep {
  readonly state: 'done' | 'now' | 'next';
  readonly what: string;
  readonly when: string;
}

/** A label and its value. */
export type Labelled = readonly [label: string, value: string];

/**
 * How an answer relates to the others that a reader has: the expected one, an alternative, or a harmful one that
 * should not be given lightly.
 */
export type Standing = 'expected' | 'alternative' | 'discouraged';

/** The parts of messages and pages. `tasks/presentation/` defines how each of them looks. */
export type Block =
  | { readonly kind: 'text' | 'heading' | 'warning'; readonly text: string }
  /** Begins a part that stands by itself, such as one of several users. */
  | { readonly kind: 'part'; readonly text: string }
  | { readonly kind: 'facts'; readonly rows: readonly Labelled[] }
  | { readonly kind: 'steps'; readonly steps: readonly string[] }
  | { readonly kind: 'progress'; readonly steps: readonly ProgressStep[] }
  /** A command's quoted arguments: on one line in text that is copied, one per line if lines are short. */
  | { readonly kind: 'command'; readonly words: readonly string[] }
  /** Things side by side, one per column; `rows` begin with what is compared. */
  | {
      readonly kind: 'comparison';
      readonly columns: readonly string[];
      readonly rows: readonly (readonly [label: string, ...values: string[]])[];
    }
  /** A link to something to read: nothing is decided there. */
  | { readonly kind: 'link'; readonly label: string; readonly url: string }
  /** Lines of code, with significant indentation; each is already cleaned. */
  | { readonly kind: 'snippet'; readonly lines: readonly string[] }
  | {
      readonly kind: 'action';
      readonly label: string;
      readonly url: string;
      readonly note: string;
      readonly standing: Standing;
    };

/** A message, whatever the channel. `lead` states in a sentence or two what is asked, and until when. */
export interface Message {
  readonly subject: string;
  readonly title: string;
  readonly lead: string;
  readonly blocks: readonly Block[];
  /** Why the reader gets it, and whom to contact. */
  readonly footer: string;
}

/** An input of a form. `problem`: what was wrong with it when the form was submitted. */
export type FormField = {
  readonly id: string;
  readonly name: string;
  readonly label: string;
  readonly hint: string;
  readonly problem?: string | undefined;
} & (
  | { readonly input: 'choice'; readonly options: readonly Labelled[] }
  /** A code or word to type: capitals, or one word in lower case. */
  | { readonly input: 'capitals'; readonly shortest: number }
  | { readonly input: 'word' }
  | {
      readonly input: 'sentence';
      readonly isOptional: boolean;
      readonly shortest: number;
      readonly longest: number;
      readonly value: string;
    }
);

/** A form for one answer. */
export interface Form {
  readonly kind: 'form';
  readonly heading: string;
  /**
   * The page is for another answer: this one is folded behind its heading, unless it was submitted with a mistake.
   */
  readonly isAside: boolean;
  readonly isRefused: boolean;
  /** The effect of the answer. */
  readonly effect?: string | undefined;
  /** Hidden fields that are submitted with the answer. */
  readonly hidden: readonly Labelled[];
  readonly fields: readonly FormField[];
  readonly button: { readonly label: string; readonly standing: Standing };
}

/** Shown instead of a form if its answer isn't possible. `problem`: why an attempt failed. */
export interface ClosedForm {
  readonly kind: 'closedForm';
  readonly heading: string;
  readonly isAside: boolean;
  readonly isRefused: boolean;
  readonly text: string;
  readonly problem?: { readonly id: string; readonly text: string } | undefined;
}

/** `as`: the kind of text. `under`: a second line with what it is about. */
export interface Cell {
  readonly text: string;
  readonly as?: 'name' | 'number' | 'code' | 'alarm' | 'aside' | undefined;
  readonly under?: { readonly text: string; readonly url?: string } | undefined;
}

/** A sentence, followed by links with a label and a URL each. */
export interface LinkList {
  readonly kind: 'links';
  readonly text: string;
  readonly links: readonly Labelled[];
}

/** Numbers to be read at a glance; one marked as an alarm should be 0. */
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

/** The parts of a page. It has more than a message: it can be answered, and may be wide. */
export type PageBlock = Block | Form | ClosedForm | LinkList | Figures | Table;

/** A page's content. `window`: the browser's window title, if it differs from the title. */
export interface Page {
  readonly window?: string;
  readonly title: string;
  readonly lead: string;
  readonly blocks?: readonly PageBlock[];
  readonly footer?: string;
}
