import { describe, expect, it } from 'vitest';
import { sweepMachineName } from '../../tasks/manifest.ts';
import { Swept } from './swept.ts';

const hours = 3_600_000;

describe('the schedule', () => {
  it('starts a sweep daily, with the input in its row', async () => {
    const { world } = await Swept.begin({ sweepAtHour: 9 });
    await world.clock.advance(54 * hours);
    const sweeps = world.engine.executionsOf(world.sweepMachineArn);
    expect(sweeps.map(({ status }) => status)).toEqual(['SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED']);
    expect(sweeps.map(({ input }) => input.text)).toEqual(['{}', '{}', '{}']);
  });

  it('would make a sweep fail, with a clear error, by the notification that AWS sends if there is no input', async () => {
    const { world } = await Swept.begin({ sweepAtHour: 9, schedule: { machine: sweepMachineName } });
    await world.clock.advance(5 * hours);
    const [sweep] = world.engine.executionsOf(world.sweepMachineArn);
    expect(JSON.parse(sweep?.input.text ?? '')).toMatchObject({
      source: 'aws.scheduler',
      'detail-type': 'Scheduled Event',
    });
    expect(sweep?.status).toBe('FAILED');
    expect(sweep?.error).toBe('InvalidInput');
    expect(world.aws.mails.map(({ subject }) => subject)).toEqual([expect.stringContaining('InvalidInput')]);
  });
});
