import { type Markup, markup } from '../../../tasks/presentation/html.ts';
import { inWords } from '../dates.ts';
import { userPath } from '../first-visit.ts';
import type { Ledger } from '../index/ledger.ts';
import type { Person } from '../index/people.ts';
import { badge, type ConsolePage } from '../layout.ts';
import { type Choice, finder, type ListRequest, paged } from '../paging.ts';
import { hidden, runPath, standing } from '../parts.ts';

export const userFilters = ['keys'] as const;

const choices: readonly Choice[] = [
  [
    'keys',
    'Keys',
    [
      ['due', 'due'],
      ['overdue', 'overdue'],
      ['rotating', 'being rotated'],
      ['two', 'two'],
      ['none', 'none'],
    ],
  ],
];

/** The users of all accounts. */
export function usersPage(ledger: Ledger, asked: ListRequest, now: Date): ConsolePage {
  const { rows, pager } = paged(found(ledger, asked, now), asked);
  const table = markup`<div class="c-scroll" tabindex="0" role="region" aria-label="Users"><table class="c-table c-stack"><thead><tr><th scope="col">User</th><th scope="col">Keys</th><th scope="col">Rotation</th><th scope="col"><span class="c-muted">Action</span></th></tr></thead><tbody>${rows.map((person) => row(person, ledger, now))}</tbody></table></div>`;
  const none = markup`<p class="c-muted">No user is found by this.</p>`;
  return {
    title: 'Users',
    tab: 'Users',
    body: markup`<section class="c-card"><h1>Users</h1>${finder(asked, 'user, account, key ID, owner', choices)}
<div id="list" data-live>${rows.length === 0 ? none : table}${pager}</div></section>`,
  };
}

function found(
  { people, runs }: Ledger,
  { words, filters: { keys } }: ListRequest,
  now: Date,
): readonly Person[] {
  const all = people.search(words);
  const at = now.getTime();
  const isWanted: Readonly<Record<string, (person: Person) => boolean>> = {
    due: ({ dueAt }) => dueAt <= at,
    overdue: ({ overdueAt }) => overdueAt <= at,
    rotating: ({ account, user }) => runs.latestOf(account.id, user.name)?.execution.status === 'RUNNING',
    two: ({ user }) => user.keys.length > 1,
    none: ({ user }) => user.keys.length === 0,
  };
  const filter = Object.hasOwn(isWanted, keys ?? '') ? isWanted[keys ?? ''] : undefined;
  return filter === undefined ? all : all.filter(filter);
}

/** Whether its oldest active key is too old. */
export function ageBadge({ dueAt, overdueAt }: Person, now: Date): Markup | '' {
  if (overdueAt <= now.getTime()) return badge('overdue', 'bad');
  return dueAt <= now.getTime() ? badge('due', 'warn') : '';
}

function row(person: Person, ledger: Ledger, now: Date): Markup {
  const { account, user, owner } = person;
  const run = ledger.runs.latestOf(account.id, user.name);
  const keys = user.keys.map(
    ({ id, status, createdAt }) =>
      markup`<div><code>${id}</code> <span class="c-muted">${status.toLowerCase()}, ${inWords(now.getTime() - createdAt.getTime()) ?? 'moments'} old</span></div>`,
  );
  const rotation =
    run === undefined
      ? ''
      : markup`<a href="${runPath(run)}">${standing(ledger.runs.progress(run), now)}</a>`;
  return markup`<tr><td><a href="${userPath(person)}">${user.name}</a> ${ageBadge(person, now)}<br><span class="c-muted">${account.name} ${account.id}</span><br><span class="c-muted">${owner}</span></td>
<td>${keys.length === 0 ? markup`<span class="c-muted">none</span>` : keys}</td><td>${rotation}</td>
<td>${rotateForm(person)}</td></tr>`;
}

/** The button that starts a rotation. */
export const rotateForm = ({ account, user }: Pick<Person, 'account' | 'user'>, main = false): Markup =>
  markup`<form method="post" action="/console/rotations">${hidden({ accountId: account.id, userName: user.name })}<button class="${main ? 'c-b c-main' : 'c-b'}" data-busy="The rotation starts" data-focus="rotate-${account.id}-${user.name}" aria-label="Rotate the key of ${user.name} in ${account.name}">Rotate</button></form>`;
