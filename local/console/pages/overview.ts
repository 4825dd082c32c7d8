import type { Badge } from '../../../tasks/domain/following/outcomes.ts';
import { stages } from '../../../tasks/domain/following/stages.ts';
import { day, hour, isoDay, later } from '../../../tasks/domain/time.ts';
import { type Markup, markup } from '../../../tasks/presentation/html.ts';
import { when } from '../dates.ts';
import type { FirstVisit } from '../first-visit.ts';
import type { Run } from '../index/runs.ts';
import { badge, type ConsolePage, verbatim } from '../layout.ts';
import { outcomes, runbookLink, runPath, stageNames, standing } from '../parts.ts';
import type { Served } from '../served.ts';
import { firstCommands } from './first-commands.ts';

/** On the overview; the list has the rest. */
const most = 8;

/** What waits for the operator, how many rotations are in which stage, the promise, and the next sweep. */
export function overviewPage(served: Served): ConsolePage {
  return {
    title: 'Overview',
    tab: 'Overview',
    body: [
      markup`<h1 class="c-title">Overview</h1>`,
      checklist(served.visit),
      unsettled(served),
      markup`<div class="c-two">${[inStages(served), outcomesCard(served)]}</div>`,
      markup`<div class="c-two">${[promise(served), sweeps(served)]}</div>`,
      terminal(served),
    ],
  };
}

function checklist(visit: FirstVisit): Markup {
  const { todo } = visit;
  const next = todo.findIndex(({ isDone }) => !isDone);
  if (next === -1)
    return markup`<section class="c-card" id="todo" data-live><p data-says="All six steps are done.">${badge('done', 'good')} Your first rotation is complete, and nothing broke. What next: <a href="/users">simulate a leak</a> on a user’s page, or start a <a href="/sweeps">sweep</a>.</p></section>`;
  const items = todo.map(({ says, isDone, to }, index) => {
    const text = to === undefined ? says : markup`<a href="${to}">${says}</a>`;
    return markup`<li class="${isDone ? 'c-did' : index === next ? 'c-next' : ''}">${text}${isDone ? markup` <span class="c-muted">done</span>` : ''}</li>`;
  });
  return markup`<section class="c-card" id="todo" data-live><h2>Your first rotation <span class="c-muted">six steps; the clock stands while your question is open</span></h2>
<ol class="c-todo" data-says="${`${next} of ${todo.length} steps done.`}">${items}</ol></section>`;
}

function unsettled({ ledger, world }: Served): Markup {
  const runs = ledger.runs.unsettled;
  const now = world.clock.now();
  const none = markup`<p>${badge('nothing', 'good')} No rotation needs you.</p>`;
  const more =
    runs.length > most
      ? markup`<p class="c-muted"><a href="/rotations?outcome=needsAPerson">${String(runs.length - most)} more</a></p>`
      : '';
  return markup`<section class="c-card" id="waiting" data-live><h2 data-says="${`${runs.length} wait for you.`}">Waits for you</h2>
${runs.length === 0 ? none : markup`<ul class="c-list">${runs.slice(0, most).map((run) => unsettledRow(run, ledger, now))}</ul>${more}`}</section>`;
}

function unsettledRow(run: Run, ledger: Served['ledger'], now: Date): Markup {
  const progress = ledger.runs.progress(run);
  return markup`<li><div class="c-head"><a href="${runPath(run)}">${run.userName} in ${accountOf(run, ledger)}</a> ${standing(progress, now)} ${progress.since === undefined ? '' : when(progress.since, now)}</div>
<p class="c-muted">${progress.next.says} ${runbookLink(progress.next.section)}</p></li>`;
}

/** The account's name, or its ID if there is no such user any more. */
export const accountOf = (
  { accountId, userName }: Pick<Run, 'accountId' | 'userName'>,
  { people }: Served['ledger'],
): string => people.get(accountId, userName)?.account.name ?? accountId;

function inStages({ ledger }: Served): Markup {
  const items = stages
    .filter((stage) => stage !== 'done')
    .map((stage) =>
      figure(`/rotations?stage=${stage}`, ledger.runs.stages.get(stage) ?? 0, stageNames[stage]),
    );
  return markup`<section class="c-card" id="stages" data-live><h2>Running, by stage</h2><ul class="c-figures">${items}</ul></section>`;
}

const open: ReadonlySet<Badge> = new Set(['waiting', 'working']);

function outcomesCard({ ledger }: Served): Markup {
  const countOf = (name: Badge): number => ledger.runs.badges.get(name) ?? 0;
  const shown = outcomes.filter(([name]) => !open.has(name) && (name !== 'timedOut' || countOf(name) > 0));
  const items = shown.map(([name, words]) => figure(`/rotations?outcome=${name}`, countOf(name), words));
  return markup`<section class="c-card" id="outcomes" data-live><h2>Ended, and stuck</h2><ul class="c-figures">${items}</ul></section>`;
}

const figure = (to: string, count: number, says: string): Markup =>
  markup`<li><a href="${to}"><b class="c-figure">${count.toLocaleString('en')}</b><span class="c-muted">${says}</span></a></li>`;

function promise({ world, ledger }: Served): Markup {
  const { violations } = world.watcher;
  const now = world.clock.now();
  const newest = violations.slice(-5).reverse();
  const list = newest.map(
    ({ promise: which, at, user, what }) =>
      markup`<li>${badge(which, 'bad')} ${user}: ${what} ${when(new Date(at), now)}</li>`,
  );
  const verdict =
    newest.length === 0
      ? markup`<p>${badge('kept', 'good')} No promise broken in ${ledger.calls.toLocaleString('en')} AWS calls.</p><p class="c-muted">Checked after each call, against the actual state of IAM and Secrets Manager.</p>`
      : markup`<p>${badge('broken', 'bad')} ${String(violations.length)} times a promise was broken; the latest:</p><ul class="c-list">${list}</ul>`;
  return markup`<section class="c-card" id="promise" data-live><h2>The promise</h2>${verdict}</section>`;
}

function sweeps({ world, sweepAtHour }: Served): Markup {
  const now = world.clock.now();
  const [last] = world.engine.executionsOf(world.sweepMachineArn);
  const next = sweepAtHour === undefined ? undefined : nextAt(sweepAtHour, now);
  const lastLine =
    last === undefined
      ? markup`<p class="c-muted">None yet.</p>`
      : markup`<p>Last: <a href="/sweeps/${encodeURIComponent(last.name)}">${last.status === 'RUNNING' ? 'under way' : last.status === 'SUCCEEDED' ? 'completed' : 'failed'}</a> ${when(last.startDate, now)}</p>`;
  return markup`<section class="c-card" id="sweep" data-live><h2>Sweeps</h2>${lastLine}
<p>${next === undefined ? 'Next: none until you start one.' : markup`Next: ${when(next, now)}`}</p>
<p><a href="/sweeps">All sweeps</a></p></section>`;
}

/** When it is that hour next. */
function nextAt(hourOfDay: number, now: Date): Date {
  const today = later(new Date(isoDay(now)), hourOfDay * hour);
  return today > now ? today : later(today, day);
}

function terminal({ world, port }: Served): Markup {
  return markup`<section class="c-card"><details id="terminal"><summary><b>From a terminal</b></summary>
<p class="c-muted">The AWS CLI and the SDKs work against this port unchanged. Any made-up access key acts as the central account’s operator.</p>
${verbatim(firstCommands(world, port))}</details></section>`;
}
