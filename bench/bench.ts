import { performance } from 'node:perf_hooks';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { BadCommandLine } from '../local/options.ts';
import { clientDefaults } from '../local/world/lambda.ts';
import { Owner } from '../local/world/owner.ts';
import { createWorld, type World } from '../local/world/world.ts';
import { day } from '../tasks/domain/time.ts';
import { benchConsole } from './console.ts';
import { benchSweep } from './sweep.ts';

/** How many runs each figure is the median of, after one that isn't counted. */
const runs = 7;

async function median(work: () => Promise<number>): Promise<number> {
  await work();
  const figures: number[] = [];
  for (let run = 0; run < runs; run += 1) figures.push(await work());
  return figures.toSorted((a, b) => a - b)[Math.floor(runs / 2)] ?? Number.NaN;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Rotates that many users simultaneously, from the first mail to the last. @returns the real milliseconds per user */
async function rotateAtOnce(count: number): Promise<number> {
  const world = await createWorld({ organization: { accounts: Math.ceil(count / 20) + 1, users: 60 } });
  const owners = ownersOf(world).slice(0, count);
  if (owners.length < count) throw new Error(`only ${owners.length} users to rotate`);
  const operator = new SFNClient(clientDefaults(world.aws, world.settings.region, 'operator'));
  const milliseconds = await timed(async () => {
    for (const { accountId, userName } of owners) {
      const input = JSON.stringify({ accountId, userName });
      await operator.send(new StartExecutionCommand({ stateMachineArn: world.stateMachineArn, input }));
    }
    await world.clock.settle();
    for (const owner of owners) {
      await owner.install();
      await owner.confirm();
    }
    await world.clock.advance(60 * day);
  });
  const completed = [...world.engine.executions.values()].filter(({ output }) =>
    output?.includes('"completed"'),
  );
  if (completed.length !== count) throw new Error(`${completed.length} of ${count} completed`);
  return milliseconds / count;
}

const ownersOf = (world: World): Owner[] =>
  [...world.aws.accounts.values()].flatMap(({ id, users }) =>
    [...users.values()]
      .filter(({ keys, usages }) => keys.length === 1 && usages.length === 1)
      .map(({ name }) => new Owner(world, id, name)),
  );

async function call(): Promise<number> {
  const world = await createWorld({ organization: { accounts: 1, users: 1 } });
  const sts = new STSClient(clientDefaults(world.aws, world.settings.region, 'operator'));
  const count = 1000;
  const milliseconds = await timed(async () => {
    for (let index = 0; index < count; index += 1) await sts.send(new GetCallerIdentityCommand({}));
  });
  return milliseconds / count;
}

const rows: readonly [string, () => Promise<number>][] = [
  ['one whole rotation of sixty days, ms', () => rotateAtOnce(1)],
  ['whole rotations per second, two hundred at once', async () => 1000 / (await rotateAtOnce(200))],
  ['a world with 4 accounts of 12 users, ms', () => timed(() => createWorld())],
  ['one SDK call to AWS in memory, ms', call],
];

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const [which, ...options] = process.argv.slice(2);

try {
  if (which === 'sweep') process.exitCode = await benchSweep(options, print);
  else if (which === 'console') process.exitCode = await benchConsole(options, print);
  else if (which !== undefined)
    throw new BadCommandLine(`there is no bench "${which}"; there are sweep and console`);
  else for (const [what, work] of rows) print(`${what.padEnd(48)} ${(await median(work)).toFixed(3)}`);
} catch (error) {
  if (!(error instanceof BadCommandLine)) throw error;
  process.stderr.write(`bench: ${error.message}\n`);
  process.exitCode = 2;
}
