import * as z from 'zod';
import { nameOf } from '../../tasks/domain/execution-name.ts';
import { day, hour } from '../../tasks/domain/time.ts';
import { showTime } from '../../tasks/messages/words.ts';
import { factsTable } from '../../tasks/presentation/blocks.ts';
import { type Markup, markup } from '../../tasks/presentation/html.ts';
import { a, byClass } from '../../tasks/presentation/page-look.ts';
import type { Execution } from '../engine/execution.ts';
import { endingOf, userOf } from '../story/executions.ts';
import { redactor } from '../story/redactor.ts';
import { type Stay, staysOf } from '../story/stays.ts';
import type { World } from '../world/world.ts';
import { stageOf, statusBadge } from './executions-card.ts';
import { inWords, layOutConsole, verbatim } from './layout.ts';

const commentsSchema = z.object({
  States: z.record(z.string(), z.object({ Comment: z.string().optional() })),
});

export const findExecution = (
  { engine, stateMachineArn, sweepMachineArn }: World,
  name: string,
): Execution | undefined =>
  [stateMachineArn, sweepMachineArn]
    .flatMap((machine) => engine.executionsOf(machine))
    .find((execution) => execution.name === name);

/** The name of the rotation that a start led to: its own, or the one that it delegated to. */
export const rotationOf = (execution: Execution): string => {
  const rotation = endingOf(execution)?.rotation;
  return rotation === undefined ? execution.name : nameOf(rotation);
};

/** An execution's facts and its history as a timeline, newest step first. */
export function executionPage(execution: Execution, now: Date): string {
  const user = userOf(execution);
  const title = user === undefined ? execution.name : `${user.userName} in ${user.accountId}`;
  const stays = staysOf(execution.history);
  const { States } = commentsSchema.parse(JSON.parse(execution.stateMachine.definitionText));
  const items = stays
    .map((stay, index) => stayItem(stay, { index, now, comment: States[stay.state]?.Comment, execution }))
    .reverse();
  const body = [
    markup`<section class="c-card" id="facts" data-live><h1 ${a('title')}>${title}</h1>
<p>${statusBadge(execution.status)} ${stageOf(execution)}</p>${facts(execution)}</section>`,
    markup`<section class="c-card" id="timeline" data-live><h2>What happened <span class="c-muted">the latest first</span></h2><ol class="c-steps" reversed>${items}</ol></section>`,
  ];
  return layOutConsole({ title, body });
}

function facts(execution: Execution): Markup {
  const redact = redactor(execution.history);
  const { name, arn, startDate, stopDate, input, output, error, cause } = execution;
  const to = rotationOf(execution);
  const rows: (readonly [string, string | Markup])[] = [
    ['Execution', markup`<span class="c-id">${arn}</span>`],
    ['Started', showTime(startDate)],
    ...(stopDate === undefined ? [] : [['Ended', showTime(stopDate)] as const]),
    ...(to === name
      ? []
      : [['Continues as', markup`<a href="/executions/${encodeURIComponent(to)}">${to}</a>`] as const]),
    ['Input', markup`<span class="c-id">${redact(input.text)}</span>`],
    ...(output === undefined
      ? []
      : [['Output', markup`<span class="c-id">${redact(output)}</span>`] as const]),
    ...(error === undefined
      ? []
      : [['Error', redact(cause === undefined ? error : `${error}: ${cause}`)] as const]),
  ];
  return factsTable(rows, byClass);
}

interface StepContext {
  readonly index: number;
  readonly now: Date;
  readonly comment: string | undefined;
  readonly execution: Execution;
}

function stayItem(stay: Stay, { index, now, comment, execution }: StepContext): Markup {
  const isHere = stay.leftAt === undefined && execution.status === 'RUNNING';
  const end = stay.leftAt ?? (isHere ? now : (execution.stopDate ?? now));
  const lasted = end.getTime() - stay.enteredAt.getTime();
  const span = lasted < 1000 ? '' : `${isHere ? 'for' : 'took'} ${spanInWords(lasted)}`;
  const look = isHere ? 'c-now-here' : stay.troubles.length > 0 ? 'c-broken' : '';
  const question = stay.kind === 'Choice' ? comment : undefined;
  const again = stay.tries > 1 ? markup`<span class="c-muted">${String(stay.tries)} tries</span>` : '';
  return markup`<li class="${look}"><div class="c-head"><h3>${question ?? inWords(stay.state)}</h3><span class="c-when">${showTime(stay.enteredAt)}</span><span class="c-muted">${span}</span>${again}</div>
${comment === undefined || question !== undefined ? '' : markup`<p class="c-muted">${comment}</p>`}${stay.because === undefined ? '' : markup`<p class="c-done">${stay.because}</p>`}${stay.troubles.map((trouble) => markup`<p class="c-said">${trouble}</p>`)}
<details id="step-${String(index)}"><summary class="c-muted">${stay.kind}: data</summary>${data('Input', stay.input)}${data('Arguments', stay.parameters)}${data('Output', stay.output)}</details></li>`;
}

const data = (name: string, json: string | undefined): Markup | '' =>
  json === undefined || json === '' ? '' : markup`<p class="c-muted">${name}</p>${verbatim(pretty(json))}`;

const pretty = (json: string): string => JSON.stringify(JSON.parse(json), null, 2);

function spanInWords(milliseconds: number): string {
  if (milliseconds >= 2 * day) return `${(milliseconds / day).toFixed(1).replace('.0', '')} days`;
  if (milliseconds >= 2 * hour) return `${(milliseconds / hour).toFixed(1).replace('.0', '')} hours`;
  return milliseconds >= 120_000
    ? `${Math.round(milliseconds / 60_000)} min`
    : `${Math.round(milliseconds / 1000)} s`;
}
