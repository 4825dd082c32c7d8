import { expect, it } from 'vitest';
import { Life } from './life.ts';

it('a rotation stopped in its window and redriven (a button of Step Functions’ console) can be rolled back until it deletes', async () => {
  const life = await Life.inWindow();
  const first = life.rotation;
  life.world.engine.stopExecution(first.arn);
  await life.days(13);
  life.world.engine.redriveExecution(first.arn);
  await life.days(0.1);
  expect(life.stands).toBe('OfferRollback'); // for another ten days; its mail says 'deleted on 2026-03-20', which is past
  expect((await life.world.ownerApp.request(life.owner.link('rollBack'))).status).toBe(200);
});
