import type { ExecutionStatus } from '@aws-sdk/client-sfn';
import { z } from 'zod';
import { type Markup, markup, showTime } from '../../tasks/mails/clean.ts';
import type { Execution } from '../engine/execution.ts';
import type { World } from '../world.ts';
import { badge, inWords } from './layout.ts';

/** More than these are a matter for `aws stepfunctions list-executions`. */
const most = 100;

const userSchema = z.object({ accountId: z.string(), userName: z.string() });
const outcomeSchema = z.object({
  outcome: z.string(),
  rotation: z.string().optional(),
  because: z.string().optional(),
});

/** The user that an execution is about; undefined where its input names none. */
export function userOf({ input }: Execution): z.infer<typeof userSchema> | undefined {
  return userSchema.safeParse(input.value).data;
}

/** What a succeeded execution's output says. */
export function outcomeOf({ output }: Execution): z.infer<typeof outcomeSchema> | undefined {
  return output === undefined ? undefined : outcomeSchema.safeParse(JSON.parse(output)).data;
}

/** Where a running execution stands, or what became of it. */
export function stageOf(execution: Execution): string {
  if (execution.status === 'RUNNING') return inWords(execution.visit?.state.name ?? 'starting');
  return inWords(outcomeOf(execution)?.outcome ?? execution.error ?? 'ended');
}

export const statusBadge = (status: ExecutionStatus): Markup =>
  badge(inWords(status), status === 'RUNNING' ? 'busy' : status === 'SUCCEEDED' ? 'good' : 'bad');

/** The executions, newest first. */
export function executionsCard({ engine, stateMachineArn }: World): Markup {
  const all = engine.executionsOf(stateMachineArn);
  const running = all.filter(({ status }) => status === 'RUNNING').length;
  const rest =
    all.length > most ? markup`<p class="c-muted">And ${String(all.length - most)} older ones.</p>` : '';
  const none = markup`<p class="c-muted">None yet. Start one below, or from a terminal.</p>`;
  return markup`<section class="c-card" id="executions" data-live><h2>Rotations <span class="c-muted">${String(running)} running, ${String(all.length - running)} ended</span></h2>
${all.length === 0 ? none : markup`<ul class="c-rows">${all.slice(0, most).map(row)}</ul>`}${rest}</section>`;
}

function row(execution: Execution): Markup {
  const { name, status, startDate } = execution;
  const user = userOf(execution);
  const handedOn = outcomeOf(execution)?.outcome === 'handedOn';
  return markup`<li class="c-run"><span><a href="/executions/${encodeURIComponent(name)}">${user?.userName ?? name}</a> <span class="c-muted">${user?.accountId ?? ''}</span></span>
<span>${handedOn ? badge('Handed on', 'idle') : markup`${statusBadge(status)} ${stageOf(execution)}`}</span>
<span class="c-when">${showTime(startDate)}</span></li>`;
}
