import { afterEach, describe, expect, it } from 'vitest';
import { everyMail } from '../messages/every-message.ts';
import { commandsIn, identityIn } from './mailed/commands.ts';
import { closeServer, Reader } from './mailed/reader.ts';
import { ways } from './mailed/run.ts';

const daily = { everyHours: 6, service: 's3', region: 'eu-west-1' };
const patience = { timeout: 300_000 };

afterEach(closeServer);

describe('every command in every mail', () => {
  it.each(Object.entries(everyMail()))('%s names the identity to run it as', (_, { text }) => {
    for (const command of commandsIn(text)) expect(identityIn(command), command.line).toBeDefined();
  });

  it.each(Object.entries(everyMail()))('%s names the region of a regional service', (_, { text }) => {
    for (const { line } of commandsIn(text)) {
      if (!/^aws (iam|s3) /.test(line)) expect(line).toContain(' --region ');
    }
  });
});

describe.each(ways)('a command in a mail, run by the %s against npm start', (way) => {
  it('retires either key of a question, or exempts the user', patience, async () => {
    for (const place of [0, 1]) {
      const reader = await Reader.begin('twoKeysInUse', way);
      await reader.start();
      const key = reader.keys[place];
      await reader.run(/^A person must decide/, `"keyId":"${key?.id}"`);
      expect(reader.outcomes).toEqual(['needsPerson', 'AskOwner']);
      expect((await reader.newest(/say if the access key can be deleted/)).text).toContain(
        key?.id.slice(0, -4),
      );
      await closeServer();
    }
    const reader = await Reader.begin('twoKeysInUse', way);
    await reader.start();
    await reader.run(/^A person must decide/, 'tag-user');
    await reader.start();
    expect(reader.outcomes.at(-1)).toMatch(/^nothing: exempt until 20\d\d-\d\d-\d\d: all keys are needed/);
  });

  it('continues a failed rotation without what made it fail', patience, async () => {
    const reader = await Reader.begin('oldKeyInDailyUse', way);
    await reader.start({ policy: { quietDays: 3, drainDays: 2 } });
    expect(reader.outcomes).toEqual(['PolicyOutOfBounds']);
    await reader.run(/^Rotation failed/, 'start-execution');
    expect(reader.outcomes).toEqual(['PolicyOutOfBounds', 'AskOwner']);
  });

  it(
    'after silence, corrects the owner, stops the withdrawal, and asks the new owner',
    patience,
    async () => {
      const reader = await Reader.begin('oldKeyInDailyUse', way);
      await reader.start();
      await reader.days(16);
      const silence = /owner did not answer/;
      await reader.run(silence, 'tag-user');
      await reader.run(silence, 'stop-execution');
      await reader.run(silence, 'start-execution');
      // A function of the stopped rotation may run for a few minutes more.
      await reader.days(1 / 24);
      expect(reader.outcomes).toEqual(['StoppedByOperator', 'AskOwner']);
      expect(reader.world.aws.mails.at(-1)?.to).toEqual(['NEW.OWNER@example.com']);
      expect(reader.keys).toHaveLength(2);
    },
  );

  it(
    'after silence, approves instead of the owner, once a name and a reason are filled in',
    patience,
    async () => {
      const reader = await Reader.begin('oldKeyInDailyUse', way);
      await reader.start();
      await reader.days(16);
      const silence = /owner did not answer/;
      await reader.run(silence, 'stop-execution');
      await reader.run(silence, '"override"', (line) => line.replace(/--name \S+ /, ''));
      expect(reader.outcomes.at(-1)).toBe('InvalidInput');
      await reader.run(silence, '"override"', (line) =>
        line.replace('YOUR NAME', 'Jane Doe').replace('YOUR REASON', 'INC-4711'),
      );
      await reader.days(1 / 24);
      expect((await reader.newest(/confirmed by an operator/)).text).toContain('Jane Doe');
    },
  );

  it('continues after the drain’s deadline with the same keys', patience, async () => {
    const reader = await Reader.begin('oldKeyInDailyUse', way);
    await reader.start();
    const [old] = reader.keys;
    await reader.owner.install();
    const { now } = reader.world.clock;
    reader.owner.user.usages.push({
      ...{ ...daily, keyId: old?.id ?? '', from: now(), address: '192.0.2.99', agent: 'cron/1.0' },
    });
    await reader.owner.confirm({ keyId: reader.keys[1]?.id ?? '' });
    await reader.days(31);
    const keys = reader.keys.map(({ id }) => id);
    const calls = await reader.run(/old key is still in use/, 'lookup-events');
    expect(calls).toContain('192.0.2.99');
    expect(calls).toContain('cron/1.0');
    await reader.run(/old key is still in use/, 'start-execution');
    expect(reader.outcomes).toEqual(['escalated', 'AskOwner']);
    expect(reader.keys.map(({ id }) => id)).toEqual(keys);
  });
});
