/** What kind of step it is, for its colour. */
export type Tone = 'step' | 'person' | 'mail' | 'good' | 'back' | 'attention' | 'alarm';

/** A stage of a rotation, and why it came. */
export interface Step {
  readonly stage: string;
  readonly why: string;
  readonly tone: Tone;
}

/** One line of the timeline. `who`: "Payments/deploy-bot". */
export interface Line extends Step {
  readonly at: Date;
  readonly who: string;
}
