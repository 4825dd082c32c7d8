import { expect, it } from 'vitest';
import type { WireRequest } from '../../local/aws/wire/http.ts';
import { accountId, Life, userName } from './life.ts';

/** Holds the first call whose body contains all these words for that long, and does something in the meantime. */
function hold(life: Life, words: readonly string[], milliseconds: number, meanwhile: () => void): void {
  const { aws, clock } = life.world;
  const handle = aws.handle.bind(aws);
  let held = false;
  aws.handle = async (request: WireRequest) => {
    const body =
      typeof request.body === 'string'
        ? request.body
        : Buffer.from((request.body ?? '') as Uint8Array).toString();
    if (!held && words.every((word) => body.includes(word))) {
      held = true;
      clock.at(new Date(clock.now().getTime() + 1_000), meanwhile);
      await clock.sleep(milliseconds);
    }
    return handle(request);
  };
}

const startEmergency = (life: Life, keyId: string | undefined) => () => {
  const input = JSON.stringify({ accountId, userName, action: 'emergency', keyId });
  life.world.engine.startExecution({ stateMachineArn: life.world.stateMachineArn, name: 'leak', input });
};

it('if the new key leaks while a stopped rotation still deactivates the old one, not both become inactive', async () => {
  const life = await Life.confirmed();
  const [old, newKey] = life.user.keys;
  hold(life, ['UpdateAccessKey', 'Inactive', old?.id ?? '?'], 40_000, startEmergency(life, newKey?.id));
  await life.days(9);
  expect(life.keys).toContain('Active');
});

it('if the old key leaks while a stopped rotation withdraws the new one, the user keeps a key', async () => {
  const life = await Life.begin();
  await life.start();
  const [old, newKey] = life.user.keys;
  hold(life, ['DeleteAccessKey', newKey?.id ?? '?'], 40_000, startEmergency(life, old?.id));
  await life.owner.rollBack('not now');
  await life.days(1);
  expect(life.keys).toContain('Active');
});
