import { expect, it } from 'vitest';
import { Life } from './life.ts';
import { answer, shortDays } from './places.ts';

/** A rotation that is asked for, confirmed, rolled back in its window, and confirmed again. */
async function lived(overHttp: boolean): Promise<object> {
  const life = await Life.begin({ tags: shortDays, consistencySeconds: 5, overHttp });
  const calls: unknown[] = [];
  life.world.aws.onCall(({ service, operation, input, caller, at }) =>
    calls.push({ service, operation, input, caller, at }),
  );
  await life.start({}, 'by-hand');
  await answer(life, () => life.confirm());
  await life.days(4);
  await answer(life, () => life.rollBack('the nightly job broke'));
  await answer(life, () => life.owner.confirm());
  await life.days(9);
  expect(life.stands).toBe('completed');
  const { aws, logs, metrics } = life.world;
  return { calls, logs, metrics, mails: aws.mails, history: life.rotation.history, keys: life.user.keys };
}

it('a life has the same calls, history, mails and logs whether its tasks write HTTP or pass objects', async () => {
  expect(await lived(false)).toEqual(await lived(true));
});
