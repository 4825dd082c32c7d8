import { describe, expect, it } from 'vitest';
import type { Mail } from '../../tasks/aws/mailer.ts';
import type { KeyRow } from '../../tasks/domain/sweep/row.ts';
import { auditNotice } from '../../tasks/mails/audit-notice.ts';
import { auditReport } from '../../tasks/mails/audit-report.ts';
import { leakNeedsPerson } from '../../tasks/mails/leak.ts';
import { sweepFailed } from '../../tasks/mails/sweep-failed.ts';

const accountId = '111122223333';
const executionArn = 'arn:aws:states:eu-west-1:999988887777:execution:sweep-organization:monday';
const at = new Date('2026-11-25T08:00:00Z');

const rowOf = (said: string): KeyRow => ({
  accountId,
  userName: said,
  keyId: 'AKIAOLDOLDOLDOLDQJHX',
  status: 'Active',
  since: at,
  ageDays: 300,
  lastUse: { state: 'neverUsed' },
  owner: said,
  ownerRead: true,
  decision: 'due',
  because: said,
  overdue: true,
});

const totals = {
  accounts: 10,
  failedAccounts: 1,
  users: 100,
  keys: 120,
  due: 7,
  exempt: 2,
  overdue: 3,
  rootKey: 1,
};

const mailsSaying = (said: string): Record<string, Mail> => ({
  sweepFailed: sweepFailed({ executionArn, error: said, cause: said, stage: said }),
  auditReport: auditReport({
    sweep: { id: said, at },
    totals,
    oldest: [rowOf(said)],
    reportUrl: 's3://reports/sweeps/monday/index.html',
  }),
  auditNotice: auditNotice({
    keys: [{ accountId, userName: said, because: said }],
    operators: 'ops@example.com',
  }),
  leak: leakNeedsPerson({ accountId, keyId: 'AKIAOLDOLDOLDOLDQJHX', userName: said, because: said }),
});

describe('the mails about sweeps and leaks', () => {
  it.each([
    '<img src=x onerror=alert(1)>',
    '"><script>alert(1)</script>',
    'one\r\nBcc: all@example.com\n\nbody\u2028more\u0000\u001b[31m',
  ])('stay harmless whatever others say in them (%#)', (words) => {
    for (const [kind, { subject, text, html }] of Object.entries(mailsSaying(words))) {
      expect(subject, kind).toMatch(/^[^\p{C}\p{Zl}\p{Zp}]*$/u);
      expect(text.replaceAll('\n', ''), kind).toMatch(/^[^\p{C}\p{Zl}\p{Zp}]*$/u);
      expect(html, kind).not.toMatch(/<img|<script|<a /i);
      expect(text, kind).not.toMatch(/^Bcc:/m);
    }
  });

  it('say what there is and what to do', () => {
    const { sweepFailed: failed, auditReport: audit, auditNotice: notice, leak } = mailsSaying('deploy-bot');
    expect(failed?.text).toContain(
      'aws stepfunctions start-execution --state-machine-arn arn:aws:states:eu-west-1:999988887777:stateMachine:sweep-organization',
    );
    expect(audit?.subject).toBe('Access keys of the organization: 7 due, 3 overdue');
    expect(audit?.text).toContain('Report: s3://reports/sweeps/monday/index.html');
    expect(audit?.text).toContain('deploy-bot in 111122223333: 300 days old');
    expect(notice?.text).toContain('Nothing is asked of you yet');
    expect(leak?.subject).toContain('AKIAOLDOLDOLDOLDQJHX in 111122223333');
    expect(leak?.text).toContain('Make the key inactive');
  });

  it('tell an owner no key’s ID', () => {
    expect(mailsSaying('deploy-bot').auditNotice?.text).not.toContain('AKIA');
  });
});
