import { describe, expect, it } from 'vitest';
import { Life } from './life.ts';

const settings = { cloudTrail: true };

/** The user's application calls from there by that program. */
function callingFrom(life: Life, address: string, agent: string): void {
  const [usage] = life.user.usages;
  if (usage !== undefined) Object.assign(usage, { address, agent });
}

const lookUps = (life: Life): string[] => {
  const calls: string[] = [];
  life.world.aws.onCall(({ operation, caller }) => {
    if (operation === 'LookupEvents') calls.push(caller.via ?? '');
  });
  return calls;
};

async function asked(given: object = settings): Promise<Life> {
  const life = await Life.begin({ settings: given });
  callingFrom(life, '198.51.100.7', 'aws-cli/2.15.0');
  await life.start();
  return life;
}

describe('who uses the old key', () => {
  it('is shown with address and program to an owner who looks again, if CloudTrail may be asked', async () => {
    const life = await asked();
    const calls = lookUps(life);
    const page = await (await life.owner.lookAgain()).text();
    expect(page).toMatch(/198\.51\.100\.7, aws-cli\/2\.15\.0: \d+ calls, the last/);
    expect(page).toContain('CloudTrail is up to 15 minutes late');
    expect(calls).toEqual(['keyturn-check-use']);
  });

  it('costs no call to CloudTrail without the setting', async () => {
    const life = await asked({});
    const calls = lookUps(life);
    const page = await (await life.owner.lookAgain()).text();
    expect(page).toContain('Looked at ');
    expect(page).not.toContain('CloudTrail');
    expect(calls).toEqual([]);
  });

  it.each(['denied', 'throttle', 'lostRequest'] as const)(
    'is told to be unknown in one sentence if CloudTrail answers with %s, and the rest is shown',
    async (fault) => {
      const life = await asked();
      life.world.aws.inject(({ operation }) => (operation === 'LookupEvents' ? fault : undefined));
      const calls = lookUps(life);
      const page = await (await life.owner.lookAgain()).text();
      expect(page).toContain('CloudTrail could not say who used it');
      expect(page).toContain('Looked at ');
      expect(page).toContain('name="keyEnd"');
      expect(calls).toHaveLength(1);
    },
  );
});

describe('a key that stays in use after its owner confirmed', () => {
  /** The owner gives the new key to one application and forgets another, which goes on with the old key. */
  async function forgotten(given: object = settings): Promise<Life> {
    const life = await asked(given);
    await life.confirm();
    life.user.usages.push({
      ...{ keyId: life.oldKey.id, from: life.world.clock.now(), everyHours: 6 },
      ...{ service: 'sqs', region: 'eu-west-1', address: '192.0.2.99', agent: 'Go-http-client/1.1' },
    });
    await life.days(3);
    return life;
  }
  const mailOf = (life: Life): string =>
    life.owner.mails.findLast(({ text }) => text.includes('Something still uses'))?.text ?? '';

  it('brings a mail with the address and the program of the last calls, and of no earlier ones', async () => {
    const text = mailOf(await forgotten());
    expect(text).toContain('192.0.2.99');
    expect(text).toContain('Go-http-client/1.1');
    expect(text).not.toContain('198.51.100.7');
  });

  it('brings a mail that says that both keys are in use, and recommends a key for each application', async () => {
    const text = mailOf(await forgotten({})).replaceAll(/\s+/g, ' ');
    expect(text).toContain(
      'Several applications may share this key: both keys have been used since 2026-03-02.',
    );
    expect(text).toContain('give each an IAM user and a key of its own');
    expect(text).toContain('look up events by this access key');
  });

  it('brings the mail also if CloudTrail is denied', async () => {
    const life = await asked();
    life.world.aws.inject(({ operation }) => (operation === 'LookupEvents' ? 'denied' : undefined));
    await life.days(3);
    expect(life.stands).toBe('AskOwner');
    await life.confirm();
    life.owner.switchTo(life.oldKey.id, life.world.clock.now());
    await life.days(3);
    expect(mailOf(life).replaceAll(/\s+/g, ' ')).toContain(
      'CloudTrail could not say who used it (AccessDeniedException)',
    );
  });
});
