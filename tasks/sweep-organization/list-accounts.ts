import * as z from 'zod';
import { listAccounts as readAccounts } from '../aws/organization.ts';
import { ReportStore } from '../aws/report-store.ts';
import { defined } from '../domain/defined.ts';
import { readSweepRequest } from '../domain/sweeps/request.ts';
import { selectAccounts, unitOf } from '../domain/sweeps/select-accounts.ts';
import { type AccountItem, objects, type ScopeNote, sweepOf } from '../domain/sweeps/sweep.ts';
import { lambdaHandler } from '../lambda.ts';
import { asJsonLines, skippedAsCsv } from '../report/csv.ts';
import { task } from '../task.ts';
import { readPrevious, readTold } from './previous-sweeps.ts';

const input = z.object({ request: z.unknown(), executionArn: z.string(), startedAt: z.coerce.date() });

/**
 * State ListAccounts: reads the organization, selects the accounts in scope, and writes the list for the Map. Ten
 * thousand accounts don't fit into a state's output.
 */
export const listAccounts = task({
  name: 'ListAccounts',
  input,
  run: async ({ request: raw, executionArn, startedAt }, dependencies) => {
    const { settings, log } = dependencies;
    const { request, problems: ofInput } = readSweepRequest(raw);
    const sweep = sweepOf(executionArn, startedAt);
    const store = new ReportStore(dependencies, sweep);
    const { chosen, skipped, problems } = selectAccounts(
      await readAccounts(dependencies),
      settings.scope,
      request,
      settings.live,
    );
    const items: AccountItem[] = chosen.map(({ id, name, email, notLive, paths }) => ({
      ...{ id, name, email, notLive },
      unit: unitOf(paths),
    }));
    const { base, ...earlier } = await readPrevious(sweep, dependencies);
    const narrowed = [request.accounts, request.organizationalUnits, request.users].some(
      (list) => list !== undefined,
    );
    const note: ScopeNote = {
      ...earlier,
      base,
      problems: [...ofInput, ...problems],
      skippedAccounts: skipped.length,
      users: request.users === undefined ? undefined : [...request.users],
      narrowed,
      audit: request.audit || settings.mode !== 'live',
      auditAsked: request.audit,
      tellOwners: request.tellOwners,
      told: await readTold(sweep, dependencies),
    };
    await store.put(objects.accounts, asJsonLines(items), 'application/jsonl');
    await store.put(objects.skipped, skippedAsCsv(skipped), 'text/csv');
    await store.put(objects.scope, JSON.stringify(note), 'application/json');
    for (const problem of note.problems) log.warn('a problem in a sweep', { sweep: sweep.id, problem });
    log.info('listed', { sweep: sweep.id, accounts: items.length, skipped: skipped.length });
    return {
      sweep,
      survey: {
        ...{ users: note.users, inspectAllUsers: request.inspectAllUsers, previous: earlier.previous },
        deletesSecrets: !note.audit && !narrowed,
        // A narrowed sweep's numbers can't be compared.
        ...(narrowed ? {} : defined({ base })),
      },
      bucket: store.bucket,
      key: store.keyOf(objects.accounts),
      accounts: items.length,
      anyAccount: items.length > 0,
    };
  },
});

export const handler = lambdaHandler(listAccounts);
