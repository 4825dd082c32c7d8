import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import type { DeliveredMail } from '../../local/aws/ses/ses.ts';
import type { Execution } from '../../local/engine/execution.ts';
import { kindOf } from '../../local/story/mails.ts';
import { Owner } from '../../local/world/owner.ts';
import { day, minute } from '../../tasks/domain/time.ts';
import { lifted, organizationOf, payments, Swept } from './swept.ts';

const anna = 'anna.lind@example.com';
const operators = 'operators@example.com';

/** A wave of one owner's users, and the mails of its first hour. */
class Wave {
  readonly owners: Owner[];

  private constructor(readonly swept: Swept) {
    const { aws } = swept.world;
    const all = [...aws.accounts.values()].flatMap(({ id, users }) =>
      [...users.keys()].map((name) => new Owner(swept.world, id, name)),
    );
    this.owners = all.filter(({ user }) => user.tags.get('owner') === anna);
  }

  static async of(users: number, prepare?: (wave: Wave) => void): Promise<Wave> {
    const organization = organizationOf(2, 0, 'oldKeyInDailyUse');
    const more = organizationOf(2, users, (user) => (user === 9 ? 'oldKeyUnused' : 'oldKeyInDailyUse'));
    for (const [index, account] of organization.entries()) {
      const found = [...(more[1]?.users.values() ?? [])];
      if (index === 1) for (const user of found) account.users.set(user.name, user);
      for (const user of account.users.values()) user.tags.set('owner', anna);
    }
    const wave = new Wave(await Swept.begin({ organization, settings: lifted }));
    prepare?.(wave);
    await wave.swept.sweep();
    return wave;
  }

  get mails(): readonly DeliveredMail[] {
    return this.swept.world.aws.mails;
  }

  /** The kinds of the mails to somebody. */
  kindsTo(address: string): (string | undefined)[] {
    return this.mails.filter(({ to }) => to.includes(address)).map(kindOf);
  }

  ownerOf(number: number): Owner {
    const owner = this.owners.find(({ userName }) => userName === `user-${number}`);
    if (owner === undefined) throw new Error(`there is no user ${number}`);
    return owner;
  }

  rotationOf(number: number): Execution {
    const rotations = this.swept.world.engine.executionsOf(this.swept.world.stateMachineArn);
    const rotation = rotations.findLast(({ name }) => name.startsWith(`${payments}-user-${number}-`));
    if (rotation === undefined) throw new Error(`user ${number} has no rotation`);
    return rotation;
  }

  stands(number: number): string {
    const { status, visit } = this.rotationOf(number);
    return status === 'RUNNING' ? (visit?.state.name ?? 'between states') : status;
  }

  /** The states in which the rotations are. */
  get all(): Set<string> {
    return new Set(this.owners.map((_, number) => this.stands(number)));
  }
}

const subjects = (mails: readonly DeliveredMail[]): string[] =>
  mails.map(({ subject }) => subject.replace(/ by \d+ \w+/, ''));

const alone = (count: number): string[] => Array.from({ length: count }, () => 'newKeyReady');

describe('a wave with ten users of one owner', () => {
  it('asks in one mail, and each user’s links work alone', async () => {
    const wave = await Wave.of(10);
    expect(wave.kindsTo(anna)).toEqual(['severalKeys']);
    const [mail] = wave.mails.filter(({ to }) => to.includes(anna));
    expect(mail?.subject).toMatch(
      /^10 access keys to decide on by \d+ \w+: user-0, user-1, .* and \d more \[/,
    );
    expect(wave.all).toEqual(new Set(['AskOwner']));
    await wave.ownerOf(0).install();
    await wave.ownerOf(0).confirm();
    await wave.ownerOf(1).rollBack('not before the release');
    await wave.ownerOf(2).askForTime(7, 'a freeze');
    await wave.ownerOf(3).install();
    await wave.ownerOf(3).notNeeded();
    await wave.ownerOf(9).confirm({ keyId: wave.ownerOf(9).user.keys[0]?.id ?? '' });
    await wave.swept.world.clock.advance(minute);
    expect(Array.from({ length: 10 }, (_, number) => wave.stands(number))).toEqual([
      ...['WaitForQuiet', 'WaitForQuiet', 'AskOwner', 'WaitForQuiet'],
      ...Array(5).fill('AskOwner'),
      'WaitForQuiet',
    ]);
    await wave.swept.world.clock.advance(3 * day);
    // Reminders come for each user that is left.
    const reminded = wave.mails.filter((one) => kindOf(one) === 'reminder').map(({ subject }) => subject);
    expect(reminded.map((subject) => subject.split(':')[0]).toSorted()).toEqual(
      [4, 5, 6, 7, 8].map((number) => `user-${number}`),
    );
  });

  it('counts a bounce of that mail for each of them', async () => {
    const wave = await Wave.of(10, ({ swept }) =>
      swept.world.postman.decide((recipient) => (recipient === anna ? 'bounce' : undefined)),
    );
    expect(wave.kindsTo(anna)).toEqual(['severalKeys']);
    expect(wave.kindsTo(operators)).toEqual(Array(10).fill('askedInPlace'));
    expect(wave.all).toEqual(new Set(['AskOwner']));
    await wave.swept.world.clock.advance(4 * day);
    expect(wave.kindsTo(anna)).toEqual(['severalKeys']);
  });
});

describe('one mail for several users', () => {
  it('asks for those that are there, and does not wait for one that is slow or fails', async () => {
    const wave = await Wave.of(4, ({ swept: { world } }) => {
      const slowUntil = world.clock.now().getTime() + 13 * minute;
      world.aws.inject(({ operation, input }) => {
        if (operation !== 'CreateAccessKey') return undefined;
        if (input.UserName === 'user-3') return 'denied';
        return input.UserName === 'user-2' && world.clock.now().getTime() < slowUntil
          ? 'throttle'
          : undefined;
      });
    });
    const asked = wave.mails.filter(({ to }) => to.includes(anna));
    expect(subjects(asked)).toEqual([
      '2 access keys to install: user-0, user-1 [Payments (222222222222)]',
      'user-2: install the new access key [Payments (222222222222)]',
    ]);
  });

  it('leaves out whose rotation was stopped meanwhile, and whose owner has changed', async () => {
    const wave = await Wave.of(4, (begun) => {
      const { clock, aws } = begun.swept.world;
      clock.at(new Date(clock.now().getTime() + 4 * minute), async () => {
        const executionArn = begun.rotationOf(1).arn;
        await begun.swept.operator.send(new StopExecutionCommand({ executionArn }));
      });
      aws.onCall(({ operation }) => {
        // After the survey, and before the rotation's own look.
        if (operation === 'StartExecution')
          aws.accounts.get(payments)?.users.get('user-2')?.tags.set('owner', 'ben.okoye@example.com');
      });
    });
    const asked = wave.mails.filter(({ to }) => to.includes(anna));
    expect(subjects(asked)).toEqual(['2 access keys to install: user-0, user-3 [Payments (222222222222)]']);
    expect(wave.kindsTo('ben.okoye@example.com')).toEqual(['newKeyReady']);
    expect(wave.rotationOf(1).status).toBe('ABORTED');
  });

  it('comes in parts of fifteen', async () => {
    const wave = await Wave.of(17);
    expect(wave.kindsTo(anna)).toEqual(['severalKeys', 'severalKeys']);
    const [first = 0, second = 0] = wave.mails.map(({ subject }) => Number(subject.split(' ')[0]));
    expect([first + second, Math.max(first, second)]).toEqual([17, 15]);
    expect(Math.max(...wave.mails.map(({ html }) => html.length))).toBeLessThan(100_000);
  });

  it.each(['denied', 'unavailable'] as const)(
    'is not sent if S3 answers “%s”: each asks alone',
    async (fault) => {
      const wave = await Wave.of(3, ({ swept }) =>
        swept.world.aws.inject(({ service, input }) =>
          service === 's3' && String(input.Key).startsWith('asking/') ? fault : undefined,
        ),
      );
      expect(wave.kindsTo(anna)).toEqual(alone(3));
      expect(wave.swept.world.logs.filter(({ message }) => message.includes('alone'))).toHaveLength(3);
    },
  );

  it.each([
    ['PutObject', [0, 4, 6, 9]],
    ['GetObject', [0, 5, 17]],
  ])('reaches the owner about each if one %s about it fails', async (operation, places) => {
    for (const place of places) {
      let seen = 0;
      const wave = await Wave.of(3, ({ swept }) =>
        swept.world.aws.inject((call) => {
          if (call.operation !== operation || !String(call.input.Key).startsWith('asking/')) return undefined;
          seen += 1;
          return seen === place + 1 ? 'denied' : undefined;
        }),
      );
      expect(seen).toBeGreaterThan(place);
      expect(wave.all, String(place)).toEqual(new Set(['AskOwner']));
      for (const owner of wave.owners) expect(() => owner.link('confirm')).not.toThrow();
    }
  });

  it('is asked alone if SES refuses it, and by the others who can be reached', async () => {
    const wave = await Wave.of(3, ({ swept }) => swept.world.aws.rejectMailTo((to) => to === anna));
    expect(wave.kindsTo(operators)).toEqual(alone(3));
    expect(wave.all).toEqual(new Set(['AskOwner']));
  });
});
