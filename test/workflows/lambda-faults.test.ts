import { describe, expect, it } from 'vitest';
import { type LambdaFault, lambdaFaults } from '../../local/world/lambda-faults.ts';
import type { World } from '../../local/world/world.ts';
import { Life } from './life.ts';
import { organizationOf, Swept } from './swept.ts';

const faults: readonly LambdaFault[] = [
  ...Object.values(lambdaFaults),
  { error: 'Lambda.ENINotReadyException', ran: false },
  { error: 'Lambda.NobodyForesawThis', ran: false },
];

/** Fails each function's first invocation. @returns the names of those that failed */
function failFirst(world: World, fault: LambdaFault): Set<string> {
  const failed = new Set<string>();
  world.failInvocations((name) => {
    if (failed.has(name)) return undefined;
    failed.add(name);
    return fault;
  });
  return failed;
}

describe.each(faults)('$error, once at every function', (fault) => {
  it('doesn’t end a rotation', async () => {
    const life = await Life.begin();
    const failed = failFirst(life.world, fault);
    await life.start();
    await life.days(1);
    await life.confirm();
    await life.days(40);
    expect(life.stands).toBe('completed');
    expect(failed.size).toBeGreaterThan(8);
  });

  it('doesn’t end a sweep', async () => {
    const swept = await Swept.begin({ organization: organizationOf(1, 1, 'oldKeyInDailyUse') });
    const failed = failFirst(swept.world, fault);
    const sweep = await swept.sweep();
    expect(sweep.status).toBe('SUCCEEDED');
    expect(failed.size).toBeGreaterThan(4);
  });
});
