import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The files that take longest, from half a minute up, the slowest first. */
export const slowest = [
  'test/local/runbook-commands.test.ts',
  'test/workflows/faults-refused.test.ts',
  'test/workflows/faults-halfway.test.ts',
  'test/workflows/silent-owners.test.ts',
  'test/infra/least-privilege.test.ts',
  'test/infra/deployment.test.ts',
  'test/browser/owner.test.ts',
  'test/workflows/one-action-denied.test.ts',
  'test/workflows/storms.test.ts',
  'test/local/demo/demo.test.ts',
  'test/local/mailed-commands.test.ts',
  'test/workflows/emergency-denied.test.ts',
  'test/workflows/emergency-faults.test.ts',
  'test/workflows/member-role-away.test.ts',
  'test/workflows/crash-and-evidence.test.ts',
];

const rankOf = ({ moduleId }: TestSpecification): number => {
  const rank = slowest.findIndex((path) => moduleId.endsWith(`/${path}`));
  return rank === -1 ? slowest.length : rank;
};

/**
 * Begins with the slowest files, so that no worker is left alone with one at the end. By itself, Vitest knows how long
 * files take only where they have run before; on a clean checkout it goes by their size.
 */
export default class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    // The order of projects stays: between two files of different ones, a new worker is started.
    const projects = [...new Set(sorted.map(({ project }) => project))];
    return projects.flatMap((of) =>
      sorted.filter(({ project }) => project === of).toSorted((a, b) => rankOf(a) - rankOf(b)),
    );
  }
}
