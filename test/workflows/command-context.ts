import { SFNClient } from '@aws-sdk/client-sfn';
import type { Context } from '../../cli/context.ts';
import { parseDeployment } from '../../infra/settings.ts';
import { clientDefaults } from '../../local/world/lambda.ts';
import type { World } from '../../local/world/world.ts';
import { example } from '../infra/synthesized.ts';

/** A command's context in a world on the virtual clock: what waits for a task lets time pass. */
export function contextIn(world: World, settings: object = {}, isDryRun = false): Context {
  const access = (region: string) => clientDefaults(world.aws, region, 'operator');
  const aws = access(world.settings.region);
  const terminal = { stdout: { write: () => true }, stderr: { write: () => true } };
  return {
    deployment: parseDeployment({ ...example, mode: 'live', ...settings }),
    ...{ from: 'keyturn.json', partition: 'aws', caller: 'jane', access, aws, terminal, isDryRun },
    ...{ local: undefined, assume: undefined, stepFunctions: new SFNClient(aws) },
    machines: { rotation: world.stateMachineArn, sweep: world.sweepMachineArn },
    now: () => Promise.resolve(world.clock.now()),
    sleep: (milliseconds) => world.clock.advance(milliseconds),
    during: (_, work) => work(() => {}),
  };
}
