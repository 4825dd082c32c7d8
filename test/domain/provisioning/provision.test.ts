import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nameOf } from '../../../tasks/domain/execution-name.ts';
import { type AccessKey, describeNewKey, type LastUse } from '../../../tasks/domain/keys.ts';
import { decideProvisioning, type ProvisionFacts } from '../../../tasks/domain/provisioning/provision.ts';
import { later } from '../../../tasks/domain/time.ts';

const arn = 'arn:aws:states:eu-west-1:999988887777:execution:rotate-user-key:111122223333-deploy-bot-1';
const oldKeyId = 'AKIAOLDOLDOLDOLDQJHX';
const otherId = 'AKIANEWNEWNEWNEWZWVK';
const thirdId = 'AKIATHIRDTHIRDTHIRDX';
const intent = new Date('2026-11-22T08:00:00Z');
const key = (id: string, changes: Partial<AccessKey> = {}): AccessKey => ({
  id,
  status: 'Active',
  createdAt: later(intent, 1000),
  ...changes,
});
const neverUsed: LastUse = { state: 'neverUsed' };
const description = describeNewKey(oldKeyId, nameOf(arn), intent, undefined);

/** An orphan as a lost answer leaves it: everything speaks for its being ours. */
const orphan: ProvisionFacts = {
  keys: [key(oldKeyId), key(otherId)],
  plan: { oldKeyId },
  stored: () => false,
  tags: new Map(),
  uses: new Map([[otherId, neverUsed]]),
  intents: [intent],
};
const decide = (changes: Partial<ProvisionFacts> = {}) => decideProvisioning({ ...orphan, ...changes });
const stored = (id: string) => id === otherId;

describe('what a provisioning does about the keys that it finds', () => {
  it.each<[string, string, Partial<ProvisionFacts>]>([
    ['create', 'there is the old key only', { keys: [key(oldKeyId)] }],
    [
      'create',
      'there is the old key only, though inactive',
      { keys: [key(oldKeyId, { status: 'Inactive' })] },
    ],
    ['goOn', 'the other is stored', { stored }],
    ['goOn', 'the other is stored and described', { stored, tags: new Map([[otherId, description]]) }],
    ['goOn', 'the other is stored, though no intent is left', { stored, intents: [] }],
    [
      'goOn',
      'the other is stored, and somebody described it',
      { stored, tags: new Map([[otherId, 'mine']]) },
    ],
    [
      'goOn',
      'the other is stored, and another one has leaked',
      { stored, plan: { oldKeyId, leaked: [oldKeyId] } },
    ],
    ['discard', 'the other was made under our intent', {}],
    [
      'discard',
      'the other was made under an earlier of our intents',
      { intents: [intent, later(intent, 120_000)] },
    ],
    ['stop', 'the old key is gone', { keys: [key(otherId)], stored }],
    ['stop', 'there are three', { keys: [key(oldKeyId), key(otherId), key(thirdId)], stored }],
    [
      'stop',
      'the other is stored, but inactive',
      { keys: [key(oldKeyId), key(otherId, { status: 'Inactive' })], stored },
    ],
    [
      'stop',
      'the other is stored for another old key',
      { stored, tags: new Map([[otherId, describeNewKey(thirdId, 'x', intent, undefined)]]) },
    ],
    [
      'stop',
      'the other is stored, but has leaked too',
      { stored, plan: { oldKeyId, leaked: [oldKeyId, otherId] } },
    ],
    ['stop', 'somebody described the other', { tags: new Map([[otherId, 'mine']]) }],
    [
      'stop',
      'the other was used',
      { uses: new Map([[otherId, { state: 'used', at: intent, service: 's3', region: 'eu-west-1' }]]) },
    ],
    [
      'stop',
      'IAM can’t tell whether the other was used',
      { uses: new Map([[otherId, { state: 'unknown', because: 'x' }]]) },
    ],
    ['stop', 'nobody asked whether the other was used', { uses: new Map() }],
    ['stop', 'there was no intent', { intents: [] }],
    [
      'stop',
      'the other is older than the intent',
      { keys: [key(oldKeyId), key(otherId, { createdAt: later(intent, -2000) })] },
    ],
    [
      'stop',
      'the other came long after the intent',
      { keys: [key(oldKeyId), key(otherId, { createdAt: later(intent, 31_000) })] },
    ],
  ])('is to %s if %s', (act, _, changes) => {
    const decision = decide(changes);
    expect(decision.act).toBe(act);
    expect(decision.because).not.toBe('');
  });

  it('takes IAM’s whole seconds into account', () => {
    const sameSecond = key(otherId, { createdAt: intent });
    expect(decide({ keys: [key(oldKeyId), sameSecond], intents: [later(intent, 999)] }).act).toBe('discard');
  });

  it('names the key that it goes on with or discards, never the old one', () => {
    expect(decide({ stored })).toMatchObject({ newKey: { id: otherId } });
    expect(decide()).toMatchObject({ key: { id: otherId } });
  });

  it('never discards a key for which anything at all speaks', () => {
    const facts = fc.record({
      isStored: fc.boolean(),
      tag: fc.constantFrom(undefined, 'mine', description),
      use: fc.constantFrom<LastUse | undefined>(neverUsed, undefined, { state: 'unknown', because: 'x' }),
      seconds: fc.integer({ min: -600, max: 600 }),
      hasIntent: fc.boolean(),
    });
    fc.assert(
      fc.property(facts, ({ isStored, tag, use, seconds, hasIntent }) => {
        const decision = decide({
          keys: [key(oldKeyId), key(otherId, { createdAt: later(intent, seconds * 1000) })],
          stored: () => isStored,
          tags: new Map(tag === undefined ? [] : [[otherId, tag]]),
          uses: new Map(use === undefined ? [] : [[otherId, use]]),
          intents: hasIntent ? [intent] : [],
        });
        if (decision.act !== 'discard') return;
        expect({ tag, use, hasIntent }).toEqual({
          tag: undefined,
          use: neverUsed,
          hasIntent: true,
        });
        expect(isStored).toBe(false);
        expect(seconds).toBeGreaterThanOrEqual(-1);
        // No later than a create call is answered.
        expect(seconds).toBeLessThanOrEqual(30);
      }),
      { numRuns: 2000 },
    );
  });
});
