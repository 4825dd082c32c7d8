import { raw } from 'hono/html';
import type { Progress } from '../../../tasks/domain/following/progress.ts';
import { type Markup, markup } from '../../../tasks/presentation/html.ts';
import { type MachineDefinition, readMachine } from '../../story/machine-graph.ts';
import { momentOf } from '../../story/moments.ts';
import { stateGraph } from '../../story/state-graph.ts';
import { type StoryLine, inWords as stateInWords, storyOf } from '../../story/story.ts';
import { linksIn } from '../../world/owner.ts';
import { distance, showDateTime, when, whenInWords } from '../dates.ts';
import { userPath } from '../first-visit.ts';
import type { Run } from '../index/runs.ts';
import { badge, type ConsolePage } from '../layout.ts';
import {
  deadlineInWords,
  outcomeBadge,
  runbookLink,
  stageBar,
  stageNames,
  titleOfRotation,
} from '../parts.ts';
import type { Served } from '../served.ts';
import { letterRows } from './mailbox.ts';
import { accountOf } from './overview.ts';
import { recordCard } from './record.ts';
import { rotationActions } from './rotation-actions.ts';

/** At most this many lines of a history, the latest ones. */
const mostLines = 120;

/** A rotation: its outcome and stages, what can be done, its states as a picture, its history in words, and its facts. */
export function rotationPage(run: Run, served: Served): ConsolePage {
  const { ledger, world } = served;
  const now = world.clock.now();
  const progress = ledger.runs.progress(run);
  const title = titleOfRotation(run.userName, accountOf(run, ledger), run.execution.name);
  return {
    title,
    tab: 'Rotations',
    body: [
      markup`<section class="c-card" id="where" data-live><div class="c-head"><h1>${title}</h1>${outcomeBadge(progress.badge)}</div>${summary(progress, now)}
${stageBar(progress, deadlineInWords(progress, now), now)}</section>`,
      markup`<section class="c-card" id="actions" data-live><h2>What to do</h2><p>${progress.next.says} ${runbookLink(progress.next.section)}</p>${rotationActions(run, progress)}</section>`,
      history(run, served, now),
      graph(run),
      facts(run, served, now),
      mails(run, served, now),
      recordCard(run.execution.name, served),
    ],
  };
}

function summary(progress: Progress, now: Date): Markup {
  const { problem, retrying, because, nextAt, reminder, reminders, stage, endedAt } = progress;
  const due = deadlineInWords(progress, now);
  const isAsked = stage === 'ask' && reminders !== undefined && due !== undefined;
  const reminded = isAsked ? ` ${reminder} of ${reminders} reminders sent.` : '';
  const next = nextAt === undefined ? '' : ` Next step by itself ${distance(nextAt, now)}.`;
  const ended = endedAt === undefined ? undefined : `Ended ${whenInWords(endedAt, now)}.`;
  const says = ended ?? `${stageNames[stage]}${due === undefined ? '' : `: ${due}`}.${reminded}${next}`;
  return markup`<p data-says="${problem?.says ?? says}">${problem === undefined ? says : markup`${problem.says}${problem.failedAt === undefined ? '' : markup` <span class="c-muted">in “${stateInWords(problem.failedAt)}”</span>`} ${runbookLink(problem.section)}`}</p>
${because === undefined ? '' : markup`<p class="c-muted">Why: ${because}</p>`}${retrying === undefined ? '' : markup`<p>${badge('trying again', 'warn')} ${retrying.because} <span class="c-muted">${String(retrying.times)} times so far</span></p>`}`;
}

function history(run: Run, { ledger }: Served, now: Date): Markup {
  const { execution } = run;
  const { problem, badge: name } = ledger.runs.progress(run);
  const ended: StoryLine[] =
    problem === undefined || execution.stopDate === undefined || execution.status === 'SUCCEEDED'
      ? []
      : [
          {
            at: execution.stopDate,
            stage: name === 'stopped' ? 'Stopped' : 'Failed',
            why: problem.says,
            tone: 'alarm',
          },
        ];
  const sent = ledger.post.ofExecution(execution.arn).map(({ mail }) => ({
    at: mail.sentAt,
    item: markup`<li><h3>Mail</h3> ${stamp(mail.sentAt, now)}<p><a href="/mail/${encodeURIComponent(mail.id)}">${mail.subject}</a> <span class="c-muted">to ${mail.to.join(', ')}</span></p></li>`,
  }));
  const told = [...storyOf(execution.history), ...ended].map((line) => ({
    at: line.at,
    item: lineItem(line, now),
  }));
  // Of the same moment, what came later is shown first.
  const lines = [...told.reverse(), ...sent].toSorted((a, b) => b.at.getTime() - a.at.getTime());
  const older =
    lines.length > mostLines
      ? markup`<p class="c-muted">And ${String(lines.length - mostLines)} older lines.</p>`
      : '';
  return markup`<section class="c-card" id="history" data-live><h2>What happened <span class="c-muted">the latest first</span></h2><ol class="c-steps" reversed>${lines.slice(0, mostLines).map(({ item }) => item)}</ol>${older}</section>`;
}

const stamp = (at: Date, now: Date): Markup =>
  markup`<time class="c-when" datetime="${at.toISOString()}">${showDateTime(at, now)}</time>`;

const lineItem = ({ at, stage, why, tone }: StoryLine, now: Date): Markup =>
  stage === 'Decided'
    ? markup`<li class="c-decided"><p class="c-muted">${why}</p></li>`
    : markup`<li class="c-${tone}"><h3>${stage}</h3> ${stamp(at, now)}<p>${why}</p></li>`;

function graph({ execution }: Run): Markup {
  const states = execution.history.flatMap((event) => {
    const moment = momentOf(event);
    return moment?.kind === 'entered' ? [moment.state] : [];
  });
  const machine = machineOf(execution.stateMachine.definitionText);
  const drawn = stateGraph(machine, { states, isOver: execution.status !== 'RUNNING' });
  return markup`<section class="c-card" id="graph" data-live><h2>Its states <span class="c-muted">the path taken is highlighted</span></h2><div class="c-graph" tabindex="0" role="region" aria-label="The state machine">${raw(drawn)}</div></section>`;
}

/** Executions of one version share their definition. */
const machines = new Map<string, MachineDefinition>();

function machineOf(definition: string): MachineDefinition {
  const machine = machines.get(definition) ?? readMachine(definition);
  machines.set(definition, machine);
  return machine;
}

function facts(run: Run, { ledger }: Served, now: Date): Markup {
  const { execution, accountId, userName } = run;
  const { owner, oldKeyId, newKeyId, round, rounds, answers } = ledger.runs.progress(run);
  const person = ledger.people.get(accountId, userName);
  const [letter] = ledger.post.ofExecution(execution.arn).filter(({ mail }) => linksIn(mail).length > 0);
  const links =
    letter === undefined ? [] : linksIn(letter.mail).filter(({ url }) => url.includes('/answer/'));
  const rows: (readonly [string, Markup | string | readonly Markup[]])[] = [
    [
      'User',
      person === undefined
        ? userName
        : markup`<a href="${userPath(person)}">${userName}</a> <span class="c-muted">${accountId}</span>`,
    ],
    ['Owner', owner.length === 0 ? (person?.owner ?? '') : owner.join(', ')],
    ...(oldKeyId === undefined ? [] : [['Old key', markup`<code>${oldKeyId}</code>`] as const]),
    ...(newKeyId === undefined ? [] : [['New key', markup`<code>${newKeyId}</code>`] as const]),
    ...(rounds === undefined ? [] : [['Round', `${round} of ${rounds}`] as const]),
    ...answers.map(
      ({ by, decision, at, reason }) =>
        [
          'Answer',
          markup`${decisions[decision] ?? decision} by ${by}${reason === undefined ? '' : `: “${reason}”`} ${at === undefined ? '' : when(at, now)}`,
        ] as const,
    ),
    ...(links.length === 0
      ? []
      : [['Links', links.map(({ url, text }) => markup`<div><a href="${url}">${text}</a></div>`)] as const]),
    ['Started', when(execution.startDate, now)],
    ...(execution.stopDate === undefined ? [] : [['Ended', when(execution.stopDate, now)] as const]),
    ['Execution', markup`<span class="c-id">${execution.arn}</span>`],
  ];
  return markup`<section class="c-card" id="facts" data-live><h2>Facts</h2><dl class="c-facts">${rows.map(([label, value]) => markup`<dt>${label}</dt><dd>${value}</dd>`)}</dl></section>`;
}

const decisions: Readonly<Record<string, string>> = {
  confirm: 'confirmed',
  notNeeded: 'not needed any more, said',
  rollBack: 'rolled back',
  moreTime: 'more time, asked for',
  takeBack: 'taken back',
  approve: 'approved instead of the owner',
};

function mails({ execution }: Run, { ledger }: Served, now: Date): Markup {
  const letters = ledger.post.ofExecution(execution.arn);
  return markup`<section class="c-card" id="mails" data-live><h2>Its mails</h2>${letters.length === 0 ? markup`<p class="c-muted">None.</p>` : letterRows(letters.slice(0, 20), now)}</section>`;
}
