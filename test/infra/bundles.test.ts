import { describe, expect, it } from 'vitest';
import { bundleAll } from '../../infra/bundling.ts';
import { executionVerbs, verbsIn } from '../../tasks/domain/verbs.ts';
import { allFunctions, doesAny, entersBy, entryOf, type FunctionRow } from '../../tasks/manifest.ts';

/** Bytes. A package that grows into every bundle should be noticed before it is deployed. */
const largest = 740_000;

/** The SDK clients that a task with this row needs. */
function clientsFor(row: FunctionRow): string[] {
  const clients = [
    ...(entersBy(row).length > 0 ? ['iam', 'sts'] : []),
    ...(doesAny(row, 'describeAccount', 'listAccounts') ? ['organizations'] : []),
    ...(doesAny(row, 'readSecretsKey') ? ['kms'] : []),
    ...(doesAny(row, 'readSecret', 'readLinkKey') ? ['secrets-manager'] : []),
    ...(doesAny(row, 'readReport', 'writeReport', 'countGuess') ? ['s3'] : []),
    ...(doesAny(row, 'sendMail') ? ['sesv2'] : []),
    ...(verbsIn(executionVerbs, row.does).length > 0 ? ['sfn'] : []),
  ];
  return clients.toSorted();
}

describe('the bundle of', () => {
  const bundles = bundleAll(allFunctions.map(entryOf));

  it.each(allFunctions)('$name is small, and has the clients that its row calls for', (task) => {
    const { code = new Uint8Array(), clients } = bundles.get(entryOf(task)) ?? {};
    expect(clients).toEqual(clientsFor(task));
    expect(code.length).toBeLessThan(largest);
    expect(code.length).toBeGreaterThan(10_000);
  });
});
