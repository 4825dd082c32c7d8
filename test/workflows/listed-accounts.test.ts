import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { beforeAll, describe, expect, it } from 'vitest';
import { reportBucket } from '../../local/world/options.ts';
import { centralAccountId } from '../../local/world/organization.ts';
import type { Deployed } from '../infra/deployed.ts';
import { deployedInOwnProcess } from '../infra/in-own-process.ts';
import { accountId, Life, type LifeOptions } from './life.ts';

const list = (...ids: readonly string[]) => ids.map((id) => ({ id, email: `aws+${id}@example.com` }));

describe('without an organization', () => {
  let listed: Deployed;
  // The CDK takes seconds.
  beforeAll(() => {
    const accounts = { list: list(centralAccountId, accountId) };
    ({ listed } = deployedInOwnProcess({ listed: ['member', { organization: null, accounts }] }));
  }, 300_000);

  /** A life in accounts that only the settings list, under such a deployment's policies. */
  async function begin(options: LifeOptions = {}): Promise<{ life: Life; called: Set<string> }> {
    const { policies, memberTrusts, externalId } = listed;
    const life = await Life.begin({
      ...{ listed: true, policies: new Map(policies), memberTrusts },
      ...options,
      settings: { externalId, ...options.settings },
    });
    const called = new Set<string>();
    life.world.aws.onCall(({ service }) => void called.add(service));
    life.world.aws.inject(({ service }) => (service === 'organizations' ? 'denied' : undefined));
    return { life, called };
  }

  it('a sweep surveys the listed accounts, and the rotation that it starts runs to its end', async () => {
    const { life, called } = await begin();
    await life.operator.send(
      new StartExecutionCommand({ stateMachineArn: life.world.sweepMachineArn, input: '{}' }),
    );
    await life.days(1);
    const objects = [...(life.world.aws.buckets.get(reportBucket)?.objects ?? [])];
    const [, report] = objects.find(([key]) => key.endsWith('/report.json')) ?? [];
    expect(JSON.parse(report?.body.text ?? '{}')).toMatchObject({
      overview: { totals: { accounts: 2, surveyed: 2, failedAccounts: 0 }, problems: [] },
    });
    await life.confirm();
    await life.days(30);
    expect(life.stands).toBe('completed');
    expect(life.keys).toEqual(['Active']);
    expect(called).toContain('sts');
    expect(called).not.toContain('organizations');
  });

  it('a leaked key is deactivated, and no account has to be described for that', async () => {
    const { life, called } = await begin();
    await life.start({ keyId: life.oldKey.id, action: 'emergency' });
    expect(life.oldKey.status).toBe('Inactive');
    expect(called).not.toContain('organizations');
  });

  it('a user without an owner is asked by the address in the list', async () => {
    const { life } = await begin({ tags: { owner: '' } });
    await life.start();
    const { email } = life.world.settings.accountList?.find(({ id }) => id === accountId) ?? {};
    expect(life.world.aws.mails.at(-1)?.to).toEqual([email]);
  });

  it('an account that isn’t listed is unknown', async () => {
    const { life } = await begin({ settings: { accountList: list(centralAccountId) } });
    await life.start();
    expect(life.stands).toBe('UnknownAccount');
    expect(life.said).toContain('accounts.list has no account 222222222222');
  });

  it('a role of that name in an account that the deployment doesn’t list is never entered, though it would let us', async () => {
    const narrower: Deployed = JSON.parse(
      JSON.stringify(listed).replaceAll(`iam::${accountId}`, 'iam::999999999999'),
    );
    const { life } = await begin({ policies: new Map(narrower.policies) });
    await life.start();
    expect(life.stands).toBe('MemberRoleRefused');
    expect(life.keys).toEqual(['Active']);
  });
});
