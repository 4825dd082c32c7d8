import * as z from 'zod';
import { messageIn } from '../../../tasks/domain/failure.ts';
import { objects, sweepOf } from '../../../tasks/domain/sweeps/sweep.ts';
import { type Markup, markup } from '../../../tasks/presentation/html.ts';
import type { Execution } from '../../engine/execution.ts';
import { inWords as stateInWords } from '../../story/story.ts';
import { distance, showDateTime } from '../dates.ts';
import { badge, type ConsolePage } from '../layout.ts';
import { type ListRequest, paged } from '../paging.ts';
import { runbookLink } from '../parts.ts';
import type { Served } from '../served.ts';

const outputSchema = z.object({
  totals: z
    .object({
      keys: z.number(),
      overdue: z.number(),
      byDecision: z.record(z.string(), z.number()),
    })
    .loose(),
  starts: z.object({ started: z.number() }).loose(),
});

/** The sweeps of the whole organization, the newest first. */
export function sweepsPage({ world }: Served, asked: ListRequest): ConsolePage {
  const now = world.clock.now();
  const { rows, pager } = paged(world.engine.executionsOf(world.sweepMachineArn), asked);
  const none = markup`<p class="c-muted">None yet. Start one: it surveys every account and reports on every key.</p>`;
  const list = markup`<ul class="c-list">${rows.map((execution) => row(execution, now))}</ul>`;
  return {
    title: 'Sweeps',
    tab: 'Sweeps',
    body: markup`<section class="c-card"><h1>Sweeps</h1><p class="c-muted">Each surveys the whole organization, starts the oldest rotations that are due, a few at a time, and reports on every key. ${runbookLink('Sweeps')}</p>
<form class="c-buttons" method="post" action="/console/sweeps"><button class="c-b c-main" data-busy="The sweep starts">Sweep now</button><button class="c-b" name="audit" value="true" data-busy="The audit starts">Audit: change nothing</button></form></section>
<section class="c-card" id="sweeps" data-live>${rows.length === 0 ? none : list}${pager}</section>`,
  };
}

function row(execution: Execution, now: Date): Markup {
  const found = outcomeOf(execution);
  const says =
    found === undefined
      ? ''
      : `${found.totals.keys.toLocaleString('en')} keys, ${found.totals.byDecision.due ?? 0} due, ${found.totals.overdue} overdue, ${found.starts.started} started`;
  return markup`<li><div class="c-head"><a href="/sweeps/${encodeURIComponent(execution.name)}">${titleOf(execution, now)}</a> ${stateBadge(execution)} <span class="c-muted">${distance(execution.startDate, now)}</span></div><p class="c-muted">${says}</p></li>`;
}

const isAudit = ({ input }: Execution): boolean =>
  z.object({ audit: z.literal(true) }).safeParse(input.value).success;

/** "Sweep of 28 Mar 08:00" */
const titleOf = (execution: Execution, now: Date): string =>
  `${isAudit(execution) ? 'Audit' : 'Sweep'} of ${showDateTime(execution.startDate, now)}`;

function stateBadge({ status, visit }: Execution): Markup {
  switch (status) {
    case 'RUNNING':
      return markup`${badge('Under way', 'busy')} <span class="c-muted">${visit === undefined ? '' : stateInWords(visit.state.name)}</span>`;
    case 'SUCCEEDED':
      return badge('Completed', 'good');
    case 'ABORTED':
      return badge('Stopped', 'bad');
    default:
      return badge('Failed', 'bad');
  }
}

const outcomeOf = ({ output }: Execution): z.infer<typeof outputSchema> | undefined =>
  output === undefined ? undefined : outputSchema.safeParse(JSON.parse(output)).data;

/** A sweep's totals, its report, and the way back. */
export function sweepPage(execution: Execution, { world }: Served): ConsolePage {
  const now = world.clock.now();
  const found = outcomeOf(execution);
  const title = titleOf(execution, now);
  const failed =
    execution.cause === undefined
      ? ''
      : markup`<p>${messageIn(execution.cause)} ${runbookLink('Sweep failed')}</p>`;
  const progress = execution.mapRuns.at(-1)?.counts;
  const under =
    execution.status === 'RUNNING' && progress !== undefined
      ? markup`<p>${String(progress.succeeded)} of ${String(progress.total)} accounts surveyed.</p>`
      : '';
  return {
    title,
    tab: 'Sweeps',
    body: markup`<section class="c-card" id="sweep" data-live><p><a href="/sweeps">All sweeps</a></p><div class="c-head"><h1>${title}</h1>${stateBadge(execution)}</div>
<p class="c-muted">started ${distance(execution.startDate, now)}: ${execution.name}</p>${under}${failed}${found === undefined ? '' : totals(found, reportPath(execution))}</section>`,
  };
}

const totalNames: Readonly<Record<string, string>> = {
  due: 'due',
  inRotation: 'being rotated',
  deferred: 'deferred',
  exempt: 'exempt',
  notDue: 'not due',
  inactive: 'inactive',
  rootKey: 'root keys',
  unreadable: 'unreadable',
};

function totals(
  { totals: { keys, overdue, byDecision }, starts }: z.infer<typeof outputSchema>,
  report: string,
): Markup {
  const rows: (readonly [string, number])[] = [
    ['keys', keys],
    ...Object.entries(byDecision).map(([name, count]) => [totalNames[name] ?? name, count] as const),
    ['overdue', overdue],
    ['rotations started', starts.started],
  ];
  return markup`<p><a class="c-b c-main" href="${report}">Open the report</a></p><h2>Totals</h2><table class="c-table c-totals"><tbody>${rows.map(
    ([name, count]) =>
      markup`<tr><th scope="row">${name}</th><td class="c-num">${count.toLocaleString('en')}</td></tr>`,
  )}</tbody></table>`;
}

/** Where the page that an auditor reads is shown. */
const reportPath = ({ arn, startDate }: Execution): string =>
  `/report/${sweepOf(arn, startDate).prefix}${objects.page}`;
