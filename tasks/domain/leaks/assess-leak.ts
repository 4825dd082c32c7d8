import type { Assessment } from '../assessing/facts.ts';
import { leakedTable, leakSituation } from '../decisions/leaked.ts';
import { decideBy } from '../decisions/table.ts';
import type { LeakFacts } from './facts.ts';

/** What the user's leaked keys need: a decision about one of them, with a reason. */
export const assessLeak = (facts: LeakFacts): Assessment =>
  decideBy(leakedTable, leakSituation(facts)).decision;
