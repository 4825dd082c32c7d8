import * as z from 'zod';
import { objects, sweepOf } from '../../tasks/domain/sweeps/sweep.ts';
import { showTime } from '../../tasks/messages/words.ts';
import { type Markup, markup } from '../../tasks/presentation/html.ts';
import type { Execution } from '../engine/execution.ts';
import type { World } from '../world/world.ts';
import { stageOf, statusBadge } from './executions-card.ts';

/** The latest are enough: each reports on every key. */
const most = 5;

const outputSchema = z.object({
  totals: z.object({ keys: z.number(), byDecision: z.object({ due: z.number() }), overdue: z.number() }),
  starts: z.object({ started: z.number() }),
});

/** The sweeps, newest first, with links to what each found. */
export function sweepsCard({ engine, sweepMachineArn }: World): Markup {
  const all = engine.executionsOf(sweepMachineArn);
  const list =
    all.length === 0
      ? markup`<p class="c-muted">None yet. One begins daily at 06:00 UTC, unless sweeps are switched off.</p>`
      : markup`<ul class="c-rows">${all.slice(0, most).map(row)}</ul>`;
  return markup`<section class="c-card" id="sweeps" data-live><h2>Sweeps <span class="c-muted">of the whole organization, daily</span></h2>
${list}
<form class="c-buttons" method="post" action="/console/sweeps"><button class="c-b">Sweep now</button><button class="c-b" name="audit" value="true">Audit: change nothing</button></form></section>`;
}

function row(execution: Execution): Markup {
  const { name, status, startDate } = execution;
  return markup`<li class="c-run"><span><a href="/executions/${encodeURIComponent(name)}">${name}</a></span>
<span>${statusBadge(status)} ${status === 'SUCCEEDED' ? found(execution) : stageOf(execution)}</span>
<span class="c-when">${showTime(startDate)}</span></li>`;
}

function found(execution: Execution): Markup | string {
  const output = outputSchema.safeParse(JSON.parse(execution.output ?? '{}')).data;
  if (output === undefined) return '';
  const { totals, starts } = output;
  return markup`<a href="${reportPath(execution)}">${String(totals.keys)} keys: ${String(totals.byDecision.due)} due, ${String(totals.overdue)} overdue, ${String(starts.started)} started</a>`;
}

/** Where the page that an auditor reads is shown. */
const reportPath = ({ arn, startDate }: Execution): string =>
  `/report/${sweepOf(arn, startDate).prefix}${objects.page}`;
