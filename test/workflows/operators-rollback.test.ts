import { describe, expect, it } from 'vitest';
import { Life } from './life.ts';

const override = { by: 'Jane Doe, security', reason: 'INC-4711: the nightly job broke' };
const restore = { action: 'restore', override };

/** A second rotation, whose old key is stored; stopped on the second day of its window. */
async function stoppedInWindow(): Promise<Life> {
  const life = await Life.confirmed();
  await life.days(40);
  await life.start();
  await life.confirm();
  await life.days(9);
  expect(life.stands).toBe('OfferRollback');
  life.world.engine.stopExecution(life.rotation.arn);
  return life;
}

describe('an operator’s rollback after the rotation has ended', () => {
  it('makes the key active and current again, says who asked for it, and ends', async () => {
    const life = await stoppedInWindow();
    const old = life.oldKey;
    expect(life.current?.keyId).not.toBe(old.id);
    await life.days(1);
    await life.start(restore);
    expect(life.stands).toBe('rolledBack');
    expect(life.keys).toEqual(['Active', 'Active']);
    expect(life.current).toEqual({ keyId: old.id, complete: true });
    expect(life.subjects.at(-1)).toBe('rolled back, the old access key is active again');
    expect(life.world.aws.mails.at(-1)?.text).toContain('Jane Doe, security');
  });

  it('leaves the secret with what works if the old secret access key was never stored', async () => {
    const life = await Life.inWindow();
    life.world.engine.stopExecution(life.rotation.arn);
    await life.start(restore);
    // A function of the stopped rotation may run for three minutes.
    await life.world.clock.advance(20 * 60_000);
    expect(life.stands).toBe('rolledBack');
    expect(life.keys).toEqual(['Active', 'Active']);
    expect(life.current?.keyId).not.toBe(life.oldKey.id);
  });

  it('says that a deleted key can’t be brought back', async () => {
    const life = await Life.inWindow();
    const gone = life.oldKey.id;
    await life.days(12);
    expect(life.stands).toBe('completed');
    await life.start({ ...restore, keyId: gone });
    expect(life.stands).toBe('nothing');
    expect(life.rotation.output).toContain(`${gone}: a deleted key can't be brought back`);
    await life.start(restore);
    expect(life.rotation.output).toContain('no key of the user is inactive');
    expect(life.keys).toEqual(['Active']);
  });

  it('finds the key by the secret’s versions once Step Functions has forgotten the rotation', async () => {
    const life = await stoppedInWindow();
    await life.days(95);
    await life.start(restore);
    // Until then the marked execution may have started a moment ago.
    await life.world.clock.advance(20 * 60_000);
    expect(life.stands).toBe('rolledBack');
    expect(life.keys).toEqual(['Active', 'Active']);
  });

  it('makes a key active that a person made inactive only if it is named', async () => {
    const life = await Life.begin({ situation: 'twoKeysOneUnused' });
    const key = life.oldKey;
    key.status = 'Inactive';
    await life.start(restore);
    expect(life.stands).toBe('nothing');
    expect(life.rotation.output).toContain('it was somebody');
    await life.start({ ...restore, keyId: key.id });
    expect(life.stands).toBe('rolledBack');
    expect(life.keys).toEqual(['Active', 'Active']);
  });

  it('makes a leaked key active only if it is named, and tells everybody', async () => {
    const life = await Life.begin();
    const leaked = life.oldKey.id;
    await life.start({ action: 'emergency', keyId: leaked });
    expect(life.keys).toEqual(['Inactive', 'Active']);
    life.world.engine.stopExecution(life.rotation.arn);
    await life.days(1);
    await life.start(restore);
    expect(life.stands).toBe('nothing');
    expect(life.rotation.output).toContain(`${leaked} has leaked`);
    await life.start({ ...restore, keyId: leaked });
    expect(life.keys).toEqual(['Active', 'Active']);
    expect(life.world.aws.mails.at(-1)?.to).toContain('operators@example.com');
  });

  it('changes nothing in an audit, or without a name and a reason', async () => {
    const life = await stoppedInWindow();
    await life.start({ action: 'restore' });
    expect(life.stands).toBe('InvalidInput');
    life.world.settings.mode = 'audit';
    await life.days(1);
    await life.start(restore);
    expect(life.stands).toBe('nothing');
    expect(life.keys).toEqual(['Inactive', 'Active']);
  });
});
