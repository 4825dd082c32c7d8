import { performance } from 'node:perf_hooks';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { Command } from 'commander';
import * as z from 'zod';
import { localCommand, readOptions, type Size, wholeNumber } from '../local/options.ts';
import { clientDefaults } from '../local/world/lambda.ts';
import { makeLargeOrganization } from '../local/world/large-organization.ts';
import { firstMorning } from '../local/world/options.ts';
import { createWorld, type World } from '../local/world/world.ts';
import { startsSchema } from '../tasks/domain/sweeps/wave.ts';

/** Users per thousand. A due user's rotation runs up to the owner's mail, which takes longer than the survey. */
const duePerThousand = 1;

/** What the estimate assumes of an AWS account: the limits per second, and how long a call usually takes. */
const assumed = {
  accountsAtOnce: 100,
  secondsACall: 0.05,
  secondsForReport: 6,
  organizationsCallsASecond: 8,
  readsASecond: 1000,
  startsASecond: 100,
} as const;

const outputSchema = z.object({
  totals: z.object({
    surveyed: z.number(),
    users: z.number(),
    keys: z.number(),
    byDecision: z.object({ due: z.number() }),
  }),
  starts: startsSchema,
});

const command = (): Command =>
  localCommand('npm run bench -- sweep')
    .option('--accounts <n>', 'accounts in the organization', wholeNumber(1, 100_000), 10_000)
    .option('--users <n>', 'IAM users in each account', wholeNumber(1, 5000), 100);

/** Sweeps a large organization once, and prints what that took. @returns the exit code: 1 if a due key was missed */
export async function benchSweep(args: readonly string[], print: (line: string) => void): Promise<number> {
  const size = readOptions<Pick<Size, 'accounts' | 'users'>>(command(), args);
  if (size === undefined) {
    print(command().helpInformation());
    return 0;
  }
  const world = await createWorld({
    organization: makeLargeOrganization({ ...size, due: duePerThousand / 1000 }, 1, firstMorning),
    settings: { waves: { perSweep: 100_000, perAccount: 5000 } },
  });
  const calls = countCalls(world);
  const began = performance.now();
  const { output, virtualMinutes } = await sweep(world);
  const seconds = (performance.now() - began) / 1000;
  const { totals, starts } = outputSchema.parse(JSON.parse(output));
  const rotations = new Set(world.engine.executionsOf(world.stateMachineArn).map(({ name }) => name));
  const row = (what: string, figure: string): void => print(`${what.padEnd(44)} ${figure}`);
  row('accounts surveyed, users, keys', `${totals.surveyed}, ${totals.users}, ${totals.keys}`);
  row('due keys, rotations started', `${totals.byDecision.due}, ${rotations.size}`);
  row('wall time, s', seconds.toFixed(1));
  row('peak resident memory, MB', (process.resourceUsage().maxRSS / 1024).toFixed(0));
  row('virtual minutes', String(virtualMinutes));
  for (const [service, count] of [...calls].toSorted(([, a], [, b]) => b - a))
    row(`calls to ${service}`, String(count));
  for (const [what, minutes] of estimate(size.accounts, totals.byDecision.due)) {
    row(`estimated on AWS, min: ${what}`, minutes.toFixed(1));
  }
  print(
    `(${Object.entries(assumed)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ')})`,
  );
  const isWhole = totals.surveyed === size.accounts && totals.users === size.accounts * size.users;
  const allOnce = starts.started === totals.byDecision.due && rotations.size === starts.started;
  return isWhole && allOnce && world.watcher.violations.length === 0 ? 0 : 1;
}

function countCalls(world: World): Map<string, number> {
  const calls = new Map<string, number>();
  world.aws.onCall(({ service }) => calls.set(service, (calls.get(service) ?? 0) + 1));
  return calls;
}

async function sweep(world: World): Promise<{ output: string; virtualMinutes: number }> {
  const operator = new SFNClient(clientDefaults(world.aws, world.settings.region, 'operator'));
  const started = await operator.send(
    new StartExecutionCommand({ stateMachineArn: world.sweepMachineArn, input: '{}' }),
  );
  const execution = world.engine.execution(started.executionArn ?? '');
  for (let minutes = 1; ; minutes += 1) {
    await world.clock.advance(60_000);
    if (execution.status === 'SUCCEEDED') return { output: execution.output ?? '', virtualMinutes: minutes };
    if (execution.status !== 'RUNNING')
      throw new Error(`the sweep is ${execution.status}: ${execution.cause}`);
  }
}

/** The estimated time of each part of such a sweep on AWS, in minutes. */
function estimate(accounts: number, due: number): readonly (readonly [string, number])[] {
  const { secondsACall, accountsAtOnce } = assumed;
  const survey = 3 * secondsACall + assumed.secondsForReport + 3 * secondsACall;
  const parts = {
    'listing the accounts': accounts / 20 / assumed.organizationsCallsASecond,
    'surveying them': (accounts * survey + due * 2 * secondsACall) / accountsAtOnce,
    'gathering the summaries': accounts / assumed.readsASecond,
    'starting what is due': due / assumed.startsASecond,
  };
  const all = Object.entries(parts).map(([what, seconds]): [string, number] => [what, seconds / 60]);
  return [...all, ['in all', all.reduce((sum, [, minutes]) => sum + minutes, 0)]];
}
