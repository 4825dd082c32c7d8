import pMap from 'p-map';
import { partitionOf } from '../../infra/regions.ts';
import type { Deployment } from '../../infra/settings.ts';
import { listAccounts } from '../../tasks/aws/organization.ts';
import type { AccessTo } from '../access.ts';
import { findDeployment, identify } from '../deployed.ts';
import { explain } from '../explain.ts';
import { type Check, type CheckContext, type Finding, type Seen, unknown } from './finding.ts';
import { readLastAudit } from './last-audit.ts';

export interface Examination {
  readonly deployment: Deployment;
  /** The file that the settings are in. */
  readonly from: string;
  readonly access: AccessTo;
  readonly assume: string | undefined;
  readonly now: Date;
}

/** How many checks run simultaneously: more would only be throttled. */
const atATime = 6;

/**
 * Checks a deployment without changing anything.
 * @throws {CannotRun} if the credentials don't work, or nothing is deployed
 */
export async function examine(question: Examination): Promise<{ caller: string; findings: Finding[] }> {
  const caller = await identify(question);
  const partition = partitionOf(question.deployment.region);
  await findDeployment(question, partition);
  return { caller, findings: await lookAt({ ...question, caller, partition }) };
}

/** The findings about a deployment that is known to be there. */
export async function lookAt({
  deployment,
  access,
  ...known
}: Omit<CheckContext, 'accounts' | 'lastAudit'>): Promise<Finding[]> {
  const aws = access(deployment.region);
  const context: CheckContext = {
    ...{ ...known, deployment, access },
    accounts: once(() => listAccounts({ aws, sleep, settings: { accountList: deployment.accounts.list } })),
    lastAudit: once(() => readLastAudit({ deployment, access, partition: known.partition })),
  };
  // Loaded only now: the CDK describes what is deployed, and takes seconds to load. Refusals needn't wait for it.
  const { checks } = await import('./checks.ts');
  const applying = checks.filter(({ applies }) => applies === undefined || applies(deployment));
  const results = await pMap(applying, (check) => run(check, context), { concurrency: atATime });
  return results.flat();
}

/** Caches the result, because several checks use it. */
function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | undefined;
  return () => {
    asked ??= ask();
    return asked;
  };
}

const sleep = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

/** A check's findings. If it can't see what it needs, that is a finding too. */
async function run({ name, look }: Check, context: CheckContext): Promise<Finding[]> {
  try {
    return [await look(context)].flat().map((seen) => ({ check: name, ...seen }));
  } catch (error) {
    return [{ check: name, ...notSeen(error) }];
  }
}

function notSeen(error: unknown): Seen {
  const { kind, sentence, action } = explain(error);
  switch (kind) {
    case 'denied':
      return unknown(sentence, `Run it as somebody who may ${action ?? 'read this'}.`);
    case 'notModelled':
      return unknown(sentence, 'Look at a real deployment.');
    case 'credentials':
      return unknown(sentence, 'Sign in again, and run it again.');
    case 'unreachable':
    case 'other':
      return unknown(sentence, 'Run it again.');
  }
}
