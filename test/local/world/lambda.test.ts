import { DescribeAccountCommand, OrganizationsClient } from '@aws-sdk/client-organizations';
import { describe, expect, it } from 'vitest';
import { InMemoryAws } from '../../../local/aws/in-memory-aws.ts';
import { VirtualClock } from '../../../local/world/clock.ts';
import type { LocalFunction } from '../../../local/world/functions.ts';
import { load } from '../../../local/world/functions.ts';
import { lambdaFunctions } from '../../../local/world/lambda.ts';
import { type LambdaFault, lambdaFaults } from '../../../local/world/lambda-faults.ts';
import { firstMorning } from '../../../local/world/options.ts';
import { centralAccountId, makeOrganization } from '../../../local/world/organization.ts';
import { randomStream } from '../../../local/world/random.ts';
import type { Dependencies } from '../../../tasks/dependencies.ts';
import { parseSettings, type Settings } from '../../../tasks/domain/settings/told.ts';
import type { FunctionRow } from '../../../tasks/manifest.ts';

type Run = (dependencies: Dependencies) => Promise<unknown>;

/** One function alone, with AWS and a clock. */
function alone(run: Run, { does = [], seconds = 10 }: Partial<Pick<FunctionRow, 'does' | 'seconds'>> = {}) {
  const clock = new VirtualClock(firstMorning);
  const aws = new InMemoryAws({
    clock,
    random: randomStream(1, 'aws'),
    region: 'eu-west-1',
    centralAccountId,
    accounts: makeOrganization({ accounts: 2, users: 0 }, randomStream(1, 'organization'), firstMorning),
  });
  const settings: Settings = parseSettings({
    mode: 'live',
    region: 'eu-west-1',
    mailFrom: 'keyturn@example.com',
    operators: 'operators@example.com',
    linkBase: 'http://127.0.0.1:4600',
    reportBucket: 'reports',
    waves: { perSweep: 3 },
  });
  const trigger = { kind: 'state', machine: 'rotate-user-key' } as const;
  const one: LocalFunction = {
    name: 'Alone',
    row: { name: 'Alone', folder: 'alone', seconds, trigger, does },
    invoke: (_, dependencies) => run(dependencies),
  };
  let fault: LambdaFault | undefined;
  const quiet = { info: () => {}, warn: () => {}, error: () => {} };
  const lambdas = lambdaFunctions([one], {
    ...{ aws, clock, settings, log: quiet, metrics: { record: () => {} } },
    faultOf: () => fault,
  });
  const outcomes: string[] = [];
  /** Invokes it and lets a day pass. @returns the result, and after how many seconds it came */
  const invoke = async (): Promise<string> => {
    const begun = clock.now().getTime();
    clock.at(clock.now(), async () => {
      const said = await lambdas
        .get('Alone')?.({}, { executionArn: '', stateName: '' })
        .then(
          (answer) => JSON.stringify(answer),
          (error: Error) => `${error.name}: ${error.message}`,
        );
      outcomes.push(`${said} after ${(clock.now().getTime() - begun) / 1000} s`);
    });
    await clock.advance(24 * 3_600_000);
    return outcomes.at(-1) ?? 'nothing';
  };
  return {
    ...{ invoke, aws, settings, clock },
    fail: (next: LambdaFault | undefined) => {
      fault = next;
    },
  };
}

const describeAccount = ({ aws }: Dependencies) =>
  new OrganizationsClient(aws).send(new DescribeAccountCommand({ AccountId: centralAccountId }));

describe('a function’s time', () => {
  it('is its row’s: a longer run ends there, with Lambda’s error, and does nothing more', async () => {
    const done: string[] = [];
    const { invoke, aws } = alone(async (dependencies) => {
      await dependencies.sleep(9_000);
      done.push('early');
      await dependencies.sleep(2_000);
      done.push('late');
      await describeAccount(dependencies);
    });
    const calls: string[] = [];
    aws.onCall(({ operation }) => calls.push(operation));
    expect(await invoke()).toBe('Sandbox.Timedout: Error: Task timed out after 10.00 seconds after 10 s');
    expect(done).toEqual(['early']);
    expect(calls).toEqual([]);
  });

  it('is enough for runs that end in time, any number of them', async () => {
    const { invoke } = alone(async ({ sleep }) => {
      await sleep(9_999);
      return 'done';
    });
    expect(await invoke()).toBe('"done" after 9.999 s');
    expect(await invoke()).toBe('"done" after 9.999 s');
  });

  it('ends all of its concurrent work', async () => {
    let late = 0;
    const { invoke, clock } = alone(async ({ sleep }) => {
      await sleep(1_000);
      return new Promise(() => {
        for (const seconds of [20, 30]) void sleep(seconds * 1000).then(() => (late += 1));
      });
    });
    expect(await invoke()).toContain('Sandbox.Timedout');
    expect(late).toBe(0);
    // Nothing waits any more, and nothing is due.
    expect(await clock.runToRest(new Date('2030-01-01'))).toBe(true);
  });
});

describe('a function whose process crashes', () => {
  it('fails as Lambda reports it, and its concurrent work ends too', async () => {
    const calls: string[] = [];
    const { invoke, aws } = alone(async (dependencies) => {
      const beside = dependencies.sleep(1000).then(() => describeAccount(dependencies));
      await Promise.all([beside, describeAccount(dependencies)]);
    });
    aws.onCall(({ operation }) => calls.push(operation));
    let crashed = false;
    aws.inject(() => {
      if (crashed) return undefined;
      crashed = true;
      return 'crashBefore';
    });
    expect(await invoke()).toContain('Runtime.ExitError: Error: Runtime exited with error: exit status 1');
    expect(calls).toEqual(['DescribeAccount']);
  });

  it('starts again in another process, with new configurations of SDK clients', async () => {
    const seen = new Set<unknown>();
    const { invoke, fail } = alone(async ({ aws }) => seen.add(aws).size);
    expect(await invoke()).toContain('1 after');
    expect(await invoke()).toContain('1 after');
    fail(lambdaFaults.outOfMemory);
    expect(await invoke()).toContain('Runtime.OutOfMemory');
    fail(undefined);
    expect(await invoke()).toContain('2 after');
  });
});

describe('an invocation that fails in Lambda', () => {
  it.each(Object.values(lambdaFaults))('fails with $error, and the function ran: $ran', async (fault) => {
    let runs = 0;
    const { invoke, fail } = alone(async () => (runs += 1));
    fail(fault);
    expect(await invoke()).toContain(fault.error);
    expect(runs).toBe(fault.ran ? 1 : 0);
  });
});

describe('a function’s settings', () => {
  const wave = async ({ settings: { mode, waves, linkBase, reportBucket } }: Dependencies) =>
    `${mode} ${waves.perSweep} ${linkBase} ${reportBucket}`;

  it('are the deployment’s, from its file and its environment', async () => {
    expect(await alone(wave).invoke()).toContain('live 3 http://127.0.0.1:4600 reports');
  });

  it('change with the deployment', async () => {
    const { invoke, settings } = alone(wave);
    await invoke();
    Object.assign(settings, { mode: 'audit', waves: { perSweep: 4, perAccount: 1 } });
    expect(await invoke()).toContain('audit 4 ');
  });
});

describe('the functions', () => {
  const trigger = { kind: 'state', machine: 'rotate-user-key' } as const;
  const rowOf = (name: string, file: string) =>
    load({ name, folder: 'rotate-user-key', file, seconds: 10, trigger, does: [] });

  it('are loaded from the file that their row names', async () => {
    expect(await rowOf('MakeSafe', 'make-safe')).toMatchObject({ name: 'MakeSafe', row: { seconds: 10 } });
  });

  it('are refused by name if there is no such file, or no such task in it', async () => {
    await expect(rowOf('Unknown', 'unknown')).rejects.toThrow(
      'row Unknown has no file tasks/rotate-user-key/unknown.ts',
    );
    await expect(rowOf('Unknown', 'make-safe')).rejects.toThrow('row Unknown has no task in');
  });
});
