/** A fact about a situation, by the name under which the printed table shows it. */
export interface NamedFact<Situation> {
  readonly name: string;
  readonly holds: (situation: Situation) => boolean;
}

export const fact = <Situation>(
  name: string,
  holds: (situation: Situation) => boolean,
): NamedFact<Situation> => ({ name, holds });

/** What a row decides. `make` returns undefined if the key that the decision is about doesn't exist. */
export interface Ruling<Situation, Decision, Made = Decision | undefined> {
  readonly words: string;
  readonly make: (situation: Situation, because: string) => Made;
}

export interface DecisionRow<Situation, Decision> {
  /** For tests and for people who talk about it. */
  readonly name: string;
  /** All of them must hold. */
  readonly when: readonly NamedFact<Situation>[];
  readonly decide: Ruling<Situation, Decision>;
  /** The reason, which goes unchanged to log, mail and report. Words in braces are replaced: see `words`. */
  readonly because: string;
}

/**
 * A decision as a table: the first row that applies decides. The printed table is made from it, so that there is no
 * second description.
 */
export interface DecisionTable<Situation, Decision> {
  readonly rows: readonly DecisionRow<Situation, Decision>[];
  /** If no row applies. It always has a decision: nothing is undecided. */
  readonly otherwise: Omit<DecisionRow<Situation, Decision>, 'when' | 'decide'> & {
    readonly decide: Ruling<Situation, Decision, Decision>;
  };
  /** What the words in braces in a reason stand for. */
  readonly words: Readonly<Record<string, (situation: Situation) => string>>;
}

interface Decided<Decision> {
  readonly row: string;
  readonly decision: Decision;
}

/** The decision, and the name of the row that made it. */
export function decideBy<Situation, Decision>(
  { rows, otherwise, words }: DecisionTable<Situation, Decision>,
  situation: Situation,
): Decided<Decision> {
  for (const { name, when, decide, because } of rows) {
    if (!when.every(({ holds }) => holds(situation))) continue;
    const decision = decide.make(situation, filledIn(because, words, situation));
    if (decision !== undefined) return { row: name, decision };
  }
  const because = filledIn(otherwise.because, words, situation);
  return { row: otherwise.name, decision: otherwise.decide.make(situation, because) };
}

/** The words of a reason that depend on the situation. */
export const placeholder = /\{([^}]+)\}/g;

const filledIn = <Situation>(
  reason: string,
  words: DecisionTable<Situation, unknown>['words'],
  situation: Situation,
): string => reason.replaceAll(placeholder, (whole, name: string) => words[name]?.(situation) ?? whole);
