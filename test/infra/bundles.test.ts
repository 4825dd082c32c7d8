import { describe, expect, it } from 'vitest';
import { bundleAll } from '../../infra/bundling.ts';
import { allFunctions, entryOf, type Grants } from '../../tasks/manifest.ts';

/** Bytes. A package that grows into every bundle should be noticed before it is deployed. */
const largest = 740_000;

/** The SDK clients that a task with these grants needs. */
function clientsFor({
  entersMember,
  organization,
  secrets,
  secretsKeyState,
  linkKey,
  mails,
  reports,
  guesses,
  executions,
}: Grants): string[] {
  const clients = [
    ...(entersMember ? ['iam', 'sts'] : []),
    ...(organization === undefined ? [] : ['organizations']),
    // What moves labels shares its code with what asks for the key.
    ...(secretsKeyState || secrets?.includes('secretsmanager:UpdateSecretVersionStage') ? ['kms'] : []),
    ...(secrets === undefined && linkKey === undefined ? [] : ['secrets-manager']),
    ...(reports === undefined && guesses === undefined ? [] : ['s3']),
    ...(mails ? ['sesv2'] : []),
    ...(executions === undefined ? [] : ['sfn']),
  ];
  return clients.toSorted();
}

describe('the bundle of', () => {
  const bundles = bundleAll(allFunctions.map(entryOf));

  it.each(allFunctions)('$name is small, and has the clients that its grants need', (task) => {
    const { code = new Uint8Array(), clients } = bundles.get(entryOf(task)) ?? {};
    expect(clients).toEqual(clientsFor(task.grants));
    expect(code.length).toBeLessThan(largest);
    expect(code.length).toBeGreaterThan(10_000);
  });
});
