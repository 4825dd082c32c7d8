import type { Badge } from '../../../tasks/domain/following/outcomes.ts';
import type { Progress } from '../../../tasks/domain/following/progress.ts';
import { sections } from '../../../tasks/domain/runbook.ts';
import { type Markup, markup } from '../../../tasks/presentation/html.ts';
import type { Run } from '../index/runs.ts';
import { asking, hidden, runbookLink } from '../parts.ts';

/** Those that an approval can continue. */
const unsettled: ReadonlySet<Badge> = new Set(['needsAPerson', 'failed', 'stopped', 'timedOut']);

/** What an operator can do about a rotation. What is dangerous asks first. */
export function rotationActions(run: Run, { badge, stage }: Pick<Progress, 'badge' | 'stage'>): Markup {
  const { execution, accountId, userName } = run;
  const fields = hidden({ execution: execution.name, accountId, userName });
  const who = (id: string) =>
    markup`<label for="${id}-by">Your name</label><input class="c-in" id="${id}-by" name="by" required maxlength="200"><label for="${id}-why">Reason</label><input class="c-in" id="${id}-why" name="reason" required maxlength="500">`;
  const stop = asking(
    'stop',
    'Stop it',
    markup`<p>The keys stay as they are now. No mail is sent; the owner’s links say that an operator stopped it. ${runbookLink(sections.stop)}</p><form class="c-form" method="post" action="/console/stop">${fields}${who('stop')}<button class="c-b c-danger" data-busy="It is being stopped">Yes, stop it</button></form>`,
  );
  const standIn = asking(
    'stand-in',
    'Approve instead of the owner',
    markup`<p>Only if you know that the application has the new key, or no longer exists. Nobody is asked, and your name and reason are recorded. A key in use is still never deactivated. ${runbookLink(sections.approve)}</p><form class="c-form" method="post" action="/console/stand-in">${fields}${who('stand-in')}<button class="c-b c-danger" data-busy="It starts again with your approval">Yes, approve</button></form>`,
  );
  const again = markup`<form method="post" action="/console/rotations">${fields}<button class="c-b c-main" data-busy="It starts again" data-focus="again">Start again</button></form>`;
  const isOpen = stage === 'ask' || unsettled.has(badge);
  return markup`<div class="c-buttons">${execution.status === 'RUNNING' ? stop : again}${isOpen ? standIn : ''}<a class="c-b" href="/users/${accountId}/${encodeURIComponent(userName)}">Exempt, or see its keys</a></div>`;
}
