import { agedTable } from '../../../tasks/domain/decisions/aged.ts';
import { leakedTable, leakSituation } from '../../../tasks/domain/decisions/leaked.ts';
import { requestedSituation, requestedTable } from '../../../tasks/domain/decisions/requested.ts';
import { sweptTable } from '../../../tasks/domain/decisions/swept.ts';
import { type DecisionTable, decideBy } from '../../../tasks/domain/decisions/table.ts';
import { unneededUserTable } from '../../../tasks/domain/decisions/unneeded-user.ts';
import { everyAge, everyLeak, everyReportedUser, everyRequest, everySweptKey } from './combinations.ts';

/** How often each row decides, and what is wrong with a decision: a few examples. */
export interface Tally {
  readonly all: number;
  readonly byRow: ReadonlyMap<string, number>;
  readonly wrong: readonly string[];
}

/** What is wrong with a decision; undefined if nothing is. */
type Check<Facts, Decision> = (facts: Facts, decision: Decision) => string | undefined;

const mostExamples = 5;

/** A table with everything that it may have to decide. */
class Decided<Facts, Situation, Decision extends { readonly because: string }> {
  constructor(
    readonly table: DecisionTable<Situation, Decision>,
    readonly every: () => Iterable<Facts>,
    readonly see: (facts: Facts) => Situation,
  ) {}

  tally(check: Check<Facts, Decision> = () => undefined): Tally {
    const byRow = new Map([...this.table.rows, this.table.otherwise].map(({ name }) => [name, 0]));
    const wrong: string[] = [];
    let all = 0;
    for (const facts of this.every()) {
      all += 1;
      const { row, decision } = decideBy(this.table, this.see(facts));
      byRow.set(row, (byRow.get(row) ?? 0) + 1);
      const { because } = decision;
      const what = because === '' || because.includes('{') ? 'no reason' : check(facts, decision);
      if (what !== undefined && wrong.length < mostExamples)
        wrong.push(`${row}: ${what}: ${showFacts(facts)}`);
    }
    return { all, byRow, wrong };
  }
}

const showFacts = (facts: unknown): string =>
  JSON.stringify(facts, (_, value) => (value instanceof Map || value instanceof Set ? [...value] : value));

/** Every table of decisions. */
export const decided = {
  requests: new Decided(requestedTable, everyRequest, requestedSituation),
  leaks: new Decided(leakedTable, everyLeak, leakSituation),
  sweptKeys: new Decided(sweptTable, everySweptKey, (situation) => situation),
  ages: new Decided(agedTable, everyAge, (situation) => situation),
  users: new Decided(unneededUserTable, everyReportedUser, (situation) => situation),
} as const;

export type Tallies = Readonly<Record<keyof typeof decided, Tally>>;
