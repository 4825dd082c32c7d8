import type { Facts } from '../assessing/facts.ts';

/** A leaked key whose deactivation was rolled back, or that somebody made active in its window. */
export interface Kept {
  readonly keyId: string;
  readonly at: Date;
  /** Whether it became active then; one that was inactive before the emergency stays so. */
  readonly isActive: boolean;
}

/** The facts of an emergency, in addition to those of every assessment. */
export interface LeakFacts extends Facts {
  /** Every key of the user that is known to have leaked. */
  readonly leaked: readonly string[];
  /** Why nothing may be changed: the mode, or the scope; undefined if it may. */
  readonly heldBack: string | undefined;
  /** Leaked keys that their owner, after a warning, wants to keep: keyturn doesn't undo that, but everyone is told. */
  readonly kept: readonly Kept[];
  /** Keys that earlier rotations are known to have made inactive, so that they may be made active. */
  readonly leftInactive: ReadonlySet<string>;
  /** What to do with a leaked key that nothing can replace. */
  readonly withoutReplacement: 'ask' | 'deactivate';
}
