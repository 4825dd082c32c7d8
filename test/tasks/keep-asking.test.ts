import { describe, expect, it } from 'vitest';
import { undisturbed } from '../../tasks/domain/asking/question.ts';
import { keepAsking } from '../../tasks/rotate-user-key/keep-asking.ts';
import { now } from '../domain/uses.ts';
import { calls, mockAws } from './mocked-aws.ts';
import { setUp } from './setting-up.ts';
import { makeWork } from './work.ts';

const aws = mockAws();
const { dependencies, logged } = setUp();
const asked = { ...makeWork(), stage: 'ask', round: 1, reminder: 0, since: now, asking: undisturbed };
const keep = (ended: object) => keepAsking.invoke({ ...asked, ended }, dependencies);
const decision = {
  decision: 'moreTime',
  days: 7,
  reason: 'on holiday',
  by: 'the link mailed to ada@example.com',
  at: now.toISOString(),
};

describe('KeepAsking', () => {
  it('says how long the wait is now, and asks nobody for it', async () => {
    await expect(keep({ kind: 'moreTime', decision })).resolves.toMatchObject({
      waitSeconds: 10 * 86_400,
      asking: { postponedDays: 7, postponedInAll: 7, unreachable: [] },
    });
    expect(calls(aws)).toEqual([]);
    expect(logged.at(-1)?.details).toMatchObject({
      act: 'moreTime',
      because: expect.stringContaining('on holiday'),
    });
  });

  it('answers the same in a second run', async () => {
    const once = await keep({ kind: 'moreTime', decision });
    await expect(keep({ kind: 'moreTime', decision })).resolves.toEqual(once);
  });

  it('reads the address off the error that ended the wait', async () => {
    const Cause = '{"address":"ada@example.com","because":"a permanent bounce (General)"}';
    await expect(
      keep({ kind: 'unreachable', failure: { Error: 'OwnerUnreachable', Cause } }),
    ).resolves.toMatchObject({
      waitSeconds: 3 * 86_400,
      asking: { unreachable: ['ada@example.com'], interruption: { because: 'a permanent bounce (General)' } },
    });
  });

  it.each([
    ['an error of somebody else’s', { kind: 'unreachable', failure: { Cause: 'because' } }],
    ['an answer without days', { kind: 'moreTime', decision: { ...decision, days: undefined } }],
    ['an answer of less than none', { kind: 'moreTime', decision: { ...decision, days: -7 } }],
  ])('refuses %s', async (_, ended) => {
    await expect(keep(ended)).rejects.toMatchObject({ name: 'InvalidInput' });
  });
});
