import { describe, expect, it } from 'vitest';
import { isoDay } from '../../../tasks/domain/time.ts';
import { clock, failures, newServerBeforeEach, world } from './a-server.ts';
import { post, send, startRotation } from './requests.ts';

newServerBeforeEach();

describe('the clock', () => {
  it('tells its time and speed', async () => {
    expect(await (await send('/clock')).json()).toEqual({
      now: '2026-03-02T08:00:00.000Z',
      speed: 0,
      paused: true,
    });
  });

  it('answers an advance once everything due in that time has been done', async () => {
    await startRotation();
    const answer = await post('/clock', '{"advance":"P3DT1H"}');
    expect(await answer.json()).toEqual({ now: '2026-03-05T09:00:14.000Z', speed: 0, paused: true });
    expect(world.aws.mails.map(({ sentAt }) => isoDay(sentAt))).toEqual(['2026-03-02', '2026-03-05']);
  });

  it('runs on when given a speed, and at the last speed after a pause', async () => {
    expect(await (await post('/clock', '{"speed":60}')).json()).toMatchObject({ speed: 60, paused: false });
    await clock.tick(500);
    expect(await (await post('/clock', '{"paused":true}')).json()).toMatchObject({ speed: 0, paused: true });
    await clock.tick(500);
    expect(clock.state.now).toBe('2026-03-02T08:00:30.000Z');
    expect(await (await post('/clock', '{"paused":false}')).json()).toMatchObject({
      speed: 60,
      paused: false,
    });
    expect(await (await post('/clock', '{"speed":0}')).json()).toMatchObject({ speed: 0, paused: true });
  });

  it('loses no part of a millisecond, and makes up for no long standstill of the process', async () => {
    clock.setSpeed(0.5);
    for (let tick = 0; tick < 10; tick += 1) await clock.tick(1);
    expect(clock.state.now).toBe('2026-03-02T08:00:00.005Z');
    await clock.tick(3_600_000);
    expect(clock.state.now).toBe('2026-03-02T08:00:00.505Z');
  });

  it('lets leaps that come at once follow one another', async () => {
    await Promise.all([post('/clock', '{"advance":"P10D"}'), post('/clock', '{"advance":"P10D"}')]);
    expect(clock.state.now).toBe('2026-03-22T08:00:00.000Z');
  });

  it.each([
    '',
    'P3D',
    '[]',
    '{}',
    '{"advance":3}',
    '{"advance":"3 days"}',
    '{"advance":"P1M"}',
    '{"advance":"P1Y"}',
    '{"advance":"-P1D"}',
    '{"advance":"P731D"}',
    '{"advance":"P1D","speed":2}',
    '{"speed":-1}',
    '{"speed":1e12}',
    '{"speed":"8640"}',
    '{"paused":"yes"}',
    '{"now":"2027-01-01T00:00:00Z"}',
  ])('refuses %s and says what it takes', async (body) => {
    const answer = await post('/clock', body);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toEqual({
      error: expect.stringMatching(/"advance": "P3D".*"speed": n.*"paused"/),
    });
    expect(clock.state).toEqual({ now: '2026-03-02T08:00:00.000Z', speed: 0, paused: true });
  });

  it.each(['P730D', 'P2W', 'PT0S', 'P0.5D'])('takes %s', async (advance) => {
    expect((await post('/clock', JSON.stringify({ advance }))).status).toBe(200);
  });

  it('makes an error on it heard of, from a tick as from a request', async () => {
    const broken = () => {
      throw new Error('broken');
    };
    world.clock.at(world.clock.now(), broken);
    expect((await post('/clock', '{"advance":"P1D"}')).status).toBe(500);
    world.clock.at(world.clock.now(), broken);
    clock.setSpeed(1);
    await expect(clock.tick(50)).rejects.toThrow('broken');
    expect(failures.map(String)).toContain('Error: broken');
  });
});
