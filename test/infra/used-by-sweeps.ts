import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { User } from '../../local/aws/iam/account.ts';
import { centralAccountId } from '../../local/world/organization.ts';
import { watchCanary } from '../workflows/a-canary.ts';
import { holdLease, leasePlace } from '../workflows/leased.ts';
import { organizationOf, Swept } from '../workflows/swept.ts';
import { record, type UsedByRole } from './used.ts';

/** Adds as many tags as AWS allows, so that there is no room for a mark. */
function fillTags({ tags }: Pick<User, 'tags'>): void {
  for (let number = 1; tags.size < 50; number += 1) tags.set(`cost-center-${number}`, 'x');
}

/** A rotation is started by hand after its user was chosen: its name is taken, and the sweep looks up by what. */
async function startBetween(used: UsedByRole): Promise<void> {
  const swept = await Swept.begin({ organization: organizationOf(1, 1, 'oldKeyInDailyUse') });
  const { world, operator } = swept;
  world.aws.onCall((call) => {
    record(used, call);
    if (call.operation !== 'PutObject' || !String(call.input.Key).endsWith('wave.json')) return;
    const input = JSON.stringify({ accountId: centralAccountId, userName: 'user-0' });
    const start = { stateMachineArn: world.stateMachineArn, name: `${centralAccountId}-user-0-1`, input };
    void operator.send(new StartExecutionCommand(start));
  });
  await swept.sweep();
}

/** A sweep that finds and starts, one that fails, an audit, and a leak that AWS Health reports. */
export async function sweepThemAll(used: UsedByRole, storage: 'central' | 'member'): Promise<void> {
  const exemptGroup = { name: 'no-rotation', until: '2030-01-31', reason: 'vendors' };
  const lease = storage === 'central' ? leasePlace : undefined;
  const swept = await Swept.begin({
    settings: { exemptGroup, storage, adopts: true, lease, securityHub: true },
    organization: { accounts: 5, users: 9 },
  });
  swept.world.aws.onCall((call) => record(used, call));
  holdLease(swept.world, 'eu-west-1');
  swept.account('222222222222').users.get('deploy-bot')?.tags.clear();
  await swept.sweep();
  await swept.sweep({ audit: true });
  // A child whose summary can't be written leaves none.
  swept.world.aws.inject(({ service, input }) =>
    service === 's3' && String(input.Key).includes('333333333333') ? 'denied' : undefined,
  );
  await swept.sweep();
  swept.world.aws.inject(undefined);
  await startBetween(used);
  await watchCanary(storage, (call) => record(used, call));
  // Rotations that end before they leave a mark, while StartWave can't note that it has started them and tries again.
  // Their records can't be written either: the next sweep does it, and the one after that finds them.
  const unmarked = await Swept.begin({ settings: { storage } });
  unmarked.world.aws.onCall((call) => record(used, call));
  for (const { users } of unmarked.world.aws.accounts.values())
    for (const user of users.values()) fillTags(user);
  let throttled = 0;
  unmarked.world.aws.inject(({ operation, input }) => {
    if (operation === 'PutObject' && String(input.Key).startsWith('rotations/')) return 'denied';
    if (!String(input.Key).endsWith('starts-1.json') || operation !== 'PutObject' || throttled >= 4)
      return undefined;
    throttled += 1;
    return 'throttle';
  });
  await unmarked.sweep();
  unmarked.world.aws.inject(undefined);
  await unmarked.sweep();
  await unmarked.sweep();
  for (const { arn } of unmarked.world.engine.executionsOf(unmarked.world.stateMachineArn))
    unmarked.world.putEvent('RecordRotation', { detail: { executionArn: arn } });
  await unmarked.world.clock.advance(60_000);
  const [account] = swept.world.aws.accounts.values();
  if (account !== undefined) account.memberRole = false;
  await swept.sweep();
  // The last sweep doesn't know this account: an earlier one does.
  if (account !== undefined) account.memberRole = true;
  await swept.sweep();
  swept.world.aws.inject(({ service }) => (service === 'organizations' ? 'denied' : undefined));
  await swept.sweep();
  swept.world.aws.inject(undefined);
  for (const keyId of [
    swept.account('222222222222').users.get('deploy-bot')?.keys[0]?.id,
    'AKIANOBODYSKEY000000',
  ]) {
    swept.world.putEvent('HandleLeak', {
      source: 'aws.health',
      account: '222222222222',
      detail: { eventTypeCode: 'AWS_RISK_CREDENTIALS_EXPOSED', affectedEntities: [{ entityValue: keyId }] },
    });
  }
  await swept.world.clock.advance(3_600_000);
}
