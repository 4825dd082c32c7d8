import { raw } from 'hono/html';
import { exemptTag } from '../../../tasks/domain/tags.ts';
import { day, isoDay, later } from '../../../tasks/domain/time.ts';
import { type Markup, markup } from '../../../tasks/presentation/html.ts';
import type { User, UserKey } from '../../aws/iam/account.ts';
import { keyPicture, lifeInWords } from '../../story/key-picture.ts';
import { when } from '../dates.ts';
import type { Person } from '../index/people.ts';
import { badge, type ConsolePage } from '../layout.ts';
import { asking, hidden, rotationPath, runbookLink, runPath, standing } from '../parts.ts';
import type { Served } from '../served.ts';
import { letterRows } from './mailbox.ts';
import { ageBadge, rotateForm } from './users.ts';

/** How many of its rotations and mails; the lists have the rest. */
const most = 10;

/** A user: the lives of its keys, its rotations and its mails. */
export function userPage(person: Person, served: Served): ConsolePage {
  const { account, user, owner } = person;
  const { ledger, world } = served;
  const now = world.clock.now();
  const lives = ledger.lives.of(account.id, user.name);
  const title = `${user.name} in ${account.name}`;
  const picture =
    lives.length === 0
      ? markup`<p class="c-muted">This user has no access key.</p>`
      : markup`<div class="c-scroll" tabindex="0" role="region" aria-label="The lives of its keys">${raw(keyPicture(lives, now))}</div><details id="in-words"><summary class="c-muted">In words</summary><ul>${lives.map((life) => markup`<li>${lifeInWords(life)}</li>`)}</ul></details>`;
  return {
    title,
    tab: 'Users',
    body: [
      markup`<section class="c-card" id="user" data-live><div class="c-head"><h1>${title}</h1>${ageBadge(person, now)}</div><p class="c-muted">${account.id}, owner ${owner}</p>
<div class="c-buttons">${[rotateForm(person, true), exemptForm(person, now)]}</div></section>`,
      markup`<section class="c-card" id="lives" data-live><h2>The lives of its keys</h2>${picture}</section>`,
      keysCard(person, served, now),
      rotationsCard(person, served, now),
      mailsCard(person, served, now),
    ],
  };
}

function keysCard({ account, user }: Person, { world }: Served, now: Date): Markup {
  const rows = user.keys.map((key) => keyRow(account.id, user, key, { world, now }));
  return markup`<section class="c-card" id="keys" data-live><h2>Its keys, as IAM has them</h2><ul class="c-list">${rows}</ul></section>`;
}

function keyRow(
  accountId: string,
  user: User,
  key: UserKey,
  { world, now }: { world: Served['world']; now: Date },
): Markup {
  const use = world.aws.lastUse(accountId, key.id);
  const used =
    use === undefined ? 'never used' : markup`last used ${when(use.at, now)} (${use.service}, ${use.region})`;
  const isInUse = user.usages.some(({ keyId, until }) => keyId === key.id && until === undefined);
  const isActive = key.status === 'Active';
  const fields = hidden({ accountId, userName: user.name, keyId: key.id });
  const give = markup`<form method="post" action="/console/application">${fields}<button class="c-b" data-busy="The application gets the key">Give it to the application</button></form>`;
  const leak = asking(
    `leak-${key.id}`,
    'Simulate a leak',
    markup`<p>AWS Health reports the key as exposed. keyturn makes a new one and deactivates this one immediately: what uses it stops. ${runbookLink('A leaked key')}</p><form method="post" action="/console/leaks">${fields}<button class="c-b c-danger" data-busy="The leak is reported">Yes, it has leaked</button></form>`,
  );
  return markup`<li><div class="c-head"><code>${key.id}</code>${badge(key.status.toLowerCase(), isActive ? 'good' : 'idle')}${isInUse ? badge('in its application', 'busy') : ''}<span class="c-muted">created ${when(key.createdAt, now)}; ${used}</span></div>
<p class="c-muted">${user.tags.get(key.id) ?? ''}</p><div class="c-buttons">${isActive && !isInUse ? give : ''}${isActive ? leak : ''}</div></li>`;
}

function rotationsCard({ account, user }: Person, { ledger }: Served, now: Date): Markup {
  const runs = ledger.runs.of(account.id, user.name).slice(0, most);
  const known = runs.map(
    (run) =>
      markup`<li><div class="c-head"><a href="${runPath(run)}">${run.execution.name}</a> ${standing(ledger.runs.progress(run), now)} ${when(run.execution.startDate, now)}</div></li>`,
  );
  const names = new Set(ledger.records.ofUser(account.id, user.name).map(({ rotation }) => rotation));
  const forgotten = [...names].filter((name) => ledger.runs.named(name) === undefined);
  const rows = [
    ...known,
    ...forgotten
      .slice(0, most)
      .map(
        (name) =>
          markup`<li><div class="c-head"><a href="${rotationPath(name)}">${name}</a> <span class="c-muted">long ended; its record is kept</span></div></li>`,
      ),
  ];
  return markup`<section class="c-card" id="rotations" data-live><h2>Its rotations</h2>${rows.length === 0 ? markup`<p class="c-muted">None yet.</p>` : markup`<ul class="c-list">${rows}</ul>`}</section>`;
}

function mailsCard({ account, user }: Person, { ledger }: Served, now: Date): Markup {
  const letters = ledger.post.ofUser(account.id, user.name);
  const all = markup`<p class="c-muted"><a href="/mail?${new URLSearchParams({ q: `${user.name} ${account.id}` }).toString()}">All ${String(letters.length)}</a></p>`;
  return markup`<section class="c-card" id="mails" data-live><h2>Its mails</h2>${letters.length === 0 ? markup`<p class="c-muted">None yet.</p>` : letterRows(letters.slice(0, most), now)}${letters.length > most ? all : ''}</section>`;
}

function exemptForm({ account, user }: Person, now: Date): Markup {
  const exemption = user.tags.get(exemptTag);
  const until = isoDay(later(now, 30 * day));
  const form = markup`<p>keyturn leaves the user alone until the end of that day. A running rotation continues. ${runbookLink('Leave a user alone for a while')}</p>
<form class="c-form" method="post" action="/console/exempt">${hidden({ accountId: account.id, userName: user.name })}<label for="exempt-by">Your name</label><input class="c-in" id="exempt-by" name="by" required maxlength="200"><label for="until">Until (UTC)</label><input class="c-in" type="date" id="until" name="until" value="${until}" required><label for="why">Reason</label><input class="c-in" id="why" name="reason" required maxlength="150"><button class="c-b" data-busy="The user is exempted">Exempt ${user.name}</button></form>`;
  return markup`<details class="c-ask" id="exempt"><summary class="c-b">Exempt …</summary><div>${form}</div></details>${exemption === undefined ? '' : badge(`exempt: ${exemption}`, 'warn')}`;
}
