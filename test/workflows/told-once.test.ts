import { describe, expect, it } from 'vitest';
import { day } from '../../tasks/domain/time.ts';
import { organizationOf, Swept } from './swept.ts';

const account = '111111111111';
const subjects = (swept: Swept): string[] =>
  swept.world.aws.mails
    .filter(({ to }) => to.includes('operators@example.com'))
    .map(({ subject }) => subject);

async function sweepDaily(swept: Swept, days: number): Promise<void> {
  for (let passed = 0; passed < days; passed += 1) {
    await swept.sweep();
    await swept.world.clock.advance(0.75 * day);
  }
}

describe('the operators', () => {
  it('are asked once while nothing changes, and have what is open in one digest', async () => {
    const swept = await Swept.begin({ organization: organizationOf(1, 1, 'twoKeysInUse') });
    await sweepDaily(swept, 30);
    expect(subjects(swept)).toEqual([
      expect.stringMatching(/^A person must decide: user-0/),
      expect.stringMatching(/^Access keys: 1 waiting for you, 0 for owners/),
    ]);
    const text = swept.world.aws.mails.at(-1)?.text ?? '';
    const keys = [...swept.account(account).users.values()].flatMap(({ keys: all }) => all);
    for (const { id } of keys) expect(text).toContain(`"action":"retire","keyId":"${id}"`);
    expect(text).toContain('--name 111111111111-user-0-2');
    expect(text).toContain('aws iam tag-user --user-name user-0');
  });

  it('get a digest immediately, once, for each tag that names nobody, and the rest goes on', async () => {
    const swept = await Swept.begin({ organization: organizationOf(1, 3, 'oldKeyInDailyUse') });
    const [first, second] = swept.account(account).users.values();
    first?.tags.set('owner', 'nobody in particular');
    await sweepDaily(swept, 3);
    second?.tags.set('owner', 'nobody either');
    await sweepDaily(swept, 5);
    expect(swept.rotations).toContain('111111111111-user-2-1');
    const digests = swept.world.aws.mails.filter(({ subject }) => subject.startsWith('Access keys: '));
    expect(digests.map(({ subject }) => subject.slice(0, 30))).toEqual([
      'Access keys: 1 waiting for you',
      'Access keys: 2 waiting for you',
    ]);
    const [one, two] = digests.map(({ sentAt }) => sentAt.getTime());
    expect((two ?? 0) - (one ?? 0)).toBeLessThanOrEqual(3 * day);
    expect(digests.at(-1)?.text).toContain('user-1 in 111111111111');
  });

  it('get the digest by the next sweep if SES refused it, and the sweep goes on', async () => {
    const swept = await Swept.begin({ organization: organizationOf(1, 2, 'oldKeyInDailyUse') });
    const [first] = swept.account(account).users.values();
    first?.tags.set('owner', 'nobody in particular');
    let isRefused = true;
    swept.world.aws.inject(({ service, input }) =>
      isRefused && service === 'ses' && JSON.stringify(input.Destination).includes('operators@')
        ? 'denied'
        : undefined,
    );
    const execution = await swept.sweep();
    expect(execution.status).toBe('SUCCEEDED');
    expect(swept.object(execution, 'index.html')).toContain('The mail about this report was not sent');
    expect(swept.rotations).toEqual(['111111111111-user-0-1', '111111111111-user-1-1']);
    isRefused = false;
    await sweepDaily(swept, 1);
    expect(subjects(swept)).toEqual([expect.stringMatching(/^Access keys: 1 waiting for you/)]);
  });

  it('are reported as not reached if the digest bounces, and sweeps go on', async () => {
    const swept = await Swept.begin({ organization: organizationOf(1, 2, 'oldKeyInDailyUse') });
    swept.world.postman.decide((to) => (to === 'operators@example.com' ? 'bounce' : undefined));
    const [first] = swept.account(account).users.values();
    first?.tags.set('owner', 'nobody in particular');
    await sweepDaily(swept, 1);
    expect(subjects(swept)).toEqual([expect.stringMatching(/^Access keys: 1 waiting for you/)]);
    const counts = swept.world.metrics.flatMap((line) => Object.keys(line.counts));
    expect(counts).toContain('OperatorsUnreachable');
    expect((await swept.sweep()).status).toBe('SUCCEEDED');
    expect(swept.rotations).toEqual(['111111111111-user-0-1', '111111111111-user-1-1']);
  });

  it('get a scheduled audit’s report at most weekly, and one that they ask for always', async () => {
    const swept = await Swept.begin({ settings: { mode: 'audit' } });
    await sweepDaily(swept, 5);
    expect(subjects(swept)).toHaveLength(1);
    await swept.sweep({ audit: true });
    expect(subjects(swept)).toHaveLength(2);
  });
});
