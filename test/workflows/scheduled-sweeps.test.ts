import { describe, expect, it } from 'vitest';
import { sweepMachineName } from '../../tasks/manifest.ts';
import { Swept } from './swept.ts';

const hours = 3_600_000;

describe('a sweep that the clock starts', () => {
  it('sweeps daily, with the input that the schedule says', async () => {
    const { world } = await Swept.begin({ sweepAtHour: 9 });
    await world.clock.advance(49 * hours);
    const sweeps = world.engine.executionsOf(world.sweepMachineArn);
    expect(sweeps.map(({ status }) => status)).toEqual(['SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED']);
    expect(sweeps.map(({ input }) => input.text)).toEqual(['{}', '{}', '{}']);
  });

  it('would fail with the notification that AWS sends where a schedule has no input, and says so', async () => {
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
