import { day, daysBetween, hour } from '../../tasks/domain/time.ts';
import { type Markup, markup } from '../../tasks/presentation/html.ts';
import type { Account, User, UserKey } from '../aws/iam/account.ts';
import { centralAccountId } from '../world/organization.ts';
import type { World } from '../world/world.ts';
import { badge } from './layout.ts';

/** How many accounts are expanded at first. */
const openAccounts = 2;

/** The accounts with their users, and their users' keys as IAM has them. */
export function organizationCard(world: World): Markup {
  const accounts = [...world.aws.accounts.values()];
  // The central account comes first, and has the least to show.
  const listed = [...accounts.slice(1), ...accounts.slice(0, 1)];
  return markup`<section class="c-card" id="organization" data-live><h2>Organization</h2>
${listed.map((account, index) => accountPart(world, account, index < openAccounts))}</section>`;
}

function accountPart(world: World, account: Account, isOpen: boolean): Markup {
  const { id, name, state, rootKeys } = account;
  const users = [...account.users.values()];
  const keys = users.reduce((sum, user) => sum + user.keys.length, 0);
  const flags = [
    state === 'ACTIVE' ? '' : badge(state.toLowerCase(), 'bad'),
    rootKeys > 0
      ? badge(rootKeys === 1 ? 'root has an access key' : `root has ${rootKeys} access keys`, 'bad')
      : '',
    id === centralAccountId ? badge('central', 'idle') : '',
  ];
  return markup`<details class="c-account" id="account-${id}" ${isOpen ? 'open' : ''}><summary>${name} <span class="c-muted">${id} · ${String(users.length)} users, ${String(keys)} keys</span> ${flags}</summary>
<ul class="c-rows">${users.map((user) => userRow(world, account, user))}</ul></details>`;
}

function userRow(world: World, account: Account, user: User): Markup {
  const owner = user.tags.get(world.settings.ownerTag);
  const keys =
    user.keys.length === 0
      ? markup`<span class="c-muted">no access keys</span>`
      : user.keys.map((key) => keyLine(world, account, user, key));
  return markup`<li class="c-user"><span><strong>${user.name}</strong><br><span class="c-muted">${owner ?? `no owner tag: ${account.email}`}</span></span>
<div>${keys}</div>
<form method="post" action="/console/rotations">${fields(account, user)}<button class="c-b" aria-label="Rotate the key of ${user.name} in ${account.name}">Rotate</button></form></li>`;
}

function keyLine(world: World, account: Account, user: User, key: UserKey): Markup {
  const now = world.clock.now();
  const age = Math.floor(daysBetween(key.createdAt, now));
  const use = world.aws.lastUse(account.id, key.id);
  const used = use === undefined ? 'never used' : `used ${ago(use.at, now)} (${use.service}, ${use.region})`;
  const description = user.tags.get(key.id);
  const open = user.usages.filter(({ until }) => until === undefined);
  const inUse = open.some(({ keyId }) => keyId === key.id);
  const maySwitch = open.length > 0 && !inUse && key.status === 'Active';
  return markup`<div class="c-key"><code>${key.id}</code>${badge(key.status, key.status === 'Active' ? 'good' : 'idle')}<span>${String(age)} days old</span><span class="c-muted">${used}</span>${inUse ? badge('in its application', 'idle') : ''}${maySwitch ? switchForm(account, user, key) : ''}${key.status === 'Active' ? leakForm(account, user, key) : ''}${
    description === undefined ? '' : markup`<span class="c-muted c-line">${description}</span>`
  }</div>`;
}

/** What the owner does outside of AWS: gives the application this key in place of its current one. */
const switchForm = (account: Account, user: User, key: UserKey): Markup =>
  markup`<form method="post" action="/console/application">${fields(account, user)}<input type="hidden" name="keyId" value="${key.id}"><button class="c-b c-small">Give it to the application</button></form>`;

/** What AWS Health would report about it. */
const leakForm = (account: Account, user: User, key: UserKey): Markup =>
  markup`<form method="post" action="/console/leaks">${fields(account, user)}<input type="hidden" name="keyId" value="${key.id}"><button class="c-b c-small" aria-label="Simulate a leak of ${key.id}">Simulate a leak</button></form>`;

const fields = (account: Account, user: User): Markup =>
  markup`<input type="hidden" name="accountId" value="${account.id}"><input type="hidden" name="userName" value="${user.name}">`;

/** "3 hours ago", by the virtual clock. */
function ago(at: Date, now: Date): string {
  const passed = now.getTime() - at.getTime();
  const inUnits = (unit: number, name: string) => {
    const count = Math.floor(passed / unit);
    return `${count} ${name}${count === 1 ? '' : 's'} ago`;
  };
  if (passed >= 2 * day) return inUnits(day, 'day');
  if (passed >= hour) return inUnits(hour, 'hour');
  return passed >= 60_000 ? inUnits(60_000, 'minute') : 'just now';
}
