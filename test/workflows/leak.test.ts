import { describe, expect, it } from 'vitest';
import type { Fault } from '../../local/aws/types.ts';
import { accountId, Life, userName } from './life.ts';

const healthEvent = (entityValue: string, detail: object = {}, more: object = {}) => ({
  version: '0',
  id: '5b53b920-3e7c-6003-589a-000000000000',
  'detail-type': 'AWS Health Event',
  source: 'aws.health',
  account: accountId,
  region: 'us-east-1',
  resources: [entityValue],
  detail: {
    service: 'RISK',
    eventTypeCode: 'AWS_RISK_CREDENTIALS_EXPOSED',
    eventTypeCategory: 'issue',
    affectedEntities: [{ entityValue }],
    ...detail,
  },
  ...more,
});

async function hear(life: Life, event: unknown): Promise<void> {
  life.world.putEvent('HandleLeak', event);
  await life.world.clock.settle();
}

describe('a key that AWS says has leaked', () => {
  it('is replaced and made inactive immediately', async () => {
    const life = await Life.begin();
    const leaked = life.oldKey.id;
    await hear(life, healthEvent(leaked));
    expect(life.stands).toBe('OfferRollback');
    expect(life.keys).toEqual(['Inactive', 'Active']);
    expect(life.current?.keyId).not.toBe(leaked);
  });

  it('is handled once, however often it is reported', async () => {
    const life = await Life.begin();
    const event = healthEvent(life.oldKey.id);
    await hear(life, event);
    await hear(life, event);
    await life.days(2);
    await hear(life, event);
    expect(life.rotations).toHaveLength(1);
    expect(life.keys).toEqual(['Inactive', 'Active']);
  });

  it('takes over from a rotation that waits for its owner', async () => {
    const life = await Life.begin();
    await life.start();
    expect(life.stands).toBe('AskOwner');
    await hear(life, healthEvent(life.oldKey.id));
    expect(life.stands).toBe('OfferRollback');
    expect(life.keys).toEqual(['Inactive', 'Active']);
  });

  it('is found if the event comes through the organization’s account', async () => {
    const life = await Life.begin();
    const entity = `IAM_USER/${userName}/${life.oldKey.id}`;
    await hear(life, healthEvent(entity, { affectedAccount: accountId }, { account: '111111111111' }));
    expect(life.stands).toBe('OfferRollback');
  });

  it('is handled by a retry if AWS was unreachable', async () => {
    const life = await Life.begin();
    let calls = 0;
    life.world.aws.inject(({ caller }) => {
      if (caller.roleName !== 'keyturn-handle-leak') return undefined;
      calls += 1;
      return calls <= 4 ? 'throttle' : undefined;
    });
    await hear(life, healthEvent(life.oldKey.id));
    await life.days(0.1);
    expect(life.stands).toBe('OfferRollback');
  });

  it.each<Fault>(['lostAnswer', 'crashBefore', 'crashAfter'])(
    '%s at any call of its handler: there is still one emergency',
    async (fault) => {
      const hearWith = async (at: number): Promise<{ life: Life; calls: number }> => {
        const life = await Life.begin();
        let calls = 0;
        life.world.aws.inject(({ caller }) => {
          if (caller.roleName !== 'keyturn-handle-leak') return undefined;
          calls += 1;
          return calls === at ? fault : undefined;
        });
        await hear(life, healthEvent(life.oldKey.id));
        await life.days(0.1);
        return { life, calls };
      };
      const { calls } = await hearWith(0);
      expect(calls).toBeGreaterThan(2);
      for (let at = 1; at <= calls; at += 1) {
        const { life } = await hearWith(at);
        expect(life.stands, `at call ${at}`).toBe('OfferRollback');
        expect(life.rotations, `at call ${at}`).toHaveLength(1);
        expect(life.world.watcher.violations, `at call ${at}`).toEqual([]);
      }
    },
  );
});
