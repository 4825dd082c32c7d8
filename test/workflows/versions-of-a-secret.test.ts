import { expect, it } from 'vitest';
import { clientDefaults, roleOf } from '../../local/world/lambda.ts';
import { SecretStore } from '../../tasks/aws/secret-store.ts';
import { provisionNewKey } from '../../tasks/manifest/rotation.ts';
import { accountId, Life, userName } from './life.ts';

/** AWS removes versions without a label itself, once there are more than a hundred. */
it('a secret that is rotated 120 times never has more than five versions with labels', async () => {
  const { world, secret: none } = await Life.begin();
  expect(none).toBeUndefined();
  const { settings } = world;
  const aws = clientDefaults(world.aws, settings.region, roleOf('ProvisionNewKey'));
  const executionArn = `arn:aws:states:eu-west-1:111111111111:execution:rotate-user-key:${accountId}-${userName}-1`;
  const rotation = { accountId, userName, executionArn };
  const store = await SecretStore.open({ aws, settings }, { rotation }, provisionNewKey.does);
  const keyIdOf = (turn: number): string => `AKIA${String(turn).padStart(16, '0')}`;
  let most = 0;
  for (let turn = 1; turn <= 120; turn += 1) {
    await store.ensure(keyIdOf(turn - 1));
    const pair = { accessKeyId: keyIdOf(turn), secretAccessKey: 's'.repeat(40) };
    await store.storePending(pair, world.clock.now());
    await store.makeCurrent(pair.accessKeyId);
    const versions = world.aws.secrets.get(accountId)?.get(`keyturn/${accountId}/${userName}`)?.versions;
    most = Math.max(most, [...(versions?.values() ?? [])].filter(({ stages }) => stages.size > 0).length);
  }
  expect(most).toBeLessThanOrEqual(5);
});
