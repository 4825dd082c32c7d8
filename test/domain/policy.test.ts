import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  defaultPolicy,
  longestLifeDays,
  makePolicy,
  type PolicyOverrides,
  policyFromTags,
  policySchema,
} from '../../tasks/domain/policy.ts';

const from = (values: PolicyOverrides) => makePolicy([{ from: 'the input', values }]);

describe('a policy', () => {
  it('is the default if nobody says otherwise', () => {
    expect(makePolicy([])).toEqual(defaultPolicy);
    expect(from({})).toEqual(defaultPolicy);
  });

  it('has the default of a value that didn’t exist yet when its rotation began', () => {
    const { windowDays: _, onSilence: __, ...former } = { ...defaultPolicy, quietDays: 3 };
    expect(policySchema.parse(former)).toEqual({ ...defaultPolicy, quietDays: 3 });
  });

  it.each([
    ['maxAgeDays', 1, 365],
    ['quietDays', 1, 30],
    ['reminderEveryDays', 1, 5],
    ['reminders', 1, 6],
    ['drainDays', 2, 40],
    ['windowDays', 1, 30],
  ] as const)('takes for %s exactly the whole numbers from %i to %i', (name, least, most) => {
    // With the other values at an end of their bounds, so that only this one can be wrong.
    const others = name === 'drainDays' ? { quietDays: 1 } : { drainDays: 40 };
    const number = fc.oneof(fc.integer({ min: -10, max: 400 }), fc.integer(), fc.double());
    fc.assert(
      fc.property(number, (value) => {
        const allowed = Number.isInteger(value) && value >= least && value <= most;
        if (allowed) expect(from({ ...others, [name]: value })).toMatchObject({ [name]: value });
        else expect(() => from({ ...others, [name]: value })).toThrow(`from ${least} to ${most}`);
      }),
    );
    for (const end of [least, most]) expect(from({ ...others, [name]: end })).toMatchObject({ [name]: end });
  });

  it.each(['7', null, true, [7], {}, Number.NaN, Number.POSITIVE_INFINITY])(
    'takes no number of days that isn’t one: %j',
    (quietDays) => {
      expect(() => from({ quietDays })).toThrow(
        expect.objectContaining({ name: 'PolicyOutOfBounds', message: expect.stringContaining('the input') }),
      );
    },
  );

  it('takes two answers to silence, and no third', () => {
    expect(from({ onSilence: 'keep' }).onSilence).toBe('keep');
    expect(from({ onSilence: 'withdraw' }).onSilence).toBe('withdraw');
    expect(() => from({ onSilence: 'delete' })).toThrow(
      expect.objectContaining({ name: 'PolicyOutOfBounds', message: expect.stringContaining('"delete"') }),
    );
  });

  it('puts later values over earlier ones, and leaves the others', () => {
    const policy = makePolicy([
      { from: 'the tags', values: { quietDays: 14, windowDays: 20 } },
      { from: 'the input', values: { quietDays: 3 } },
    ]);
    expect(policy).toEqual({ ...defaultPolicy, quietDays: 3, windowDays: 20 });
  });

  it.each([
    [7, 7],
    [8, 7],
    [30, 30],
  ])('is refused where a quiet period of %i days doesn’t fit in a drain of %i', (quietDays, drainDays) => {
    expect(() => from({ quietDays, drainDays })).toThrow(/longer than the quiet period/);
  });

  it('lets no rotation live longer than its machine, nor that longer than Step Functions allows', () => {
    const file = new URL('../../statemachines/rotate-user-key.asl.json', import.meta.url);
    const { TimeoutSeconds }: { TimeoutSeconds: number } = JSON.parse(readFileSync(file, 'utf8'));
    const day = 86_400;
    expect(TimeoutSeconds).toBeLessThanOrEqual(365 * day);
    // Six days for every retry and reading on the way.
    expect(longestLifeDays() + 6).toBeLessThanOrEqual(TimeoutSeconds / day);
    // Three rounds of seven mails in 35 days, a drain and a window, the time that an owner asked for, a withdrawal.
    expect(longestLifeDays()).toBe(3 * (35 + 40 + 30) + 14 + 30);
  });
});

describe('what a user’s tags say of its policy', () => {
  it('is nothing if there are no tags, or other tags', () => {
    expect(policyFromTags(new Map())).toEqual({});
    expect(
      policyFromTags(
        new Map([
          ['team', 'payments'],
          ['quiet-days', '3'],
        ]),
      ),
    ).toEqual({});
  });

  it('is one value per tag, without the spaces around it', () => {
    const tags = new Map([
      ['keyturn:max-age-days', '180'],
      ['keyturn:quiet-days', ' 14 '],
      ['keyturn:reminder-every-days', '5'],
      ['keyturn:reminders', '6'],
      ['keyturn:drain-days', '40'],
      ['keyturn:window-days', '30'],
      ['keyturn:on-silence', ' keep '],
    ]);
    expect(makePolicy([{ from: 'the tags', values: policyFromTags(tags) }])).toEqual({
      ...defaultPolicy,
      maxAgeDays: 180,
      quietDays: 14,
      reminderEveryDays: 5,
      reminders: 6,
      drainDays: 40,
      windowDays: 30,
      onSilence: 'keep',
    });
  });

  it.each(['', 'seven', '7 days', '-7', '7.5', '1e1', '0x7'])(
    'is unreadable where a number is %j',
    (value) => {
      expect(() => policyFromTags(new Map([['keyturn:quiet-days', value]]))).toThrow(
        expect.objectContaining({
          name: 'UnreadableTag',
          message: expect.stringContaining('keyturn:quiet-days'),
        }),
      );
    },
  );

  it('is held to the bounds that the settings are held to', () => {
    const values = policyFromTags(new Map([['keyturn:quiet-days', '0']]));
    expect(() => makePolicy([{ from: "the user's tags", values }])).toThrow(/0 in the user's tags/);
  });
});
