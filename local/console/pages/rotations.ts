import { stages } from '../../../tasks/domain/following/stages.ts';
import { type Markup, markup } from '../../../tasks/presentation/html.ts';
import { when } from '../dates.ts';
import type { Ledger } from '../index/ledger.ts';
import { keyOf } from '../index/people.ts';
import type { ForgottenRun, Run } from '../index/runs.ts';
import type { ConsolePage } from '../layout.ts';
import { finder, type ListRequest, paged } from '../paging.ts';
import { outcomeBadge, outcomes, rotationPath, runPath, stageNames, standing } from '../parts.ts';
import { accountOf } from './overview.ts';

export const rotationFilters = ['outcome', 'stage'] as const;

const choices = [
  ['outcome', 'Outcome', outcomes],
  ['stage', 'Stage', stages.map((stage) => [stage, stageNames[stage]] as const)],
] as const;

/** The rotations, the newest first, and behind them those that Step Functions has forgotten. */
export function rotationsPage(ledger: Ledger, asked: ListRequest, now: Date): ConsolePage {
  const { rows, pager } = paged(found(ledger, asked), asked);
  const none = markup`<p class="c-muted">No rotation here. Start one on a <a href="/users">user’s page</a>.</p>`;
  const table = markup`<div class="c-scroll" tabindex="0" role="region" aria-label="Rotations"><table class="c-table c-stack"><thead><tr><th scope="col">User</th><th scope="col">Where it is</th><th scope="col">Started</th></tr></thead><tbody>${rows.map((run) => ('execution' in run ? row(run, ledger, now) : forgottenRow(run, ledger, now)))}</tbody></table></div>`;
  return {
    title: 'Rotations',
    tab: 'Rotations',
    body: markup`<section class="c-card"><h1>Rotations</h1>${finder(asked, 'user, account, key ID, owner', choices)}
<div id="list" data-live>${rows.length === 0 ? none : table}${pager}</div></section>`,
  };
}

function found(
  { runs, people }: Ledger,
  { words, filters: { outcome, stage } }: ListRequest,
): readonly (Run | ForgottenRun)[] {
  const users = words.length === 0 ? undefined : new Set(people.search(words).map(({ key }) => key));
  const isFound = ({ badge, accountId, userName }: Run | ForgottenRun, name: string): boolean =>
    (outcome === '' || badge === outcome) &&
    (users === undefined ||
      users.has(keyOf(accountId, userName)) ||
      words.every((word) => name.toLowerCase().includes(word)));
  const known = runs.all.filter(
    (run) =>
      (stage === '' || (run.stage === stage && run.execution.status === 'RUNNING')) &&
      isFound(run, run.execution.name),
  );
  return stage === '' ? [...known, ...runs.forgotten.filter((run) => isFound(run, run.name))] : known;
}

function row(run: Run, ledger: Ledger, now: Date): Markup {
  return markup`<tr><td><a href="${runPath(run)}">${run.userName}</a><br><span class="c-muted">${accountOf(run, ledger)}</span></td>
<td>${standing(ledger.runs.progress(run), now)}</td><td>${when(run.execution.startDate, now)}</td></tr>`;
}

function forgottenRow(run: ForgottenRun, ledger: Ledger, now: Date): Markup {
  return markup`<tr><td><a href="${rotationPath(run.name)}">${run.userName}</a><br><span class="c-muted">${accountOf(run, ledger)}</span></td>
<td>${outcomeBadge(run.badge)} <span>Its record is left.</span></td><td>${when(run.startDate, now)}</td></tr>`;
}
