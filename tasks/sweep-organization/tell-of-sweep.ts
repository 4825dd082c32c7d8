import { ReportStore } from '../aws/report-store.ts';
import type { Dependencies } from '../dependencies.ts';
import { AwsUnavailable, MailRefused } from '../domain/errors.ts';
import { findingsIn, isNews } from '../domain/sweeps/news.ts';
import type { Overview } from '../domain/sweeps/overview.ts';
import type { ScopeNote, Sweep } from '../domain/sweeps/sweep.ts';
import type { Wave } from '../domain/sweeps/wave.ts';
import { auditNotice } from '../messages/audit-notice.ts';
import { auditReport } from '../messages/audit-report.ts';
import { digest } from '../messages/digest.ts';
import type { Message } from '../messages/document.ts';
import { speakerOf } from '../presentation/speaker.ts';
import { needed } from '../settings.ts';
import { tell } from '../tell.ts';
import { becomeTold } from './previous-sweeps.ts';
import { readAccounts } from './stored.ts';

/**
 * The time limit for mailing owners, in milliseconds. Well below the function's time-out, because a retry would mail
 * everyone again.
 */
const longestMailing = 150_000;

export interface AboutSweep {
  readonly sweep: Sweep;
  readonly overview: Overview;
  readonly wave: Wave;
  readonly reportUrl: string;
}

/**
 * One mail to the operators: an audit's result, or what is still open. Somebody who asks for an audit gets it; what
 * comes by schedule comes at most weekly, and only if something has changed. In an audit, if requested, also one mail
 * to each owner of what would be started now.
 * @returns what could not be sent, one sentence each
 */
export async function tellOfSweep(
  about: AboutSweep,
  note: ScopeNote,
  dependencies: Dependencies,
): Promise<string[]> {
  const warnings = await tellOperators(about, note, dependencies);
  return note.audit && note.tellOwners
    ? [...warnings, ...(await tellOwnersOf(about, dependencies))]
    : warnings;
}

async function tellOperators(
  about: AboutSweep,
  note: ScopeNote,
  dependencies: Dependencies,
): Promise<string[]> {
  const { settings, now } = dependencies;
  const isAsked = note.auditAsked || (note.audit && note.narrowed);
  // A narrowed sweep doesn't know what is open elsewhere.
  if (note.narrowed && !isAsked) return [];
  const fingerprint = fingerprintOf(about.overview, note);
  if (!isAsked && fingerprint === '') {
    if (note.told !== undefined) await becomeTold(about.sweep, { ...note.told, fingerprint }, dependencies);
    return [];
  }
  const found = findingsIn(about.overview.open);
  if (!isAsked && !isNews(note.told, { fingerprint, found }, now())) return [];
  const known = [...new Set([...found, ...(note.told?.found ?? [])])].slice(0, mostFindings);
  const message = note.audit ? auditMessage(about, dependencies) : digestMessage(about, dependencies);
  const notSent = await warningOf(() => tell(dependencies, [settings.operators], message));
  if (notSent !== undefined) return [`The mail about this report was not sent: ${notSent}`];
  // What could not be sent isn't told: the next sweep tries again.
  if (!note.narrowed) await becomeTold(about.sweep, { at: now(), fingerprint, found: known }, dependencies);
  return [];
}

/** More are told again, which is better than never. */
const mostFindings = 2_000;

/** Changes if there is news; empty if nothing is open. */
function fingerprintOf({ open, failed, totals, gone }: Overview, { audit }: ScopeNote): string {
  const accounts = failed.map(({ accountId, because }) => `${accountId} ${because}`);
  // That a deletion comes nearer is no news.
  const secrets = gone.first.map(({ secretArn, act }) => `${secretArn} ${act}`);
  if (audit) return JSON.stringify([totals, accounts, secrets, open.fingerprint]);
  return [...accounts, ...secrets, open.fingerprint].filter((part) => part !== '').join('\n');
}

const auditMessage = ({ sweep, overview, reportUrl }: AboutSweep, { settings }: Dependencies): Message => {
  const { byDecision, ...totals } = overview.totals;
  return auditReport({
    sweep: { id: sweep.id, executionArn: sweep.executionArn, at: sweep.startedAt },
    totals: { ...totals, ...byDecision },
    oldest: overview.oldest,
    reportUrl,
    speaker: speakerOf(settings),
  });
};

const digestMessage = ({ sweep, overview, reportUrl }: AboutSweep, { settings }: Dependencies): Message =>
  digest({
    sweep: { id: sweep.id, at: sweep.startedAt },
    open: overview.open,
    gone: overview.gone,
    failedAccounts: overview.failed,
    machine: needed(settings, 'rotationMachine'),
    reportUrl,
    speaker: speakerOf(settings),
  });

async function tellOwnersOf({ wave, sweep }: AboutSweep, dependencies: Dependencies): Promise<string[]> {
  const { settings, now } = dependencies;
  const accounts = await readAccounts(new ReportStore(dependencies, sweep));
  const names = new Map(accounts.map(({ id, name }) => [id, name]));
  const until = now().getTime() + longestMailing;
  const owners = [...new Set(wave.chosen.flatMap(({ owner }) => owner))];
  const warnings: string[] = [];
  for (const [index, owner] of owners.entries()) {
    if (now().getTime() >= until) {
      warnings.push(`${owners.length - index} owners were not mailed: SES took the mails too slowly`);
      break;
    }
    const keys = wave.chosen
      .filter((candidate) => candidate.owner.includes(owner))
      .map((candidate) => ({ ...candidate, accountName: names.get(candidate.accountId) }));
    const message = auditNotice({ keys, speaker: speakerOf(settings) });
    const notSent = await warningOf(() => tell(dependencies, [owner], message, [settings.operators]));
    if (notSent !== undefined) warnings.push(`The owner ${owner} was not mailed: ${notSent}`);
  }
  const more = warnings.length - mostWarnings;
  return more > 0 ? [...warnings.slice(0, mostWarnings), `And ${more} more, in the log`] : warnings;
}

/** More would make the sweep's output too long; all of them are in the log. */
const mostWarnings = 20;

/** Why a mail was not sent; undefined if it was. Errors that aren't SES's are thrown. */
async function warningOf(send: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await send();
    return undefined;
  } catch (error) {
    if (error instanceof MailRefused || error instanceof AwsUnavailable) {
      return `${error.name}: ${error.message}`.slice(0, 500);
    }
    throw error;
  }
}
