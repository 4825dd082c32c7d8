import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCreatedWithin, readIntents, writeIntent } from '../../../tasks/domain/provisioning/intents.ts';
import { later } from '../../../tasks/domain/time.ts';

const execution = (name: string): string =>
  `arn:aws:states:eu-west-1:999988887777:execution:rotate-user-key:${name}`;
const first = execution('111122223333-deploy-bot-1');
const second = execution('111122223333-deploy-bot-2');
const intent = new Date('2026-11-22T08:00:00Z');
const toTheSecond = (at: Date) => new Date(Math.floor(at.getTime() / 1000) * 1000);

describe('intents', () => {
  const date = fc.date({ min: new Date('2020-01-01'), max: new Date('2099-12-31'), noInvalidDate: true });

  it('read back to the second, together with those before, the newest last', () => {
    fc.assert(
      fc.property(date, date, (one, other) => {
        const value = writeIntent(first, other, writeIntent(first, one, undefined));
        expect(readIntents(value)).toEqual([toTheSecond(one), toTheSecond(other)]);
      }),
    );
  });

  it('are kept over attempts: the next one removes what the last one lost', () => {
    const value = writeIntent(second, later(intent, 60_000), writeIntent(first, intent, undefined));
    expect(readIntents(value)).toEqual([intent, later(intent, 60_000)]);
    expect(value).toMatch(/^111122223333-deploy-bot-2 /);
  });

  it('fit into a tag, however often one is written and however long the name is; the newest are kept', () => {
    let value: string | undefined;
    for (let run = 0; run < 20; run += 1)
      value = writeIntent(execution('x'.repeat(80)), later(intent, run * 60_000), value);
    expect(value).toMatch(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u);
    const times = readIntents(value);
    expect(times.length).toBeGreaterThan(4);
    expect(times.at(-1)).toEqual(later(intent, 19 * 60_000));
    expect(times).toEqual(times.toSorted((a, b) => a.getTime() - b.getTime()));
  });

  it.each([
    ['there is no tag', undefined],
    ['it is empty', ''],
    ['it has no time', 'x'],
    ['its time is none', 'x soon'],
  ])('are none if %s', (_, value) => {
    expect(readIntents(value)).toEqual([]);
  });

  it('are kept if they can be read, whatever is beside them', () => {
    expect(readIntents('x soon 2026-11-22T08:00:00Z later')).toEqual([intent]);
  });
});

it.each([
  ['a second before: IAM cuts a creation to the second', -1, true],
  ['in the same second', 0, true],
  ['half a minute later', 30, true],
  ['later than a create call takes', 31, false],
  ['two seconds before', -2, false],
])('a key may come of an intent that was created %s: %#', (_, seconds, answer) => {
  expect(isCreatedWithin(later(intent, seconds * 1000), intent)).toBe(answer);
});
