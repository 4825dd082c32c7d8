import { describe, expect, it } from 'vitest';
import { hiddenIn } from '../../local/world/owner.ts';
import { Life, type LifeOptions } from './life.ts';

/** A rotation whose owner has said that no key is needed any more, and uses none. */
async function notNeeded(options?: LifeOptions): Promise<Life> {
  const life = await Life.begin(options);
  await life.start();
  const application = life.user.usages.at(-1);
  if (application !== undefined) application.until = life.world.clock.now();
  expect((await life.owner.notNeeded()).status).toBe(200);
  await life.world.clock.settle();
  return life;
}

describe('an owner who needs no key any more', () => {
  it('gets both keys removed by the usual states, first the new one, and none is made', async () => {
    const life = await notNeeded();
    const old = life.oldKey;
    expect(life.stands).toBe('WaitForQuiet');
    expect(life.keys).toEqual(['Active', 'Active']);
    await life.days(8);
    expect(life.stands).toBe('OfferRollback');
    expect(life.keys).toEqual(['Active', 'Inactive']);
    await life.days(10);
    expect(life.user.keys).toEqual([old]);
    expect(life.stands).toBe('WaitForQuiet');
    await life.days(8);
    expect(life.stands).toBe('OfferRollback');
    expect(life.keys).toEqual(['Inactive']);
    await life.days(11);
    expect(life.stands).toBe('completed');
    expect(life.user.keys).toEqual([]);
    expect(life.rotations).toHaveLength(1);
    expect(life.subjects).toEqual([
      'install the new access key',
      'if something broke, roll back (the new access key is inactive)',
      'if something broke, roll back (the access key is inactive)',
      'nothing to do, the access key is deleted',
    ]);
  });

  it('has the key that goes named in the record, and without its end in the log', async () => {
    const life = await notNeeded();
    const keyId = life.oldKey.id;
    expect(life.rotation.variables.decision).toMatchObject({ decision: 'notNeeded', keyId });
    const lines = life.world.logs.map(({ message, details }) => `${message} ${JSON.stringify(details)}`);
    expect(lines.filter((line) => line.startsWith('an owner answered')).join()).toContain(
      `"keyId":"${keyId.slice(0, -4)}…"`,
    );
    await life.days(40);
    expect(JSON.parse(life.rotation.output ?? '{}')).toMatchObject({ act: 'retire', oldKeyId: keyId });
  });

  it('never sees a mail or a page with the end of either key’s ID', async () => {
    const life = await notNeeded();
    const ends = life.user.keys.map(({ id }) => id.slice(-4));
    const page = await life.owner.open(life.owner.link('notNeeded'));
    await life.days(40);
    const texts = [page, ...life.owner.mails.flatMap(({ subject, text, html }) => [subject, text, html])];
    for (const end of ends) expect(texts.join('\n')).not.toMatch(new RegExp(`AKIA\\w*…?${end}`));
  });

  it('keeps both keys if something uses the new one, and a person is asked', async () => {
    const life = await Life.begin();
    await life.start();
    await life.owner.install();
    await life.owner.notNeeded();
    await life.days(40);
    expect(life.stands).toBe('escalated');
    expect(life.keys).toEqual(['Active', 'Active']);
  });

  it('keeps the old key if something uses it after all, and a person is asked', async () => {
    const life = await Life.begin();
    await life.start();
    await life.owner.notNeeded();
    await life.days(60);
    expect(life.stands).toBe('escalated');
    expect(life.keys).toEqual(['Active']);
    expect(life.subjects).toContain('find what still uses the old access key');
  });

  it('counts although the drain was interrupted by a late use', async () => {
    const life = await notNeeded();
    await life.days(3);
    const [, made] = life.user.keys;
    const now = life.world.clock.now();
    life.owner.switchTo(made?.id ?? '', now);
    await life.days(1);
    const usage = life.user.usages.at(-1);
    if (usage !== undefined) usage.until = life.world.clock.now();
    await life.days(45);
    expect(life.stands).toBe('completed');
    expect(life.user.keys).toEqual([]);
  });
});

describe('the answer that no key is needed any more, undone', () => {
  it('while the new key drains: the owner is asked again, and can still confirm', async () => {
    const life = await notNeeded();
    await life.days(2);
    expect((await life.owner.takeBack()).status).toBe(200);
    await life.world.clock.settle();
    expect(life.stands).toBe('AskOwner');
    expect(life.keys).toEqual(['Active', 'Active']);
    await life.confirm();
    await life.days(30);
    expect(life.stands).toBe('completed');
    expect(life.keys).toEqual(['Active']);
  });

  it('in the new key’s window: it is active again, and the owner is asked again', async () => {
    const life = await notNeeded();
    await life.days(9);
    await life.rollBack('');
    expect(life.stands).toBe('AskOwner');
    expect(life.keys).toEqual(['Active', 'Active']);
    await life.days(60);
    expect(life.stands).toBe('escalated');
    expect(life.keys).toEqual(['Active']);
  });

  it('while the old key drains: it stays, and the rotation ends', async () => {
    const life = await notNeeded();
    await life.days(20);
    expect(life.stands).toBe('WaitForQuiet');
    expect((await life.owner.takeBack({ reason: 'the archive needs it' })).status).toBe(200);
    await life.world.clock.settle();
    expect(life.stands).toBe('rolledBack');
    expect(life.keys).toEqual(['Active']);
    expect(life.subjects.at(-1)).toBe('nothing to do, the access key stays');
  });

  it('in the old key’s window: it is active again, and the rotation ends', async () => {
    const life = await notNeeded();
    await life.days(27);
    expect(life.keys).toEqual(['Inactive']);
    await life.rollBack('');
    expect(life.stands).toBe('rolledBack');
    expect(life.keys).toEqual(['Active']);
  });
});

describe('the answer that no key is needed any more, given at the wrong time or by the wrong hands', () => {
  it('is never carried over to a question that was asked again', async () => {
    const life = await Life.begin();
    await life.start();
    const link = life.owner.link('notNeeded');
    const hidden = hiddenIn(await life.owner.open(link));
    await life.days(3);
    const keyEnd = life.oldKey.id.slice(-4);
    const late = await life.owner.submit(link, { decision: 'notNeeded', keyEnd, ...hidden });
    expect(late.status).toBe(422);
    expect(await late.text()).toContain('you were asked again after this page was opened');
    expect(life.stands).toBe('AskOwner');
    expect((await life.owner.submit(link, { decision: 'notNeeded', keyEnd })).status).toBe(422);
  });

  it('counts once if it is given twice, and the second time says so', async () => {
    const life = await Life.begin();
    await life.start();
    const link = life.owner.link('notNeeded');
    const form = {
      decision: 'notNeeded',
      keyEnd: life.oldKey.id.slice(-4),
      ...hiddenIn(await life.owner.open(link)),
    };
    for (let time = 0; time < 2; time += 1) {
      const response = await life.owner.submit(link, form);
      expect(response.status).toBe(200);
      expect(await response.text()).toContain('No key needed any more');
      await life.world.clock.settle();
    }
  });

  it('changes nothing after another answer', async () => {
    const life = await Life.begin();
    await life.start();
    await life.confirm();
    const response = await life.owner.notNeeded();
    expect(response.status).toBe(409);
    expect(await response.text()).toContain('Yours was not recorded');
    await life.days(30);
    expect(life.keys).toEqual(['Active']);
  });

  it('changes nothing after silence, and the page says how it ended and what to do now', async () => {
    const life = await Life.begin();
    await life.start();
    await life.days(40);
    const response = await life.owner.notNeeded();
    expect(response.status).toBe(410);
    expect(await response.text()).toMatch(/Where it stands.*operators were asked to look.*Write to/s);
  });

  it('is not given by the new key’s end, which is said', async () => {
    const life = await Life.begin();
    await life.start();
    const response = await life.owner.notNeeded({ keyId: life.user.keys[1]?.id ?? '' });
    expect(response.status).toBe(422);
    expect(await response.text()).toContain('that is the new key');
  });

  it('is not given by a scanner that submits every form with what fits', async () => {
    const life = await Life.begin();
    await life.start();
    const links = (['confirm', 'notNeeded', 'rollBack', 'moreTime'] as const).map((kind) =>
      life.owner.link(kind),
    );
    for (const link of links)
      for (const decision of ['', 'confirm', 'notNeeded', 'rollBack', 'moreTime', 'takeBack']) {
        const filled = { keyEnd: 'test', word: 'test', reason: 'test', days: '7', postponed: '0' };
        const hidden = hiddenIn(await life.owner.open(link));
        const response = await life.owner.submit(link, { decision, ...filled, ...hidden });
        expect(response.status).toBe(422);
      }
    expect(life.stands).toBe('AskOwner');
  });
});
