import { expect, it } from 'vitest';
import { accountId, Life } from './life.ts';

const event = (...keyIds: string[]) => ({
  version: '0',
  id: '5b53b920-3e7c-6003-589a-000000000000',
  'detail-type': 'AWS Health Event',
  source: 'aws.health',
  account: accountId,
  region: 'us-east-1',
  resources: keyIds,
  detail: {
    service: 'RISK',
    eventTypeCode: 'AWS_RISK_CREDENTIALS_EXPOSED',
    eventTypeCategory: 'issue',
    affectedEntities: keyIds.map((entityValue) => ({ entityValue })),
  },
});

it('handles both keys of a user that one event names, or says which one still works', async () => {
  const life = await Life.begin({ situation: 'twoKeysInUse' });
  const [first, second] = life.user.keys;
  life.world.putEvent('HearLeak', event(first?.id ?? '', second?.id ?? ''));
  await life.world.clock.settle();
  await life.days(1);
  const mailed = life.world.aws.mails.map(({ subject, text }) => `${subject} ${text}`).join('\n');
  for (const key of [first, second]) {
    const isSafe = key?.status !== 'Active' || /person must|still active/i.test(mailed);
    expect(isSafe, `${key?.id} is ${key?.status} a day later; mails: ${life.subjects.join('; ')}`).toBe(true);
  }
});
