import { isOptIn } from '../../infra/regions.ts';
import { day, isoDay } from '../../tasks/domain/time.ts';
import { plural, someOf } from './counted.ts';
import { type Check, type CheckContext, fail, ok, type Seen, unknown, warn } from './finding.ts';
import type { Audit } from './last-audit.ts';

/** How to get a current report. */
export const startAudit = 'Start a sweep: docs/deploy.md, 4.';

/** Whether a report is too old to reflect the current state. */
export const isStale = (
  { deployment, now }: Pick<CheckContext, 'deployment' | 'now'>,
  { endedAt }: Audit,
): boolean => now.getTime() - endedAt.getTime() > deployment.schedule.absentAfterDays * day;

/** A sweep of the whole scope has completed recently, and could read every account. */
export const lastAudit: Check = {
  name: 'last audit',
  look: async (context) => {
    const audit = await context.lastAudit();
    if (audit === undefined) return warn('No sweep of the whole scope has completed in 90 days.', startAudit);
    const { totals, failed } = audit.overview;
    const when = isoDay(audit.endedAt);
    const seen: Seen[] = [];
    if (isStale(context, audit)) {
      seen.push(fail(`The last sweep completed on ${when}.`, 'docs/runbook.md, No sweep completed.'));
    }
    if (totals.failedAccounts > 0) {
      const names = failed.map(({ accountId, because }) => `${accountId} (${because.split(':', 1)[0]})`);
      const says = `${totals.failedAccounts} of ${plural(totals.accounts, 'account')} failed on ${when}: ${someOf(names, 3)}.`;
      seen.push(fail(says, 'docs/runbook.md, Accounts failed.'));
    }
    if (audit.warnings.length > 0) {
      seen.push(
        warn(`Mails of the report were not sent: ${audit.warnings[0]}`, 'docs/runbook.md, MailRefused.'),
      );
    }
    return seen.length > 0 ? seen : ok(`${plural(totals.surveyed, 'account')} on ${when}, none failed`);
  },
};

/** Exemptions that have ended: the exempt group's own, and users' that the last sweep found. */
export const exemptions: Check = {
  name: 'exemptions',
  look: async (context) => {
    const group = context.deployment.sweep.exemptGroup;
    const seen: Seen[] = [];
    if (group !== undefined && group.until < isoDay(context.now)) {
      const says = `The exempt group ${group.name} has been exempt only until ${group.until}.`;
      seen.push(warn(says, 'Set another sweep.exemptGroup.until with its reason, or remove it.'));
    }
    const audit = await context.lastAudit();
    if (audit === undefined) {
      seen.push(unknown('No sweep has looked at users’ exemptions yet.', startAudit));
      return seen;
    }
    const expired = audit.overview.totals.exemptionsExpired;
    if (expired > 0) {
      const says = `${plural(expired, 'user is', 'users are')} due after an exemption that has ended.`;
      seen.push(warn(says, 'docs/runbook.md, Exemptions run out.'));
    }
    if (seen.length > 0) return seen;
    const says = `none had expired on ${isoDay(audit.endedAt)}`;
    return isStale(context, audit) ? unknown(`${says}, which is long ago`, startAudit) : ok(says);
  },
};

/** AWS's errors in a region that the account hasn't enabled. */
const regionOff = /RegionDisabled|InvalidClientTokenId|UnrecognizedClient/;

/** An account that hasn't enabled an opt-in region can't be used from there. */
export const optInRegion: Check = {
  name: 'opt-in region',
  applies: ({ region }) => isOptIn(region),
  look: async (context) => {
    const { region } = context.deployment;
    const audit = await context.lastAudit();
    if (audit === undefined) return unknown(`No sweep has tried ${region} in every account yet.`, startAudit);
    const { failed, problems } = audit.overview;
    const off = [
      ...failed.filter(({ because }) => regionOff.test(because)).map(({ accountId }) => accountId),
      ...problems.filter((text) => regionOff.test(text)).flatMap((text) => /^\d{12}/.exec(text)?.[0] ?? []),
    ];
    if (off.length > 0) {
      return fail(
        `${region} is off in ${someOf([...new Set(off)])}.`,
        'Enable it there, or exclude those accounts.',
      );
    }
    const when = isoDay(audit.endedAt);
    if (isStale(context, audit))
      return unknown(`Nothing was refused on ${when}, which is long ago.`, startAudit);
    return ok(`no account refused ${region} on ${when}`);
  },
};
