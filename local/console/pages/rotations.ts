import { stages } from '../../../tasks/domain/following/stages.ts';
import { type Markup, markup } from '../../../tasks/presentation/html.ts';
import { when } from '../dates.ts';
import type { Ledger } from '../index/ledger.ts';
import { keyOf } from '../index/people.ts';
import type { Run } from '../index/runs.ts';
import type { ConsolePage } from '../layout.ts';
import { finder, type ListRequest, paged } from '../paging.ts';
import { outcomes, runPath, stageNames, standing } from '../parts.ts';
import { accountOf } from './overview.ts';

export const rotationFilters = ['outcome', 'stage'] as const;

const choices = [
  ['outcome', 'Outcome', outcomes],
  ['stage', 'Stage', stages.map((stage) => [stage, stageNames[stage]] as const)],
] as const;

/** The rotations, the newest first. */
export function rotationsPage(ledger: Ledger, asked: ListRequest, now: Date): ConsolePage {
  const { rows, pager } = paged(found(ledger, asked), asked);
  const none = markup`<p class="c-muted">No rotation here. Start one on a <a href="/users">user’s page</a>.</p>`;
  const table = markup`<div class="c-scroll" tabindex="0" role="region" aria-label="Rotations"><table class="c-table c-stack"><thead><tr><th scope="col">User</th><th scope="col">Where it is</th><th scope="col">Started</th></tr></thead><tbody>${rows.map((run) => row(run, ledger, now))}</tbody></table></div>`;
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
): readonly Run[] {
  const users = words.length === 0 ? undefined : new Set(people.search(words).map(({ key }) => key));
  const isNamed = ({ execution }: Run): boolean =>
    words.every((word) => execution.name.toLowerCase().includes(word));
  return runs.all.filter(
    (run) =>
      (outcome === '' || run.badge === outcome) &&
      (stage === '' || (run.stage === stage && run.execution.status === 'RUNNING')) &&
      (users === undefined || users.has(keyOf(run.accountId, run.userName)) || isNamed(run)),
  );
}

function row(run: Run, ledger: Ledger, now: Date): Markup {
  return markup`<tr><td><a href="${runPath(run)}">${run.userName}</a><br><span class="c-muted">${accountOf(run, ledger)}</span></td>
<td>${standing(ledger.runs.progress(run), now)}</td><td>${when(run.execution.startDate, now)}</td></tr>`;
}
