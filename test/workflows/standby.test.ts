import { expect, it } from 'vitest';
import { takeOverCommand } from '../../cli/acting/take-over.ts';
import { statusCommand } from '../../cli/status/command.ts';
import { leakEvent } from '../../local/aws/health-events.ts';
import { standbyRegion } from '../infra/deployed.ts';
import { contextIn } from './command-context.ts';
import { holdLease, leaseIn, leasePlace } from './leased.ts';
import { accountId, Life } from './life.ts';

const takeLease = { by: 'Jane Doe', reason: 'INC-4711: eu-west-1 is down' };
const minute = 1 / 24 / 60;

/** A life in one of two regions. Nobody has the lease yet. */
const inOneOfTwo = (): Promise<Life> => Life.begin({ settings: { storage: 'central', lease: leasePlace } });

async function take(life: Life): Promise<void> {
  await life.start({ accountId: undefined, userName: undefined, takeLease });
  expect(life.stands).toBe('leaseTaken');
}

it('a region changes nothing before it has the lease, nor until the former holder is done; then it rotates to the end', async () => {
  const life = await inOneOfTwo();
  await life.start();
  expect(life.stands).toBe('nothing');
  expect(life.rotation.output).toContain('no region holds the lease');
  await take(life);
  expect(leaseIn(life.world)).toMatchObject({ region: 'eu-west-1', ...takeLease });
  await life.start({}, 'too-early');
  expect(life.stands).toBe('ClaimUser');
  expect(life.keys).toEqual(['Active']);
  await life.days(30 * minute);
  expect(life.stands).toBe('AskOwner');
  await life.confirm();
  const settings = {
    standby: { region: standbyRegion },
    storage: { where: 'central', replicaRegions: [standbyRegion] },
  };
  const asked = { context: contextIn(life.world, settings), args: [], say: () => {} };
  const again = await takeOverCommand.run({ ...asked, options: { ...takeLease, yes: true } });
  expect(again.result).toMatchObject({
    state: 'taken',
    lease: { state: 'held', region: 'eu-west-1', by: 'Jane Doe' },
  });
  expect(life.rotation.output).toContain('holds the lease since');
  const status = await statusCommand.run({ ...asked, args: [`${accountId}/deploy-bot`], options: {} });
  expect(status.result).toMatchObject({ lease: { state: 'held', region: 'eu-west-1' } });
  expect(status.text).toContain('eu-west-1 holds the lease');
  await life.days(30);
  expect(life.keys).toEqual(['Active']);
});

it('a region that lost the lease stops before its next change, gives a waiting key back, and starts nothing', async () => {
  const life = await inOneOfTwo();
  await take(life);
  await life.days(10 * minute);
  await life.start();
  await life.confirm();
  await life.days(9);
  const rotation = life.rotations.find(({ name }) => name.endsWith('deploy-bot-1'));
  expect(life.keys).toEqual(['Inactive', 'Active']);
  holdLease(life.world, standbyRegion);
  await life.days(12);
  expect(rotation).toMatchObject({ status: 'FAILED', error: 'AuditOnly' });
  expect(rotation?.cause).toContain(`${standbyRegion} holds the lease`);
  // The way that every failure goes: nobody is left with an inactive key that nobody watches.
  expect(life.keys).toEqual(['Active', 'Active']);
  await life.start();
  expect(life.stands).toBe('nothing');
  expect(life.rotation.output).toContain(`${standbyRegion} holds the lease`);
  await take(life);
  await life.days(10 * minute);
  await life.start();
  expect(life.stands).toBe('AskOwner');
});

it('a region that can’t read the lease changes nothing, and goes on once it can', async () => {
  const life = await inOneOfTwo();
  await take(life);
  await life.days(10 * minute);
  await life.start();
  await life.confirm();
  await life.days(6);
  life.world.aws.inject(({ operation, input }) =>
    operation === 'GetObject' && input.Bucket === leasePlace.bucket ? 'unavailable' : undefined,
  );
  for (let hours = 0; hours < 72 && life.stands !== 'DeactivateOldKey'; hours += 1) await life.days(1 / 24);
  await life.days(0.5 / 24);
  expect(life.stands).toBe('DeactivateOldKey');
  expect(life.keys).toEqual(['Active', 'Active']);
  life.world.aws.inject(undefined);
  await life.days(1);
  expect(life.keys).toEqual(['Inactive', 'Active']);
});

it('a leaked key waits for no lease: the region on standby lets the holder act for two minutes, and then acts', async () => {
  const life = await inOneOfTwo();
  holdLease(life.world, standbyRegion);
  const { id } = life.oldKey;
  life.world.putBusEvent(leakEvent(id, { accountId, at: life.world.clock.now() }));
  await life.days(minute);
  expect(life.keys).toEqual(['Active']);
  await life.days(10 * minute);
  expect(life.user.keys.find((key) => key.id === id)?.status).toBe('Inactive');
  expect(life.keys).toEqual(['Inactive', 'Active']);
});
