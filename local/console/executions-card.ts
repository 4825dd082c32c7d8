import type { ExecutionStatus } from '@aws-sdk/client-sfn';
import { showTime } from '../../tasks/messages/words.ts';
import { type Markup, markup } from '../../tasks/presentation/html.ts';
import type { Execution } from '../engine/execution.ts';
import { endingOf, isHandedOn, userOf } from '../story/executions.ts';
import type { World } from '../world/world.ts';
import { badge, inWords } from './layout.ts';

/** More than these are a matter for `aws stepfunctions list-executions`. */
const most = 100;

/** A running execution's current step, or the outcome. */
export function stageOf(execution: Execution): string {
  if (execution.status === 'RUNNING') return inWords(execution.visit?.state.name ?? 'starting');
  return inWords(endingOf(execution)?.outcome ?? execution.error ?? 'ended');
}

export const statusBadge = (status: ExecutionStatus): Markup =>
  badge(inWords(status), status === 'RUNNING' ? 'busy' : status === 'SUCCEEDED' ? 'good' : 'bad');

/** The executions, newest first. */
export function executionsCard({ engine, stateMachineArn }: World): Markup {
  const started = engine.executionsOf(stateMachineArn);
  const all = started.filter((execution) => !isHandedOn(execution));
  const handedOn = started.filter(isHandedOn);
  const running = all.filter(({ status }) => status === 'RUNNING').length;
  const none = markup`<p class="c-muted">None yet. Start one below, or from a terminal.</p>`;
  return markup`<section class="c-card" id="executions" data-live><h2>Rotations <span class="c-muted">${String(running)} running, ${String(all.length - running)} ended</span></h2>
${all.length === 0 ? none : list(all)}${handedOn.length === 0 ? '' : starts(handedOn)}</section>`;
}

const starts = (handedOn: readonly Execution[]): Markup =>
  markup`<details id="handed-on"><summary class="c-muted">${String(handedOn.length)} ${handedOn.length === 1 ? 'start runs' : 'starts run'} as one of these</summary>${list(handedOn)}</details>`;

function list(executions: readonly Execution[]): Markup {
  const older = executions.length - most;
  const rest = older > 0 ? markup`<p class="c-muted">And ${String(older)} older ones.</p>` : '';
  return markup`<ul class="c-rows">${executions.slice(0, most).map(row)}</ul>${rest}`;
}

function row(execution: Execution): Markup {
  const { name, status, startDate } = execution;
  const user = userOf(execution);
  return markup`<li class="c-run"><span><a href="/executions/${encodeURIComponent(name)}">${user?.userName ?? name}</a> <span class="c-muted">${user?.accountId ?? ''}</span></span>
<span>${statusBadge(status)} ${stageOf(execution)}</span>
<span class="c-when">${showTime(startDate)}</span></li>`;
}
