import { IAMClient, TagUserCommand } from '@aws-sdk/client-iam';
import { describe, expect, it } from 'vitest';
import { clientDefaults } from '../../local/world/lambda.ts';
import { accountId, Life, userName } from './life.ts';
import { organizationOf, Swept } from './swept.ts';

/** Tags as a person or Terraform does: IAM keeps one tag of each name, regardless of case, with the newest spelling. */
async function tag(life: Life, Key: string, Value: string): Promise<void> {
  const iam = new IAMClient(
    clientDefaults(life.world.aws, life.world.settings.region, 'developer', accountId),
  );
  await iam.send(new TagUserCommand({ UserName: userName, Tags: [{ Key, Value }] }));
}

describe('tags in another case than ours', () => {
  it('can name the owner who is mailed', async () => {
    const life = await Life.begin();
    await tag(life, 'Owner', 'anna.lind@example.com');
    expect([...life.user.tags.keys()]).toEqual(['Owner']);
    await life.start();
    expect(life.world.aws.mails.map(({ to }) => to.join())).toEqual(['anna.lind@example.com']);
  });

  it('can set a rotation’s policy', async () => {
    const life = await Life.begin();
    await tag(life, 'Keyturn:Quiet-Days', '21');
    await life.start();
    await life.confirm();
    await life.days(10);
    expect(life.keys).toEqual(['Active', 'Active']);
  });

  it('can exempt a user', async () => {
    const life = await Life.begin();
    await tag(life, 'keyturn:Exempt', '2027-01-01 do not touch');
    await life.start({ when: 'due' });
    expect(life.stands).toBe('nothing');
  });
});

describe('names in another case than IAM’s', () => {
  const oldKeys = () => {
    const organization = organizationOf(1, 3, 'oldKeyInDailyUse');
    organization[0]?.groups.set('no-rotation', new Set(['user-1']));
    return organization;
  };

  it('can narrow a sweep to the right user', async () => {
    const swept = await Swept.begin({ organization: oldKeys() });
    const { overview } = swept.report(await swept.sweep({ users: ['USER-1', 'User-9'] }));
    expect(overview.totals.users).toBe(1);
    expect(overview.problems).toEqual(['user User-9 is in none of the accounts']);
    expect(swept.rotations).toEqual(['111111111111-user-1-1']);
  });
});
