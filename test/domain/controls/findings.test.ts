import { describe, expect, it } from 'vitest';
import {
  findingId,
  planFindings,
  type SentFindings,
  sentAfter,
} from '../../../tasks/domain/controls/findings.ts';
import type { KeyResults } from '../../../tasks/domain/controls/result.ts';
import type { KeyRow } from '../../../tasks/domain/sweeps/row.ts';
import { day, later } from '../../../tasks/domain/time.ts';
import { ago, now } from '../uses.ts';

const accountId = '222222222222';
const row = (controls: KeyResults, keyId = 'AKIAOLDOLDOLDOLDQJHX', userName = 'app'): KeyRow => ({
  ...{ accountId, userName, keyId, status: 'Active', since: ago(100), ageDays: 100, controls },
  ...{ lastUse: { state: 'neverUsed' }, owner: 'a@example.com', ownerRead: true },
  ...{ decision: 'due', because: 'too old', overdue: false },
});
const plan = (rows: readonly KeyRow[], sent: SentFindings = [], at = now, complete = true) =>
  planFindings({ rows, complete }, sent, at);
const failing = row({ keyAge: 'fail', unused45: 'pass' });
const sentOf = (...rows: KeyRow[]): SentFindings => sentAfter([], plan(rows), new Set(), now);

describe('findings about controls', () => {
  it('are one per user and failed control, however many of its keys fail', () => {
    const { open } = plan([
      failing,
      row({ keyAge: 'fail' }, 'AKIANEWNEWNEWNEWABCD'),
      row({}, undefined, 'other'),
    ]);
    expect(open.map(findingId)).toEqual(['keyturn/222222222222/app/keyAge']);
    expect(open[0]?.description).toContain('AKIANEWNEWNEWNEW…');
    expect(open[0]?.description).not.toContain('ABCD');
  });

  it('are not sent again unless something changes, or a month has passed', () => {
    const sent = sentOf(failing);
    expect(plan([failing], sent)).toEqual({ open: [], archive: [] });
    expect(plan([failing], sent, later(now, 30 * day)).open).toMatchObject([{ createdAt: now }]);
    expect(plan([row({ keyAge: 'fail' }, 'AKIANEWNEWNEWNEWABCD')], sent).open).toHaveLength(1);
  });

  it('are archived once the control passes, or the user is gone', () => {
    const sent = sentOf(failing);
    for (const rows of [[row({ keyAge: 'pass' })], []])
      expect(plan(rows, sent)).toMatchObject({ open: [], archive: [{ control: 'keyAge' }] });
  });

  it('stay as they are while the control is unknown, or the user could not be read', () => {
    const sent = sentOf(failing);
    expect(plan([row({ keyAge: 'unknown' })], sent)).toEqual({ open: [], archive: [] });
    expect(plan([], sent, now, false).archive).toEqual([]);
    expect(plan([row({ keyAge: 'unknown' })]).open).toEqual([]);
  });

  it('that Security Hub refuses are tried again', () => {
    const id = findingId({ accountId, userName: 'app', control: 'keyAge' });
    const sent = sentOf(failing);
    expect(sentAfter([], plan([failing]), new Set([id]), now)).toEqual([]);
    const fixed = plan([row({ keyAge: 'pass' })], sent);
    expect(sentAfter(sent, fixed, new Set([id]), now)).toEqual(sent);
    expect(sentAfter(sent, fixed, new Set(), now)).toEqual([]);
  });
});
