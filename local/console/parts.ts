import { raw } from 'hono/html';
import type { Badge } from '../../tasks/domain/following/outcomes.ts';
import { isOverdue, type Progress } from '../../tasks/domain/following/progress.ts';
import { type Stage, stages } from '../../tasks/domain/following/stages.ts';
import { anchorOf } from '../../tasks/domain/runbook.ts';
import { type Markup, markup } from '../../tasks/presentation/html.ts';
import { whenInWords } from './dates.ts';
import type { Run } from './index/runs.ts';
import { badge } from './layout.ts';

const looks: Readonly<Record<Badge, readonly [words: string, tone: Parameters<typeof badge>[1]]>> = {
  waiting: ['Waiting', 'busy'],
  working: ['Working', 'busy'],
  completed: ['Completed', 'good'],
  rolledBack: ['Rolled back', 'warn'],
  nothing: ['Nothing to do', 'idle'],
  needsAPerson: ['Needs a person', 'bad'],
  handedOn: ['Already running', 'idle'],
  failed: ['Failed', 'bad'],
  stopped: ['Stopped', 'bad'],
  timedOut: ['Timed out', 'bad'],
};

const knownBadges: readonly Badge[] = [
  ...(['needsAPerson', 'failed', 'stopped', 'timedOut', 'waiting', 'working'] as const),
  ...(['completed', 'rolledBack', 'nothing'] as const),
];

/** Every outcome that a rotation can have, with its words. */
export const outcomes: readonly (readonly [name: Badge, words: string])[] = knownBadges.map((name) => [
  name,
  looks[name][0],
]);

/** The outcome of a rotation, or how it is going. */
export const outcomeBadge = (name: Badge): Markup => badge(...looks[name]);

export const stageNames: Readonly<Record<Stage, string>> = {
  assess: 'Assess',
  create: 'New key',
  ask: 'Ask the owner',
  drain: 'Drain',
  inactive: 'Rollback window',
  delete: 'Delete',
  done: 'Done',
};

const deadlines = {
  answer: 'asks until',
  drain: 'waits for quiet until',
  window: 'can be rolled back until',
} as const;

/** "asks until 23 Mar 08:00, in 3 days"; undefined if it has no deadline. */
export const deadlineInWords = ({ deadline }: Pick<Progress, 'deadline'>, now: Date): string | undefined =>
  deadline && `${deadlines[deadline.of]} ${whenInWords(deadline.at, now)}`;

/** Where it is and until when, on a line. */
export function standing(progress: Progress, now: Date): Markup {
  const { badge: name, stage, problem } = progress;
  const due = deadlineInWords(progress, now);
  const late = isOverdue(progress, now) ? badge('overdue', 'bad') : '';
  const isOpen = name === 'waiting' || name === 'working';
  const says = isOpen ? `${stageNames[stage]}${due === undefined ? '' : `: ${due}`}` : (problem?.says ?? '');
  return markup`${outcomeBadge(name)} ${late} <span>${says}</span>`;
}

/** The seven stages, with the path that was taken. */
export function stageBar(
  { path, stage, badge: name, since }: Progress,
  due: string | undefined,
  now: Date,
): Markup {
  const isOpen = name === 'waiting' || name === 'working' || (name === 'needsAPerson' && since === undefined);
  const items = stages.map((each) => {
    const stays = path.filter((part) => part.stage === each);
    const first = stays[0]?.since;
    const isHere = isOpen && each === stage;
    const look = isHere ? 'c-here' : stays.length > 0 ? 'c-past' : '';
    const again = stays.length > 1 ? ` (${stays.length} times)` : '';
    const said = isHere && due !== undefined ? due : first === undefined ? '' : whenInWords(first, now);
    return markup`<li class="${look}"${isHere ? raw(' aria-current="step"') : ''}><b>${stageNames[each]}${again}</b> ${said}</li>`;
  });
  return markup`<ol class="c-stages" aria-label="Stages">${items}</ol>`;
}

/** "deploy-bot in Payments, attempt 2" */
export function titleOfRotation(userName: string, account: string, rotation: string): string {
  const [, attempt] = /-(\d{1,6})$/.exec(rotation) ?? [];
  return `${userName} in ${account}${attempt === undefined ? '' : `, attempt ${attempt}`}`;
}

export const runPath = ({ execution }: Pick<Run, 'execution'>): string => rotationPath(execution.name);

export const rotationPath = (rotation: string): string => `/rotations/${encodeURIComponent(rotation)}`;

/** Where the runbook explains it. */
export const runbookLink = (section: string): Markup =>
  markup`<a href="/runbook/${anchorOf(section)}">Runbook: ${section}</a>`;

/** A dangerous action: it asks before it acts. */
export const asking = (id: string, says: string, body: Markup): Markup =>
  markup`<details class="c-ask" id="${id}"><summary class="c-b c-danger">${says} …</summary><div>${body}</div></details>`;

export const hidden = (fields: Readonly<Record<string, string>>): Markup[] =>
  Object.entries(fields).map(
    ([name, value]) => markup`<input type="hidden" name="${name}" value="${value}">`,
  );
