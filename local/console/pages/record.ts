import { badgeOf } from '../../../tasks/domain/following/outcomes.ts';
import type { RecordPlace } from '../../../tasks/domain/record/places.ts';
import type { RotationRecord } from '../../../tasks/domain/record/record.ts';
import { recordPage } from '../../../tasks/messages/record-page.ts';
import { type Markup, markup } from '../../../tasks/presentation/html.ts';
import { renderPageBlock } from '../../../tasks/presentation/page.ts';
import { when } from '../dates.ts';
import { userPath } from '../first-visit.ts';
import type { ConsolePage } from '../layout.ts';
import { outcomeBadge, titleOfRotation } from '../parts.ts';
import type { Served } from '../served.ts';

/** What an auditor reads about a rotation that has ended; nothing before that. */
export function recordCard(rotation: string, { ledger }: Served): Markup | '' {
  const place = ledger.records.of(rotation);
  const record = place && ledger.records.read(place);
  if (place === undefined || record === undefined) return '';
  return markup`<section class="c-card" id="record" data-live><h2>Its record</h2><p class="c-muted">What was decided, by whom, when and why, as an auditor reads it. It stays when Step Functions has forgotten the rotation.</p>
<p><a class="c-b" href="${pathOf(place)}">Open it alone</a></p><details id="record-here"><summary>Show it here</summary>${shown(record)}</details></section>`;
}

/** A rotation that Step Functions has forgotten, by its record; undefined if there is none. */
export function forgottenPage(rotation: string, { ledger, world }: Served): ConsolePage | undefined {
  const place = ledger.records.of(rotation);
  const record = place && ledger.records.read(place);
  if (place === undefined || record === undefined) return undefined;
  const { accountId = '', userName = '', startedAt, endedAt, ended, plan } = record;
  const now = world.clock.now();
  const person = ledger.people.get(accountId, userName);
  const title = titleOfRotation(userName, person?.account.name ?? plan?.accountName ?? accountId, rotation);
  const user = person === undefined ? '' : markup`<p><a href="${userPath(person)}">${userName}</a></p>`;
  return {
    title,
    tab: 'Rotations',
    body: [
      markup`<section class="c-card" id="where"><div class="c-head"><h1>${title}</h1>${outcomeBadge(badgeOf(ended.status, { outcome: ended.outcome }))}</div><p>Started ${when(startedAt, now)}; ended ${when(endedAt, now)}.</p>
<p class="c-muted">Step Functions forgets a rotation 90 days after its end. This is its record.</p>${user}<p><a class="c-b" href="${pathOf(place)}">Open the record alone</a></p></section>`,
      markup`<section class="c-card" id="record">${shown(record)}</section>`,
    ],
  };
}

/** The page as it is in the bucket. */
const pathOf = ({ key }: RecordPlace): string => `/report/${key}`;

const shown = (record: RotationRecord): Markup[] =>
  (recordPage(record).blocks ?? []).map((block) => renderPageBlock(block));
